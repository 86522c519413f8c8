"""`GET /v1/patients/{id}/looks`: who looked at one's record in this service, or wrote into it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from libs.access.policy import Subject, grant, may
from libs.audit.looks import Look, Place
from libs.web import headers
from libs.web.concerning import must_concern
from libs.web.edge import Edge
from libs.web.operations import Incoming
from libs.web.problems import Problem
from libs.web.replies import Reply, json_reply

LARGEST = 100
USUAL = 20

_LONGEST = 100
"""Characters of a cursor."""

_SIZE = re.compile(r"[0-9]{1,3}")


class PatientLooks:
    """The patient's own, and nobody else's. Operators have `audit search`."""

    name = "looks"
    method = "GET"
    path = "/v1/patients/{id}/looks"
    grant = grant(patient="own")

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    async def answer(self, incoming: Incoming) -> Reply:
        principal = await self._edge.caller(incoming.headers)
        trail = incoming.trail
        trail.asked_by(principal)
        must_concern(self.grant, principal)
        patient_id = trail.thing_id = headers.uuid_in_path(incoming.path_id)
        first, after = _page(incoming.query)
        trail.about(patient_id)
        role = await may(principal, self.grant, Subject(patient_id=patient_id), self._edge.known)
        if role is None:
            raise Problem("not-found")
        trail.allowed(role, self.grant)
        found = await self._edge.audit.looks(
            principal.tenant_id, patient_id, before=after, most=first + 1
        )
        return json_reply(
            200, {"looks": [_shown(each) for each in found[:first]], "more": len(found) > first}
        )


def _shown(look: Look) -> Mapping[str, Any]:
    return {
        "cursor": look.place.cursor,
        "at": look.place.at,
        "person_id": look.person_id,
        "role": look.role,
        "reason": look.reason,
        "verb": look.verb,
        "action": look.action,
        "on_behalf": look.on_behalf,
    }


def _page(query: bytes) -> tuple[int, Place | None]:
    try:
        given = parse_qs(query.decode("ascii", "replace"), max_num_fields=20)
        told = {name: values[-1][:_LONGEST] for name, values in given.items()}
        first = told.get("first", str(USUAL))
        after = Place.of(told["after"]) if "after" in told else None
    except ValueError:
        raise Problem("page-malformed") from None
    if not _SIZE.fullmatch(first) or not 1 <= int(first) <= LARGEST:
        raise Problem("page-malformed")
    return int(first), after
