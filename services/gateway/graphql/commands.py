"""Every command of the services as a mutation: `verbNoun(input: VerbNounInput!): VerbNounPayload!`.

Built from the contracts, so a new command is a mutation without a line here. What a rule of a
service refuses comes back as `userErrors`; a missing token, overload or an unreachable service
are errors of the request.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional
from uuid import UUID

import strawberry
from strawberry.tools import create_type
from strawberry.types.nodes import SelectedField

from libs.tracing.spans import begun
from services.gateway import clients
from services.gateway.clients import Done, Refused
from services.gateway.contracts import Json, Operation
from services.gateway.graphql import nodes, types
from services.gateway.graphql.context import Context, Info
from services.gateway.graphql.errors import BadRequest, Overloaded, Unavailable
from services.gateway.graphql.ids import Kind, to_global, uuid_of
from services.gateway.graphql.inputs import (
    SCALARS,
    Field,
    Fields,
    Inputs,
    camel,
    made_of,
    pascal,
    to_body,
)
from services.gateway.graphql.passing import passed_on

AGGREGATES: Mapping[str, Kind] = {
    "clinic": "Clinic",
    "patient": "Patient",
    "therapist": "Therapist",
    "relationship": "CareRelationship",
    "supervision": "Supervision",
    "departure": "Departure",
    "window": "RecordsWindow",
    "session": "Session",
    "series": "SessionSeries",
    "group": "Group",
    "consent": "Consent",
    "goal": "Goal",
    "assignment": "Assignment",
    "groupwork": "GroupAssignment",
    "template": "Template",
    "entry": "DiaryEntry",
    "review": "Review",
}

SHOWN: Mapping[Kind, type] = {
    "Clinic": types.Clinic,
    "Patient": types.Patient,
    "Therapist": types.Therapist,
    "Session": types.Session,
    "Consent": types.Consent,
    "Goal": types.Goal,
    "Assignment": types.Assignment,
    "DiaryEntry": types.DiaryEntry,
    "Review": types.Review,
}
"""What a payload carries along, under the kind's own name."""

_PRINTABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")

_KEY = Field(
    SCALARS["string", None],
    needed=False,
    about="The same key with the same input is done once; 1 to 255 printable characters.",
)
_EXPECTED = Field(
    SCALARS["integer", None],
    needed=False,
    about="Only if it still is at this version; refused as `stale-version` otherwise.",
)


@strawberry.type(description="Why a command was refused. Translate by `code`.")
class UserError:
    code: str = strawberry.field(description="Stable, kebab-case; listed in openapi/errors.md.")
    message: str = strawberry.field(description="For developers, in English.")
    field: list[str] | None = strawberry.field(
        description="Path of the input field at fault, where there is one."
    )


@strawberry.type(description="What a clinician should know but may overrule.")
class Notice:
    code: str = strawberry.field(description="Stable, kebab-case; listed in openapi/errors.md.")
    field: list[str] | None = strawberry.field(
        description="Path of the input field that it is about, where there is one."
    )


@dataclass(frozen=True)
class Command:
    """One operation with its input fields and payload type."""

    operation: Operation
    fields: Fields
    payload: type[Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "payload", _payload(self.operation))

    @property
    def kind(self) -> Kind | None:
        return AGGREGATES.get(self.operation.aggregate)

    @property
    def named(self) -> str:
        """The input field that names the aggregate in the path."""
        return f"{self.operation.aggregate}_id"

    def input(self) -> type[Any]:
        told = dict(self.fields)
        if "{id}" in self.operation.path:
            which = Field(SCALARS["string", "uuid"], needed=True, about="Which one it is about.")
            told = {self.named: which, **told}
        told["idempotency_key"] = _KEY
        if not self.operation.creates:
            told["expected_version"] = _EXPECTED
        return made_of(
            f"{pascal(self.operation.name)}Input", told, about=f"For `{self.operation.name}`."
        )

    async def run(self, info: Info, given: Any) -> Any:
        context = info.context
        answer = await _posted(context, self.operation, self._path(given), self._body(given), given)
        if isinstance(answer, Refused):
            errors = [
                UserError(code=each["code"], message=each["message"], field=_path(each["pointer"]))
                for each in answer.errors
            ]
            return self.payload(user_errors=errors, notices=[])
        return await self._done(info, answer, given)

    def _path(self, given: Any) -> str:
        if "{id}" not in self.operation.path:
            return self.operation.path
        about = self._about(given)
        if about is None:
            raise BadRequest("BAD_ID", f"`{camel(self.named)}` is not such an id.")
        return self.operation.path.replace("{id}", str(about))

    def _about(self, given: Any) -> UUID | None:
        return uuid_of(getattr(given, self.named), *([self.kind] if self.kind else []))

    def _body(self, given: Any) -> Json:
        return to_body(self.fields, given)

    async def _done(self, info: Info, answer: Done, given: Any) -> Any:
        named = "{id}" in self.operation.path
        aggregate = self._about(given) if named else answer.id
        is_it = self.kind is not None and aggregate == answer.id
        payload = self.payload(
            id=to_global(self.kind, answer.id) if is_it and self.kind else str(answer.id),
            version=answer.version,
            consistency=answer.consistency,
            user_errors=[],
            notices=[
                Notice(code=each["code"], field=_path(each.get("pointer") or ""))
                for each in answer.notices
            ],
        )
        if self.kind and aggregate and _wants(info, self.operation.aggregate):
            found = await _changed(info.context, self.kind, aggregate, answer.consistency)
            setattr(payload, self.operation.aggregate, found)
        return payload


