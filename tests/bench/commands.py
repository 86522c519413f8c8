"""A full command against a plain handler with one insert, and against the nearest library."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.ports import free_port
from tests.bench.load import LOOPBACK, Figures
from tests.bench.report import Spread
from tests.bench.stage import (
    Stage,
    assignment_api,
    give_homework,
    headers,
    loaded,
    made,
    process,
)

CONNECTIONS = (1, 16, 64)
HOMEWORK = 256
"""Streams that the load goes round: more than connections, so that they seldom meet."""

_PLAIN = '{"readiness":7,"confidence":6,"importance":9}'
SCALED = "".join(  # noqa: FLY002 - one string of four lines, as compact as clients send it
    (
        '{"readiness":{"value":7,"scale":{"min":0,"max":10}},',
        '"confidence":{"value":7,"scale":{"min":0,"max":10}},',
        '"importance":{"value":9,"scale":{"min":0,"max":10}},',
        '"why_not_lower":"I have spoken to him before."}',
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    name: str
    port: int
    paths: tuple[str, ...]
    body: str
    said: Mapping[str, str]

    def run(self, connections: int, seconds: float) -> Figures:
        return loaded(
            self.port,
            self.paths,
            self.body,
            self.said,
            connections=connections,
            seconds=seconds,
        )


def compared(
    where: Stage, *, rounds: int, seconds: float, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Every round measures all contenders in turn, so that a slow moment hits them alike."""
    with contenders(where) as field:
        for each in field:
            each.run(16, 1.0)  # connections opened, statements prepared, states remembered
        outcome: dict[str, Any] = {}
        for connections in CONNECTIONS:
            found: dict[str, list[Figures]] = {each.name: [] for each in field}
            for number in range(rounds):
                progress(f"commands: {connections} connections, round {number + 1} of {rounds}")
                for each in field:
                    found[each.name].append(each.run(connections, seconds))
            outcome[str(connections)] = _table(found)
        return outcome


def _table(found: Mapping[str, list[Figures]]) -> dict[str, Any]:
    ours = found["command"]
    rows: dict[str, Any] = {
        name: {
            figure: asdict(Spread.of([getattr(each, figure) for each in measured]))
            for figure in ("rate", "p50", "p99", "failures")
        }
        for name, measured in found.items()
    }
    for other in ("bare", "library"):
        pairs = zip(ours, found[other], strict=True)
        ratios = [mine.rate / max(theirs.rate, 0.1) for mine, theirs in pairs]
        rows[f"command / {other}"] = asdict(Spread.of(ratios))
    return rows


@contextmanager
def contenders(where: Stage) -> Iterator[list[Contender]]:
    with ExitStack() as stack:
        port = stack.enter_context(assignment_api(where))
        homework = give_homework(where, port, HOMEWORK)
        ours = Contender(
            name="command",
            port=port,
            paths=tuple(f"/v1/assignments/{each}/readiness-ratings" for each in homework),
            body=SCALED,
            said=headers(where),
        )
        bare = Contender(
            name="bare",
            port=stack.enter_context(_bare(where)),
            paths=tuple(f"/ratings/{each}" for each in homework),
            body=_PLAIN,
            said={},
        )
        library = stack.enter_context(_library(where))
        yield [
            ours,
            bare,
            Contender(
                name="library",
                port=library,
                paths=_created(library, HOMEWORK),
                body=_PLAIN,
                said={},
            ),
        ]


@contextmanager
def _bare(where: Stage) -> Iterator[int]:
    database = made(where.server, "bare")
    with uvicorn(where.folder, "bare", {"DATABASE_URL": database.url}) as port:
        yield port


@contextmanager
def _library(where: Stage) -> Iterator[int]:
    database = made(where.server, "library")
    place = httpx.URL(database.url)
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": database.name,
        "POSTGRES_HOST": place.host,
        "POSTGRES_PORT": str(place.port),
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "unused",  # a private server trusts loopback
        "POSTGRES_POOL_SIZE": "8",
        "POSTGRES_MAX_OVERFLOW": "32",
        "AGGREGATE_CACHE_MAXSIZE": "1000",
    }
    with uvicorn(where.folder, "library", environment) as port:
        yield port


def _created(port: int, count: int) -> tuple[str, ...]:
    with httpx.Client(base_url=f"http://{LOOPBACK}:{port}") as http:
        made_ids = [http.post("/homework").json()["id"] for _ in range(count)]
    return tuple(f"/ratings/{each}" for each in made_ids)


@contextmanager
def uvicorn(folder: Path, module: str, environment: Mapping[str, str]) -> Iterator[int]:
    """`module` is one of ours beside this file."""
    port = free_port()
    argv = [
        *("-m", "uvicorn", f"tests.bench.{module}:app", "--host", LOOPBACK, "--port", str(port)),
        *("--no-access-log", "--loop", "uvloop", "--http", "httptools"),
    ]
    ready = f"http://{LOOPBACK}:{port}/openapi.json"
    with process(argv, environment, ready=ready, log=folder / f"{module}.log"):
        yield port
