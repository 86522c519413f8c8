"""The gateway's contracts: its GraphQL schema, built from the services' documents, and its HTTP."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from libs.eventstore.wire import Json
from services.gateway import openapi
from services.gateway.export import schema
from services.gateway.graphql.schema import build_schema

_HEAD = "# Interlude's GraphQL schema. Mutations are the services' commands.\n\n"


def document() -> Json:
    described: Json = openapi.document()
    return described


def record() -> Json:
    described: Json = schema.document()
    return described


def sdl(services: Mapping[str, bytes]) -> bytes:
    """From the documents by file name: these very ones, which may not be written yet."""
    with TemporaryDirectory() as folder:
        for name, content in services.items():
            (Path(folder) / name).write_bytes(content)
        built = build_schema(Path(folder))
    return f"{_HEAD}{built.as_str()}\n".encode()
