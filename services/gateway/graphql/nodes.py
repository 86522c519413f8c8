"""Any one thing by its id, as its reader may see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.gateway.graphql import shaping, template_types, types
from services.gateway.graphql.context import Context
from services.gateway.graphql.ids import from_global, uuid_of
from services.gateway.graphql.looking import now_looking
from services.gateway.queries import templates, things
from services.gateway.queries.reading import Json


@dataclass(frozen=True, slots=True)
class Found:
    """The statement that finds one, and how its row is shown."""

    sql: str
    shape: Callable[[Json, Context], types.Node]
    more: tuple[object, ...] = ()
    """Arguments besides the id."""


def _alike(shape: Callable[[Json], types.Node]) -> Callable[[Json, Context], types.Node]:
    """Shown to everybody in the same way."""
    return lambda row, _context: shape(row)


NODES: Mapping[str, Found] = {
    "Patient": Found(
        things.patients("p.person_id = $6"),
        lambda row, context: shaping.patient(row, context.place_of),
    ),
    "Therapist": Found(
        things.therapists("t.person_id = $6"), _alike(types.Therapist.model_validate)
    ),
    "Clinic": Found(things.clinic("c.clinic_id = $6"), _alike(types.Clinic.model_validate)),
    "Session": Found(things.sessions("s.session_id = $6"), _alike(types.Session.model_validate)),
    "Consent": Found(things.consents("c.consent_id = $6"), _alike(types.Consent.model_validate)),
    "Goal": Found(things.goals("g.goal_id = $6"), _alike(types.Goal.model_validate)),
    "Assignment": Found(things.assignments("a.assignment_id = $6"), _alike(shaping.assignment)),
    "Occurrence": Found(
        things.occurrences("o.occurrence_id = $6"), _alike(types.Occurrence.model_validate)
    ),
    "DiaryEntry": Found(things.entries("e.entry_id = $6"), _alike(types.DiaryEntry.model_validate)),
    "NotebookItem": Found(things.notebook("n.item_id = $6"), _alike(shaping.notebook_item)),
    "Template": Found(
        templates.TEMPLATE, _alike(template_types.template), more=(templates.built_ins(),)
    ),
    "Review": Found(things.reviews("r.review_id = $6"), _alike(shaping.review)),
}


async def by_global_id(context: Context, value: str) -> types.Node | None:
    found = from_global(value)
    kind = found[0] if found else ""
    return await of_kind(context, kind, value)


async def patient(context: Context, value: str) -> types.Patient | None:
    found = await of_kind(context, "Patient", value)
    return found if isinstance(found, types.Patient) else None


async def assignment(context: Context, value: str) -> types.Assignment | None:
    found = await of_kind(context, "Assignment", value)
    return found if isinstance(found, types.Assignment) else None


async def of_kind(context: Context, kind: str, value: str) -> types.Node | None:
    """None for a foreign, missing or meaningless id alike."""
    asked = context.asker  # an unauthenticated caller learns nothing about ids either
    uuid, node = uuid_of(value, kind), NODES.get(kind)
    if uuid is None or node is None or asked is None:
        return None
    looked = now_looking()
    if kind == "Patient":
        looked.asked_for(uuid)
    else:
        looked.asked_for_thing(uuid)
    row = await context.row(node.sql, uuid, *node.more)
    if row is None:
        looked.missed.append((kind, uuid))
        return None
    return node.shape(row, context)
