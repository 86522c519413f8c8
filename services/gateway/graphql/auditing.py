"""What a query or a subscription leaves behind: one record of whose rows it has shown, and why. A
command is written down by the service that does it, with the same correlation id.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from libs.access.principal import Principal
from libs.audit.keeping import AuditUnavailable
from libs.audit.record import Reason, Record
from libs.audit.trail import roles
from libs.eventstore.store import StoreUnavailable
from services.gateway.graphql.answers import lower
from services.gateway.graphql.context import Context
from services.gateway.graphql.errors import Unavailable
from services.gateway.graphql.looking import Looking, looking
from services.gateway.queries.owners import OWNERS
from services.gateway.queries.visible import REASONS, ROLES, asker

_OF_STAFF: Mapping[str, Reason] = {"therapist": "treatment", "supervisor": "supervision"}
"""By the roles in which rows of others are shown at all."""

_OF_NOBODY: tuple[Reason, ...] = ("clinic",)
"""Why somebody was told what is about no patient: they are one of the clinic's people."""


class Audited(SchemaExtension):
    """No record, no answer."""

    async def on_execute(self) -> AsyncIterator[None]:
        looked = Looking()
        looking.set(looked)
        yield
        asked = self.execution_context
        context: Context | None = asked.context
        if context is None or asked.operation_type is not OperationType.QUERY:
            return
        document, result = asked.graphql_document, asked.result
        named = asked._provided_operation_name  # noqa: SLF001 - its own `operation_name` makes one up
        action = "+".join(sorted(set(_asked_for(document, named)))) if document else ""
        if not action:
            return  # nothing but the schema
        try:
            await _written_down(context, looked, action, _trouble(result))
        except Unavailable as away:
            result.data, result.errors = None, [away]  # type: ignore[union-attr]  # what has been executed


async def watched(context: Context, patient: UUID | None, trouble: str | None = None) -> None:
    """Somebody begins to watch a patient, or is refused. Raises `Unavailable`."""
    looked = Looking(verb="watch")
    looked.asked_for(patient)
    await _written_down(context, looked, "patientChanged", trouble)


async def _written_down(
    context: Context, looked: Looking, action: str, trouble: str | None
) -> None:
    if context.known is None:
        return
    try:
        who = await context.parts.present(context.known)
        nothing = trouble is not None and not looked.shown
        reasons = {} if nothing else await _reasons(context, who, looked)
        owners = await _owners(context, who, looked)
        record = _record(context, who, looked, reasons, owners, action, trouble)
        await context.parts.audit.note(record)
    except (AuditUnavailable, StoreUnavailable):
        raise Unavailable("AUDIT_UNAVAILABLE") from None


def _record(  # noqa: PLR0917 - who, whose, why, what, and what came of it: in the order of a record
    context: Context,
    who: Principal,
    looked: Looking,
    reasons: Mapping[UUID, Reason],
    owners: Sequence[UUID],
    action: str,
    trouble: str | None,
) -> Record:
    sought = dict.fromkeys([*looked.patients, *owners])
    refused = [each for each in sought if each not in reasons]
    acted = next((ROLES[each] for each in reasons.values()), None)
    outcome = trouble or _came_of_it(who, looked, reasons)
    why = tuple(reasons.values()) or _OF_NOBODY[: not sought and outcome == "done"]
    return Record(
        tenant_id=who.tenant_id,
        person_id=who.person_id,
        role=acted or roles(who.roles),
        on_behalf_of=None,
        verb=looked.verb,
        action=action,
        thing_id=looked.thing,
        patients=(*reasons, *refused),
        reasons=why,
        outcome=outcome,
        client=who.client,
        correlation_id=context.trace.correlation_id,
    )


def _came_of_it(who: Principal, looked: Looking, reasons: Mapping[UUID, Reason]) -> str:
    if reasons:
        return "done"
    if who.left:
        return "staff-left"
    return "not-found" if looked.in_vain else "done"


async def _reasons(context: Context, who: Principal, looked: Looking) -> Mapping[UUID, Reason]:
    """Why they may see each of those whom it is about, of whom they may see. Of who has one role
    that is clear from what was shown; else it is looked up.
    """
    own = who.person_id if "patient" in who.roles_here else None
    reasons: dict[UUID, Reason] = {own: "self"} if own in looked.patients and own else {}
    reasons = looked.let | reasons
    others = [each for each in looked.let_by_relation if each not in reasons]
    held = [reason for role, reason in _OF_STAFF.items() if role in who.roles_here]
    if not others or not held:
        return reasons
    if len(held) == 1 and looked.shown_all(others):
        return reasons | dict.fromkeys(others, held[0])
    asks = asker(who, context.parts.clock())
    found = await context.parts.models.rows(asks, REASONS, others)
    return reasons | {UUID(each["patient_id"]): each["reason"] for each in found}


async def _owners(context: Context, who: Principal, looked: Looking) -> Sequence[UUID]:
    """Whose is what somebody asked for by its id and was not shown."""
    found: list[UUID] = []
    for kind, thing in looked.missed:
        if kind in OWNERS:
            asks = asker(who, context.parts.clock())
            rows = await context.parts.models.rows(asks, OWNERS[kind], thing)
            found += [UUID(each["patient_id"]) for each in rows if each["patient_id"]]
    return found


def _trouble(result: Any) -> str | None:
    """The code of the first error; None if there is none."""
    errors: Sequence[GraphQLError] = getattr(result, "errors", None) or ()
    if not errors:
        return None
    cause = errors[0].original_error
    told = cause if isinstance(cause, GraphQLError) else errors[0]
    return lower(str((told.extensions or {}).get("code", "INTERNAL")))


def _asked_for(document: DocumentNode, named: str | None) -> Iterator[str]:
    """The fields of the root, by their names in the schema, those of fragments too."""
    fragments: dict[str, FragmentDefinitionNode] = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode) and _is_called(each, named):
            yield from _fields(each.selection_set, fragments)


def _is_called(operation: OperationDefinitionNode, named: str | None) -> bool:
    return named is None or (operation.name is not None and operation.name.value == named)


def _fields(
    chosen: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[str]:
    """Each fragment once: it is taken out when it is met."""
    for each in chosen.selections:
        match each:
            case FieldNode():
                if not each.name.value.startswith("__"):
                    yield each.name.value
            case InlineFragmentNode():
                yield from _fields(each.selection_set, fragments)
            case FragmentSpreadNode():
                if fragment := fragments.pop(each.name.value, None):
                    yield from _fields(fragment.selection_set, fragments)
