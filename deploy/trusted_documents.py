"""The documents that clients were built with, named for the gateway:
`python -m deploy.trusted_documents FOLDER > documents.json`.

Each `.graphql` file below the folder is one document, to the byte: a client sends it so, or its
SHA-256. Each must fit the schema of this version and the gateway's limits; what does not is said by
its file, and nothing is written. `--add documents.json` keeps what an older client was built with,
as far as it still fits.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer
from graphql import GraphQLError, GraphQLSchema, build_schema, parse, validate

from services.gateway.graphql.limits import USUAL, within
from services.gateway.manifest import Manifest, named

SCHEMA = Path(__file__).parents[1] / "openapi" / "gateway.graphql"

_UNFIT = 1


def documents(folder: Path) -> Mapping[Path, str]:
    """In the order of their paths."""
    return {
        file.relative_to(folder): file.read_text("utf-8")
        for file in sorted(folder.rglob("*.graphql"))
    }


def faults(text: str, schema: GraphQLSchema) -> Sequence[str]:
    """What the gateway would not take of it. Empty: it does."""
    try:
        document = parse(text, max_tokens=USUAL.tokens)
        errors = [*validate(schema, document, [within(USUAL)]), *validate(schema, document)]
    except GraphQLError as error:
        errors = [error]
    return [error.message for error in errors]


def _complaints(found: Mapping[Path, str], schema: GraphQLSchema) -> Iterator[str]:
    if not found:
        yield "There is no .graphql file in this folder."
    for file, text in found.items():
        for fault in faults(text, schema):
            yield f"{file}: {fault}"


def _kept(add: Path | None, schema: GraphQLSchema) -> Mapping[str, str]:
    if add is None:
        return {}
    try:
        texts = Manifest.read(add).texts
    except (OSError, ValueError):
        raise typer.BadParameter(f"{add.name} is not what this command writes") from None
    return {name: text for name, text in texts.items() if not faults(text, schema)}


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    add: Annotated[Path | None, typer.Option(help="Of older clients.")] = None,
) -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    found = documents(folder)
    complaints = list(_complaints(found, schema))
    for complaint in complaints:
        sys.stderr.write(f"{complaint}\n")
    if complaints:
        raise SystemExit(_UNFIT)
    texts = {**_kept(add, schema), **{named(text): text for text in found.values()}}
    written = orjson.dumps(texts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    sys.stdout.write(f"{written.decode()}\n")


if __name__ == "__main__":
    typer.run(main)
