"""What a patient allows, by REST: a page at a time, oldest first."""

from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from libs.access.policy import grant
from libs.audit.trail import Trail
from libs.eventstore.telling import Role
from libs.web import headers
from libs.web.concerning import must_concern
from libs.web.openapi_parts import PARAMETERS, reference
from libs.web.problems import Problem
from services.gateway.export.described import PROBLEM, REFUSALS
from services.gateway.export.opening import opened
from services.gateway.graphql.context import Parts
from services.gateway.queries import pages, screens
from services.gateway.queries.pages import LARGEST, BadPage, Page
from services.gateway.queries.reading import Json
from services.gateway.queries.record import IS_THERE
from services.gateway.queries.visible import REASONS, ROLES, Asker, asker
from services.gateway.recording import one_record

NAME = "patientConsents"
PATH = "/v1/patients/{id}/consents"
READERS = grant(patient="own", therapist="related", supervisor="supervised")


def routes(parts: Parts) -> list[BaseRoute]:
    async def listed(request: Request) -> Response:
        trace, trail = headers.known_or_new(request.scope, parts.new_id), Trail()
        async with one_record(parts.audit, NAME, trace, trail) as record:
            answer = await _listed(parts, request, trail)
            await record.keep()
            return answer

    return [Route(PATH, listed, methods=["GET"])]


async def _listed(parts: Parts, request: Request, trail: Trail) -> Response:
    given = dict(request.scope["headers"])
    principal = await parts.present(await parts.identity.principal(headers.bearer(given)))
    trail.asked_by(principal)
    must_concern(READERS, principal)
    patient_id = trail.thing_id = headers.uuid_in_path(request.path_params["id"])
    trail.about(patient_id)
    wanted = _page(request, patient_id)
    who = asker(principal, parts.clock())
    trail.allowed(await _role(parts, who, patient_id), READERS)
    return _answer(await _found(parts, who, patient_id, wanted), wanted)


async def _role(parts: Parts, who: Asker, patient_id: UUID) -> Role:
    """In which they may. Raises `Problem`: 404 for whom the caller may not see, as for nobody."""
    if await parts.models.row(who, IS_THERE, patient_id) is None:
        raise Problem("not-found")
    let = await parts.models.row(who, REASONS, [patient_id])
    if let is None:  # it ended between the two
        raise Problem("not-found")
    return ROLES[let["reason"]]


async def _found(parts: Parts, who: Asker, patient_id: UUID, wanted: Page) -> list[Json]:
    """One more than the page has, where there are more."""
    rows = list(
        await parts.models.rows(who, screens.CONSENTS[0], patient_id, *pages.arguments(wanted))
    )
    await opened(rows, parts.sealer, who.tenant_id)
    return rows


def _answer(rows: list[Json], wanted: Page) -> Response:
    shown, _, more = pages.turned(wanted, rows)
    last = wanted.cursor(shown[-1], "given_at", "id") if more else None
    content = orjson.dumps({"items": [_plain(row) for row in shown], "next": last})
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


def _plain(row: Json) -> Json:
    """What has no value is left out."""
    history = [_plain(step) for step in row.get("history", ())]
    told = {name: value for name, value in row.items() if value is not None}
    return {**told, "history": history} if "history" in row else told


def _page(request: Request, patient_id: UUID) -> Page:
    asked = request.query_params
    try:
        size = int(asked.get("limit", LARGEST))
        return pages.page(f"{NAME}:{patient_id}", size, None, asked.get("cursor"), None)
    except (ValueError, BadPage):
        raise Problem("malformed-request") from None


def path() -> dict[str, Any]:
    """In the gateway's OpenAPI document."""
    problem = {"application/problem+json": {"schema": PROBLEM}}
    return {
        PATH: {
            "get": {
                "operationId": NAME,
                "summary": "What a patient allows",
                "description": "Every consent, oldest first, with each giving and withdrawal.",
                "tags": ["consents"],
                "security": [{"bearer": []}],
                "x-interlude-grant": dict(READERS.relations),
                "parameters": [PARAMETERS["Id"], *_PAGING],
                "responses": {
                    "200": {
                        "description": "As of now.",
                        "content": {"application/json": {"schema": reference("Consents")}},
                    },
                    **{
                        status: {"description": said, "content": problem}
                        for status, said in REFUSALS.items()
                    },
                },
            }
        }
    }


_PAGING = [
    {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "How many items at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST},
    },
    {
        "name": "cursor",
        "in": "query",
        "required": False,
        "description": "The `next` of the page before.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 500},
    },
]

SCHEMAS: Json = {
    "Consents": {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {
                "type": "array",
                "maxItems": LARGEST,
                "items": {
                    "type": "object",
                    "description": "As in `export.schema.json`, with its `history`.",
                },
            },
            "next": {"type": ["string", "null"], "maxLength": 500},
        },
    },
}
