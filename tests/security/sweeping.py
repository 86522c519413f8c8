"""Looks for words wherever a running Interlude keeps or says anything, in whatever shape."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import httpx
import psycopg
from kafka import KafkaAdminClient, KafkaConsumer

from deploy.local.run_info import RunInfo
from tests.system.topics import read_topic

NUMBERS = {".index", ".timeindex"}
"""Kafka's own lists of offsets and times: long, and of nothing but numbers."""

_CHUNK = 1 << 24
_BETWEEN_LOOKS = 0.02
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    where: str
    what: str


def shapes(word: str) -> Sequence[bytes]:
    """As it is written, in hexadecimal, for a wide machine, and in base64 wherever it begins."""
    raw = word.encode()
    plain = [raw, raw.hex().encode(), raw.hex().upper().encode(), word.encode("utf-16-le")]
    return [*plain, *(_base64(raw, before) for before in range(3))]


def _base64(raw: bytes, before: int) -> bytes:
    """What of it does not depend on its neighbours."""
    whole = base64.b64encode(b"\0" * before + raw)
    return whole[(0, 2, 3)[before] : -4]


@dataclass(frozen=True, slots=True)
class Looking:
    """For these words, each in all its shapes."""

    words: Sequence[str]
    shaped: Sequence[tuple[str, bytes]] = field(init=False)

    def __post_init__(self) -> None:
        found = [(word, shape) for word in self.words for shape in shapes(word)]
        object.__setattr__(self, "shaped", found)

    def here(self, where: str, content: bytes | str) -> Iterator[Found]:
        raw = content.encode() if isinstance(content, str) else content
        for word, shape in self.shaped:
            if shape in raw:
                yield Found(where=where, what=word)

    def in_files(self, folder: Path) -> Iterator[Found]:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix not in NUMBERS:
                yield from self._in_file(file)

    def _in_file(self, file: Path) -> Iterator[Found]:
        """Read in pieces that overlap by more than the longest shape."""
        longest = max(len(shape) for _, shape in self.shaped)
        with file.open("rb") as content:
            rest = b""
            while piece := content.read(_CHUNK):
                yield from self.here(str(file), rest + piece)
                rest = piece[-longest:]

    def in_tables(self, database: str) -> Iterator[Found]:
        """Every row of every table that is not PostgreSQL's own, as text."""
        with psycopg.connect(database) as superuser:
            tables = superuser.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for (table,) in tables:
                rows = superuser.execute(f"SELECT t::text FROM {table} t".encode()).fetchall()  # noqa: S608 - names as quoted by the catalogue
                for (row,) in rows:
                    yield from self.here(f"table {table}", row)

    def in_kafka(self, broker: str) -> Iterator[Found]:
        """Names of topics and groups; keys, headers and values of every record of ours."""
        servers = broker.removeprefix("kafka://").split(",")
        with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
            yield from self.here("groups", repr(admin.list_groups()))
        with closing(KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)) as reader:
            topics = sorted(each for each in reader.topics() if not each.startswith("__"))
            yield from self.here("topics", repr(topics))
            for topic in topics:
                for record in read_topic(reader, topic):
                    yield from self.here(f"key in {topic}", record.key or b"")
                    yield from self.here(f"headers in {topic}", repr(record.raw))
                    yield from self.here(f"value in {topic}", record.value or b"")

    def in_metrics(self, run: RunInfo) -> Iterator[Found]:
        for process, url in run.admin.items():
            for page in ("metrics", "readyz", "livez"):
                yield from self.here(f"{page} of {process}", httpx.get(f"{url}/{page}").content)


@contextmanager
def overheard(database: str) -> Iterator[set[str]]:
    """All statements that are seen at work meanwhile, by whomever."""
    heard: set[str] = set()
    enough = Event()

    def listen() -> None:
        with psycopg.connect(database, autocommit=True) as superuser:
            while not enough.wait(_BETWEEN_LOOKS):
                working = superuser.execute("SELECT query FROM pg_stat_activity").fetchall()
                heard.update(query for (query,) in working)

    listening = Thread(target=listen, name="listening", daemon=True)
    listening.start()
    try:
        yield heard
    finally:
        enough.set()
        listening.join()
