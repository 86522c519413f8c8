"""Every command that the services publish in `openapi/<service>.openapi.json`.

The gateway passes commands on without writing them a second time: the document says what a
command is called, where it goes and what its body may hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from libs.access.policy import Grant

Json = dict[str, Any]

SERVICES = ("care", "assignment", "diary", "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One command. `body` is its JSON Schema, `$ref`s pointing into `components`; `grant` says who
    may send it at all.
    """

    name: str
    service: str
    path: str
    aggregate: str
    creates: bool
    summary: str
    grant: Grant
    body: Json
    components: Mapping[str, Json]

    def resolved(self, schema: Json) -> tuple[str | None, Json]:
        """The schema behind a `$ref` with its name; anything else as it is."""
        reference = schema.get("$ref")
        if reference is None:
            return None, schema
        name = reference.rsplit("/", 1)[-1]
        return name, self.components[name]


class NotAContract(Exception):  # noqa: N818 - says which file, at start-up
    """The document is missing or cannot be read as an OpenAPI document of ours."""


def operations(contracts: Path) -> Iterator[Operation]:
    """Of all services whose document lies in the folder, by service and then by path."""
    for service in SERVICES:
        document = contracts / f"{service}.openapi.json"
        if document.exists():
            yield from _of(service, _read(document))


def _read(document: Path) -> Json:
    try:
        content: Json = orjson.loads(document.read_bytes())
    except orjson.JSONDecodeError as broken:
        raise NotAContract(document.name) from broken
    return content


def _of(service: str, document: Json) -> Iterator[Operation]:
    components = document.get("components", {}).get("schemas", {})
    for path, methods in sorted(document["paths"].items()):
        post = methods.get("post", {})
        command = post.get("x-interlude-command")
        if command is None:
            continue
        yield Operation(
            name=post["operationId"],
            service=service,
            path=path,
            aggregate=command["aggregate"],
            creates=command["creates"],
            summary=_said_of(post),
            grant=Grant(
                post.get("x-interlude-grant", {}),
                scope=post.get("x-interlude-scope", ""),
                finishes=post.get("x-interlude-finishes", False),
            ),
            body=_body(post),
            components=components,
        )


def _said_of(post: Json) -> str:
    said = post.get("description") or post.get("summary") or post["operationId"]
    return str(said).strip()


def _body(post: Json) -> Json:
    content = post.get("requestBody", {}).get("content", {})
    schema: Json = content.get("application/json", {}).get("schema", {"type": "object"})
    return schema
