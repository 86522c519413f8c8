"""Over a story, as many records as operations: what was read and what was written, refusals too.
Where a record cannot be kept nobody is answered, until it can.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from deploy.local.processes import for_auditors
from libs.audit.keeping import AuditLog
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.testing.cast import CLINIC, LEV, MASHA
from libs.testing.databases import Database
from services.care.__main__ import SERVICE
from services.care.examples import REQUESTS
from tests.component.audit.asking import ask
from tests.component.care.test_care_over_http import Care

pytestmark = [pytest.mark.postgres, pytest.mark.security("audit")]

KEY = derived(master_key(DEVELOPMENT_MASTER_KEY), "audit:care")
PATIENT = f"/v1/patients/{MASHA}"


class Counted(Care):
    """Counts the operations that somebody known was answered."""

    def __init__(self, store: Any, audit: AuditLog) -> None:
        super().__init__(store, audit)
        self.operations = 0

    async def post(
        self, name: str, path: str, body: dict[str, Any], **headers: str
    ) -> httpx.Response:
        return self._counted(await super().post(name, path, body, **headers), body)

    async def get(self, name: str, path: str, **headers: str) -> httpx.Response:
        return self._counted(await super().get(name, path, **headers), {})

    def _counted(self, answer: httpx.Response, body: dict[str, Any]) -> httpx.Response:
        if answer.status_code not in {401, 503}:
            commands = body.get("commands")
            self.operations += len(commands) if isinstance(commands, list) else 1
        return answer


@pytest.fixture
async def care(own_database: Database) -> AsyncIterator[Counted]:
    pool = await open_pool(own_database.url_as("care_app"), size=4, durable=False)
    audit = AuditLog(
        pool, "care", key=KEY, host="here", clock=lambda: datetime.now(UTC), new_id=uuid4
    )
    yield Counted(PostgresEventStore(pool), audit)
    await pool.close()


async def story(care: Counted) -> None:
    session = await care.scheduled()
    for name in ("masha", "anna", "admin", "boris", "lev", "stranger", "analyst", "nobody"):
        await care.get(name, session)
        await care.get(name, PATIENT)
        await care.get(name, f"/v1/clinics/{CLINIC}")
        await care.get(name, f"{PATIENT}/looks")
    await care.get("masha", session, If_None_Match='"1"')
    await care.get("masha", f"/v1/patients/{LEV}")
    await care.get("masha", "/v1/patients/Masha")
    for key in ("k1", "k1", "k2"):
        await care.post("masha", "/v1/consents", REQUESTS["giveConsent"], Idempotency_Key=key)
    await care.post("boris", "/v1/sessions", REQUESTS["scheduleSession"])
    await care.post("anna", "/v1/sessions", {"patient_id": "Masha Orlova"})
    await care.post("anna", f"{session}/starts", {"note": "Masha Orlova"})
    await care.post("nobody", f"{session}/starts", {})
    commands = [
        {"operation": "giveConsent", "idempotency_key": "q1", "body": REQUESTS["giveConsent"]},
        {"operation": "Masha Orlova", "idempotency_key": "q2", "body": {}},
    ]
    await care.post("masha", "/v1/commands", {"commands": commands})
    await care.post("masha", "/v1/commands", {"commands": "all of them"})


def rows(database: Database, query: str, *arguments: object) -> list[Any]:
    with psycopg.connect(database.url) as superuser:
        return superuser.execute(query.encode(), arguments or None).fetchall()


async def test_there_are_as_many_records_as_operations(
    care: Counted, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story(care)
    assert care.operations > 40
    found = rows(own_database, "SELECT count(*) FROM care_audit.records")
    assert found == [(care.operations,)]
    settings = {"DATABASE_URL": own_database.url_as("care_auditor"), "DURABLE": "false"}
    keys = for_auditors(DEVELOPMENT_MASTER_KEY)
    done = ask(SERVICE, monkeypatch, {**settings, **keys}, "audit", "verify")
    assert (done.code, done.out) == (0, [f"{care.operations} records of 1 writers: whole."])


async def test_every_fact_has_the_record_of_who_told_it(
    care: Counted, own_database: Database
) -> None:
    await story(care)
    found = rows(
        own_database,
        """SELECT e.type, count(r.*) FROM (SELECT DISTINCT ON (correlation_id, event_id) * FROM
            care.events) e LEFT JOIN care_audit.records r ON r.correlation_id = e.correlation_id
            AND r.verb = 'write' AND r.outcome = 'done' AND r.person_id = e.actor_id
            AND r.role = e.actor_role AND r.on_behalf_of IS NOT DISTINCT FROM e.on_behalf_of
            AND (e.subject_id = ANY (r.patients) OR r.patients = '{}')
        GROUP BY e.event_id, e.type""",
    )
    assert len(found) >= 6
    assert {count for _, count in found} == {1}, found


async def test_who_registered_a_patient_is_found_under_them(
    care: Counted, own_database: Database
) -> None:
    await care.opened()
    found = rows(
        own_database,
        "SELECT r.action, w.reason FROM care_audit.whose w JOIN care_audit.records r"
        " USING (writer, number) WHERE w.patient_id = %s",
        MASHA,
    )
    assert found == [("registerPatient", "administration")]


async def test_no_word_that_anybody_wrote_is_in_it(care: Counted, own_database: Database) -> None:
    await story(care)
    records = rows(own_database, "SELECT r::text FROM care_audit.records r")
    whose = rows(own_database, "SELECT w::text FROM care_audit.whose w")
    written = "".join(text for (text,) in [*records, *whose])
    assert str(MASHA) in written
    for word in ("Orlova", "Masha", "Anna", "Riverside", "k1", "q1", "all of them"):
        assert word not in written


@contextmanager
def full(database: Database) -> Iterator[None]:
    """A database that takes everything but records."""
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("REVOKE INSERT ON care_audit.records FROM care_app")
        yield
        superuser.execute("GRANT INSERT ON care_audit.records TO care_app")


async def test_what_cannot_be_written_down_is_not_answered_and_a_command_is_not_done_twice(
    care: Counted, own_database: Database
) -> None:
    await care.in_care()
    once = {"Idempotency_Key": "once"}
    with full(own_database):
        seen = await care.get("masha", PATIENT)
        told = await care.post("masha", "/v1/consents", REQUESTS["giveConsent"], **once)
    for answer in (seen, told):
        assert (answer.status_code, answer.json()["code"]) == (503, "audit-unavailable")
        assert answer.headers["retry-after"] == "1"
    again = await care.post("masha", "/v1/consents", REQUESTS["giveConsent"], **once)
    assert again.headers["idempotency-replayed"] == "true"
    assert (await care.get("masha", PATIENT)).status_code == 200
    facts = rows(own_database, "SELECT count(*) FROM care.events WHERE type LIKE '%ConsentGiven%'")
    assert facts == [(1,)]
    assert rows(own_database, "SELECT count(*) FROM care_audit.records") == [(care.operations,)]


async def test_a_crowd_is_written_down_to_the_last(care: Counted, own_database: Database) -> None:
    await care.in_care()
    await asyncio.gather(*(care.get(name, PATIENT) for name in ("masha", "anna", "boris") * 20))
    found = rows(own_database, "SELECT count(*), max(number) FROM care_audit.records")
    assert found == [(care.operations, care.operations)]
