"""Writes openapi/ anew: `python -m deploy.contracts`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
import yaml

from deploy.contracts import (
    analytics,
    analytics_topic,
    asyncapi,
    catalogue,
    errors,
    gateway,
    openapi,
)

ROOT = Path(__file__).parents[2]
VERSION = "1"

app = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)


def files() -> Iterator[tuple[str, bytes]]:
    """Every contract by its path below openapi/; the same bytes at every run."""
    facts = list(catalogue.published())
    for fact in facts:
        yield f"events/{fact.name}.schema.json", _json(fact.schema)
        yield f"events/{fact.name}.example.json", _json(fact.example)
    derived = list(analytics.records(facts))
    for record in derived:
        yield f"analytics/{record.name}.schema.json", _json(record.schema)
        yield f"analytics/{record.name}.example.json", _json(record.example)
    services = {
        f"{service}.openapi.json": _json(openapi.document(service)) for service in catalogue.WRITERS
    }
    yield from services.items()
    yield "gateway.openapi.json", _json(gateway.document())
    yield "gateway.graphql", gateway.sdl(services)
    described = analytics_topic.added_to(asyncapi.document(facts, version=VERSION), derived)
    yield "asyncapi.yaml", yaml.safe_dump(described, sort_keys=False, width=100).encode()
    known = errors.codes()
    yield "errors.md", errors.markdown(known).encode()
    yield "errors.en.json", _json(errors.texts(known))


def write(folder: Path) -> Mapping[str, str]:
    """What became of each file that changed: made, changed, or removed."""
    outcome: dict[str, str] = {}
    wanted: set[Path] = set()
    for name, content in files():
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
    for pattern in ("*.json", "*.yaml", "*.md", "*.graphql", "events/*.json", "analytics/*.json"):
        yield from folder.glob(pattern)


def _json(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@app.command()
def contracts(
    folder: Annotated[Path, typer.Option("--into", help="Where to write.")] = ROOT / "openapi",
) -> None:
    """Writes every OpenAPI, AsyncAPI, GraphQL and event schema file, and says what changed."""
    outcome = write(folder)
    for name, became in sorted(outcome.items()):
        typer.echo(f"{became} {name}")
    typer.echo(f"{len(outcome)} files changed." if outcome else "All contracts are as committed.")


if __name__ == "__main__":
    app()