def mutations(operations: Iterable[Operation], inputs: Inputs) -> type | None:
    """The Mutation type; None where there is no contract yet."""
    made = [_mutation(operation, inputs) for operation in operations]
    return create_type("Mutation", made, description="What can be done.") if made else None


def _mutation(operation: Operation, inputs: Inputs) -> Any:
    fields = inputs.fields(operation, operation.body, called=pascal(operation.name))
    command = Command(operation, fields)

    async def resolve(info: Info, input: Any) -> Any:  # noqa: A002 - the argument's public name
        return await command.run(info, input)

    resolve.__name__ = operation.name
    resolve.__annotations__ = {"info": Info, "input": command.input(), "return": command.payload}
    return strawberry.mutation(resolver=resolve, name=operation.name, description=operation.summary)


def _payload(operation: Operation) -> type[Any]:
    kind = AGGREGATES.get(operation.aggregate)
    fields = [
        _output(
            "id",
            strawberry.ID,
            "The thing created or changed: a global id for what can be"
            " read by one, a bare UUID for its parts.",
        ),
        _output("version", int, "Of the stream, for `expectedVersion`."),
        _output("consistency", str, "For `consistency:` of a query that must see this."),
        _output("user_errors", list[UserError], "Empty when it was done.", needed=True),
        _output("notices", list[Notice], "What is worth knowing.", needed=True),
    ]
    if kind in SHOWN and kind is not None:
        about = "As it is now; null when it is not visible yet."
        fields.append(_output(operation.aggregate, SHOWN[kind], about))
    return create_type(
        f"{pascal(operation.name)}Payload", fields, description=f"What `{operation.name}` did."
    )


def _output(name: str, kind: Any, about: str, *, needed: bool = False) -> Any:
    default: dict[str, Any] = {} if needed else {"default": None}
    made: Any = strawberry.field(
        name=camel(name),
        description=about,
        graphql_type=kind if needed else Optional[kind],  # noqa: UP045 - built at run time
        **default,
    )
    made.python_name = name
    return made


async def _posted(
    context: Context, operation: Operation, path: str, body: Json, given: Any
) -> Done | Refused:
    headers = _headers(context, given)
    client = context.parts.clients.get(operation.service)
    if client is None:
        raise Unavailable
    about = {"server.address": operation.service}
    # Without a key of their own they could not repeat what may have happened.
    again = {} if given.idempotency_key else {"idempotencyKey": headers["Idempotency-Key"]}
    with passed_on(**again), begun(f"POST {operation.path}", "client", attributes=about) as span:
        headers["traceparent"] = context.trace.within(span).traceparent
        return await clients.post(client, path, body, headers)


def _headers(context: Context, given: Any) -> dict[str, str]:
    """The caller's own token and correlation go along; so does what they must not be older than."""
    _ = context.principal
    key = given.idempotency_key or str(context.parts.new_id())
    if _PRINTABLE.fullmatch(key) is None:
        raise BadRequest("BAD_IDEMPOTENCY_KEY")
    headers = {"Authorization": f"Bearer {context.token}", "Idempotency-Key": key}
    expected = getattr(given, "expected_version", None)
    if isinstance(expected, int):
        headers["If-Match"] = f'"{expected}"'
    headers["X-Correlation-Id"] = str(context.trace.correlation_id)
    if "interlude-after" in context.headers:
        headers["Interlude-After"] = context.headers["interlude-after"]
    return headers


async def _changed(context: Context, kind: Kind, uuid: UUID, consistency: str) -> types.Node | None:
    """It was done, whatever comes now: a read model that is late or away only leaves it out."""
    try:
        visible = await context.fresh(consistency)
        return await nodes.of_kind(context, kind, str(uuid)) if visible else None
    except (Overloaded, Unavailable):
        return None


def _wants(info: Info, name: str) -> bool:
    """Whether the changed node was asked for; inside a fragment it may have been."""
    chosen = [each for field_ in info.selected_fields for each in field_.selections]
    return any(not isinstance(each, SelectedField) or each.name == camel(name) for each in chosen)


def _path(pointer: str) -> list[str] | None:
    """`/readiness/scale` as the input spells it."""
    return [camel(step) for step in pointer.strip("/").split("/")] if pointer.strip("/") else None
