"""What people said is nowhere in the clear: not in a key, a header, a value, a table, a file or a
log; only in the answers to those whom it concerns.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from deploy.local.run_info import RunInfo
from tests.system.fixtures import Once, Running
from tests.system.looking import records_of, rows, settle
from tests.system.people import Person
from tests.system.topics import ANALYTICS, Record, read_topics

pytestmark = [
    pytest.mark.security("canaries"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

SAID = (
    "Larry",
    "Priya",
    "Grace",
    "Masha",
    "Orlova",
    "Anna Keller",
    "Boris Lind",
    "decent relationship",
    "about what I did over the weekend",
    "people will not want to talk",
    "Speaking to",
    "the films",
    "Starting small conversations",
    "Whether people answer",
    "At my desk",
    "finished checking my email",
    "a really good film",
    "hard to predict",
    "stupid film",
    "bit anxious",
    "just stop talking",
    "make things easier",
    "looks away",
    "may be busy",
    "has his break",
    "The office",
    "a good starting point",
    "prepared to try it",
    "on the phone",
    "At his desk",
    "He was curious",
    "could not know",
    "Starting a conversation",
    "Opened with the film",
    "bad with people",
    "the other three people",
    "may work with others",
)
"""Names and phrases of the story, long enough not to come up in ciphertext by chance."""

CANARIES = [said.encode() for said in SAID]
NUMBERS = {".index", ".timeindex"}
"""Kafka's own lists of offsets and times: long, and of nothing but numbers."""
CHUNK = 1 << 24
LOOKS_LIKE_AN_ID_OR_A_TIME = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-|\d{4}-\d\d-\d\d|\d\d:\d\d")


def heard(content: bytes) -> list[bytes]:
    return [canary for canary in CANARIES if canary in content]


@pytest.fixture(scope="module")
def told_to_the_therapist(therapist: Person, story: Mapping[str, str]) -> str:
    places = (
        f"assignment/v1/goals/{story['goal']}",
        f"assignment/v1/assignments/{story['larry']}",
        f"assignment/v1/assignments/{story['three_others']}",
        f"diary/v1/entries/{story['entry']}",
        f"review/v1/reviews/{story['review']}",
        f"care/v1/patients/{story['patient']}",
        f"care/v1/therapists/{story['therapist']}",
        f"care/v1/therapists/{story['other_therapist']}",
    )
    return "\n".join(therapist.reads(place).text for place in places)


@pytest.mark.parametrize("said", SAID)
def test_the_therapist_reads_what_nobody_else_may_find(
    told_to_the_therapist: str, said: str
) -> None:
    """So that what is looked for below is there to be found."""
    assert said in told_to_the_therapist


@pytest.mark.parametrize("broker", ["kafka", "embedded"])
def test_keys_headers_and_values_of_the_topics_hold_none_of_it(
    request: pytest.FixtureRequest, run: RunInfo, broker: str
) -> None:
    records = records_of(run) if broker == "kafka" else _of_embedded(request)
    assert len(records) > 60
    for record in records:
        assert heard(record.key) == []
        assert heard(b"\n".join(value for _, value in record.raw)) == []
        assert heard(record.value) == []


def test_analysts_get_no_word_no_id_and_no_time_of_it(
    run: RunInfo, story: Mapping[str, str]
) -> None:
    settle(run)
    records = read_topics(run.broker, [ANALYTICS])
    assert len(records) > 40
    for record in records:
        plain = [value for name, value in record.raw if name not in {"ce_type", "ce_dataschema"}]
        for place in (record.key, *plain, record.value):
            assert heard(place) == []
            assert not LOOKS_LIKE_AN_ID_OR_A_TIME.search(place)
            assert not [id_ for id_ in story.values() if id_.replace("-", "").encode() in place]


def _of_embedded(request: pytest.FixtureRequest) -> Sequence[Record]:
    once: Once = request.getfixturevalue("fallen")
    return once.told.records


def test_no_column_of_any_table_holds_any_of_it(run: RunInfo) -> None:
    looked_at = 0
    for schema, table in tables(run.database):
        for row in rows(run.database, f'SELECT t.* FROM "{schema}"."{table}" t'):  # noqa: S608 - names from the catalogue
            looked_at += 1
            values = [
                each if isinstance(each, bytes) else str(each).encode() for each in row.values()
            ]
            assert heard(b"\n".join(values)) == [], f"{schema}.{table}"
    assert looked_at > 500


def tables(database: str) -> Iterator[tuple[str, str]]:
    found = rows(
        database,
        """SELECT schemaname, tablename FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')""",
    )
    yield from ((row["schemaname"], row["tablename"]) for row in found)


def test_no_file_that_is_written_holds_any_of_it(folder: Path, interlude: Running) -> None:
    """Tables as they lie on the disk, write-ahead log, Kafka's segments, every process's log while
    the story was told and after, what the terminal showed.
    """
    files = [each for each in folder.rglob("*") if each.is_file() and each.suffix not in NUMBERS]
    assert len(list((folder / "first-logs").iterdir())) > 5
    kinds = {each.relative_to(folder).parts[:2] for each in files}
    here = interlude.var.name
    assert {(here, name) for name in ("postgres", "kafka", "logs", "output.txt")} <= kinds
    assert [each for each in files if _leaks(each)] == []


def _leaks(file: Path) -> Sequence[bytes]:
    """Read in pieces that overlap by more than the longest phrase."""
    found: list[bytes] = []
    with file.open("rb") as content:
        rest = b""
        while piece := content.read(CHUNK):
            found += heard(rest + piece)
            rest = piece[-100:]
    return found


def test_what_a_refused_request_held_is_not_repeated(
    person: Callable[[str], Person], story: Mapping[str, str], interlude: Running
) -> None:
    canary = "Quincunx"
    here = f"assignment/v1/assignments/{story['three_others']}"
    bodies = (
        {"label": canary * 2000},
        {"label": "x", canary: canary},
        {"label": {"text": canary}},
        {"label": f"{canary}\0"},
    )
    for who in ("therapist", "other_therapist", "analyst"):
        for body in bodies:
            answer = person(who).tells(f"{here}/components", body)
            assert 400 <= answer.status_code < 500
            assert canary not in answer.text
    query = person("therapist").sends_graphql("query { " + canary + " }", {})
    assert query.status_code < 500
    assert canary not in query.text
    logs = [path.read_text() for path in (interlude.var / "logs").glob("*.log")]
    assert logs
    assert not any(canary in log for log in logs)
