"""Writes openapi/ anew: `python -m deploy.contracts`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from deploy.contracts import (
    analytics,
    analytics_topic,
    asyncapi,
    catalogue,
    errors,
    gate,
    gateway,
    metrics,
    openapi,
    page,
)
from libs.process.failing import FAILED

OPENAPI = Path(__file__).parents[2] / "openapi"
VERSION = "1"

app = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)


def files(published: Path = OPENAPI) -> Iterator[tuple[str, bytes]]:
    """Every contract by its path below openapi/; the same bytes at every run. What `published`
    holds of events that were published is what it is: those files never change.
    """
    facts = list(catalogue.published())
    yield from _events(published, facts)
    derived = list(analytics.records(facts))
    for record in derived:
        yield f"analytics/{record.name}.schema.json", _json(record.schema)
        yield f"analytics/{record.name}.example.json", _json(record.example)
    services = {
        f"{service}.openapi.json": _json(openapi.document(service)) for service in catalogue.WRITERS
    }
    yield from services.items()
    yield "gateway.openapi.json", _json(gateway.document())
    yield "export.schema.json", _json(gateway.record())
    yield "gateway.graphql", gateway.sdl(services)
    every_version = [*facts, *gate.earlier(published, facts)]
    described = asyncapi.document(every_version, version=VERSION)
    yield "asyncapi.yaml", asyncapi.written(analytics_topic.added_to(described, derived))
    yield "events.html", page.page(every_version)
    known = errors.codes()
    yield "errors.md", errors.markdown(known).encode()
    yield "errors.en.json", _json(errors.texts(known))
    yield "metrics.md", metrics.markdown().encode()


def _events(folder: Path, facts: Sequence[catalogue.Published]) -> Iterator[tuple[str, bytes]]:
    known = gate.digests(folder)
    listed = dict(known)
    for fact in facts:
        stays = fact.name in known
        schema = gate.schema_file(folder, fact.name).read_bytes() if stays else _json(fact.schema)
        listed[fact.name] = gate.digest(schema)
        yield f"events/{fact.name}.schema.json", schema
        yield f"events/{fact.name}.example.json", _json(fact.example)
    for earlier in sorted(known.keys() - {fact.name for fact in facts}):
        yield f"events/{earlier}.schema.json", gate.schema_file(folder, earlier).read_bytes()
        yield f"events/{earlier}.example.json", gate.example_file(folder, earlier).read_bytes()
    yield gate.MANIFEST, _json(dict(sorted(listed.items())))


BY_HAND = frozenset({"access.md"})
"""What people decide, and the code is compared with."""


def write(folder: Path) -> Mapping[str, str]:
    """What became of each file that changed: made, changed, or removed."""
    outcome: dict[str, str] = {}
    wanted: set[Path] = set()
    for name, content in list(files(folder)):
        file = folder / name
        wanted.add(file)
        if not file.exists() or file.read_bytes() != content:
            outcome[name] = "changed" if file.exists() else "made"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for stale in set(_generated(folder)) - wanted:
        outcome[str(stale.relative_to(folder))] = "removed"
        stale.unlink()
    return outcome


def _generated(folder: Path) -> Iterator[Path]:
    for pattern in (
        "*.json", "*.yaml", "*.html", "*.md", "*.graphql", "events/*.json", "analytics/*.json"
    ):  # fmt: skip
        yield from (file for file in folder.glob(pattern) if file.name not in BY_HAND)


def _json(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@app.command()
def contracts(
    folder: Annotated[Path, typer.Option("--into", help="Where to write.")] = OPENAPI,
) -> None:
    """Writes every OpenAPI, AsyncAPI, GraphQL and event schema file, and says what changed."""
    refused = gate.refusals(folder, list(catalogue.published()))
    if refused:
        typer.echo("\n".join([*map(str, refused), "Nothing was written."]), err=True)
        raise typer.Exit(FAILED)
    outcome = write(folder)
    for name, became in sorted(outcome.items()):
        typer.echo(f"{became} {name}")
    typer.echo(f"{len(outcome)} files changed." if outcome else "All contracts are as committed.")


if __name__ == "__main__":
    app()
