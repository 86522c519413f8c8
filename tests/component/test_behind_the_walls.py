"""What still works where rows are walled: waiting for one's own, and records that grow old."""

from uuid import UUID

import pytest

from libs.eventstore.awaiting import Awaiting
from libs.eventstore.pool import open_pool
from libs.messaging.connect import connect
from libs.testing.asking import ask
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database

pytestmark = pytest.mark.postgres

READERS = {
    "care": "care_follow",
    "assignment": "assignment_follow",
    "diary": "diary_follow",
    "review": "review_follow",
    "gateway": "gateway_projector",
}


@pytest.mark.parametrize("schema", READERS)
async def test_whoever_waits_is_told_of_their_own_clinics_streams(
    database: Database, schema: str
) -> None:
    stream = f"patient-{UUID(int=1)}"
    ask(
        database.url_as(READERS[schema]),
        "INSERT INTO applied (reader, tenant_id, stream_id, version, chain)"  # noqa: S608 - our own ids
        f" VALUES ('test', '{CLINIC}', '{stream}', 3, '')",
    )
    pool = await open_pool(database.url_as(f"{schema}_app"), size=1, durable=False)
    try:
        waiting = Awaiting(pool, "test", {"patient"}, monotonic=lambda: 0.0)
        assert await waiting.wait(CLINIC, [(stream, 3)], seconds=0)
        assert not await waiting.wait(CLINIC, [(stream, 4)], seconds=0)
        assert not await waiting.wait(OTHER_CLINIC, [(stream, 3)], seconds=0)
    finally:
        await pool.close()


def test_records_go_when_their_time_has_passed_and_no_sooner(database: Database) -> None:
    url = database.url_as("broker_app")
    broker = connect(url)
    for topic, retention in (("kept", -1), ("short", 60_000)):
        broker.ensure_topic(topic, partitions=1, retention_ms=retention)
        ask(
            url,
            'INSERT INTO log (topic, partition, "offset", key, headers, value, written_at)'  # noqa: S608 - our own names
            " SELECT id, 0, n, '', '[]', '', now() - n * interval '1 hour'"
            f" FROM topics, generate_series(0, 1) AS n WHERE name = '{topic}'",
        )
        broker.ensure_topic(topic, partitions=1, retention_ms=retention)
    left = ask(
        url, "SELECT name, count(*) FROM log JOIN topics ON id = topic GROUP BY name ORDER BY name"
    )
    assert left == [("kept", 2), ("short", 1)]
