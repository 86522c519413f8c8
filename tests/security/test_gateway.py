"""Every query and every kind of node, asked in every role about whose thing one likes: what is not
one's own to see is null or empty, as what does not exist.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, Whose
from tests.security.clinics import Clinics, Things
from tests.security.table import Tried
from tests.system.people import global_id

pytestmark = [
    pytest.mark.security("who may do what"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

NODES = {
    "Patient": "patient",
    "Therapist": "therapist",
    "Clinic": "clinic",
    "Session": "session",
    "Consent": "consent",
    "Goal": "goal",
    "Assignment": "assignment",
    "Template": "template",
    "DiaryEntry": "entry",
    "Review": "review",
    "Occurrence": "occurrence",
    "NotebookItem": "notebook item",
}
"""With what there is of each."""

QUERIES = {
    "me": "{ me { roles } }",
    "caseload": "{ caseload(first: 100) { nodes { patient { id } } } }",
    "patient": "query($patient: ID!) { patient(id: $patient) { id } }",
    "assignment": "query($assignment: ID!) { assignment(id: $assignment) { id } }",
    "assignments": "query($patient: ID!) { assignments(patientId: $patient, first: 9)"
    " { nodes { id } } }",
    "today": "query($patient: ID!) { today(patientId: $patient) { zone } }",
    "sessionAgenda": "query($session: ID!) { sessionAgenda(sessionId: $session)"
    " { session { id } } }",
    "progress": "query($patient: ID!) { progress(patientId: $patient) { completions } }",
    "timeline": "query($patient: ID!) { timeline(patientId: $patient, first: 9)"
    " { nodes { type } } }",
    "notebook": "query($patient: ID!) { notebook(patientId: $patient, first: 9) { nodes { id } } }",
    "goals": "query($patient: ID!) { goals(patientId: $patient, first: 9) { nodes { id } } }",
    "consents": "query($patient: ID!) { consents(patientId: $patient, first: 9) { nodes { id } } }",
    "sharing": "query($patient: ID!) { sharing(patientId: $patient, first: 9) { nodes { id } } }",
    "erasure": "query($patient: ID!) { erasure(patientId: $patient) { status } }",
    "templates": "{ templates(first: 1) { nodes { id } } }",
    "template": "query($template: ID!) { template(id: $template) { id } }",
    "diary": "query($patient: ID!) { diary(patientId: $patient, first: 9) { nodes { id } } }",
    "whoLooked": "query($patient: ID!) { whoLooked(patientId: $patient, first: 9)"
    " { nodes { role } } }",
}
NODE = "query($id: ID!) { node(id: $id) { __typename } }"


def asked(clinics: Clinics, role: Role, query: str, whose: Whose) -> Any:
    """The one field's value. Nobody is told that anything was wrong."""
    answer = told(clinics, role, query, known(clinics.things[whose]))
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return value


def known(things: Things) -> Mapping[str, str]:
    """What a query may name, by the variable."""
    kinds = ("patient", "assignment", "session", "template")
    return {kind: global_id(kind.capitalize(), things[kind]) for kind in kinds}


def told(clinics: Clinics, role: Role, query: str, variables: Mapping[str, Any]) -> Any:
    return answered(clinics, role, query, variables).json()


def answered(
    clinics: Clinics, role: Role, query: str, variables: Mapping[str, Any]
) -> httpx.Response:
    """Variables that the query does not take are left out."""
    return clinics.http.post(
        f"{clinics.run.gateway}/graphql",
        json={
            "query": query,
            "variables": {name: each for name, each in variables.items() if f"${name}:" in query},
        },
        headers={
            "Authorization": f"Bearer {clinics.tokens[role]}",
            "Interlude-After": clinics.latest,
        },
    )


def shows(value: Any) -> bool:
    return bool(value["nodes"]) if isinstance(value, dict) and "nodes" in value else bool(value)


@pytest.mark.parametrize("name", sorted(set(QUERIES) - {"me", "caseload", "templates"}))
def test_a_query_shows_what_is_for_ones_eyes(name: str, clinics: Clinics, tried: Tried) -> None:
    tried(len(access.ROLES) * len(EVERYBODYS))
    wrong = [
        f"{role} of {whose}"
        for role in access.ROLES
        for whose in EVERYBODYS
        if shows(asked(clinics, role, QUERIES[name], whose))
        != access.of("GraphQL: queries")[name].opens(role, whose)
    ]
    assert wrong == []


def test_everybody_is_told_who_they_are(clinics: Clinics) -> None:
    for role in access.ROLES:
        seen = asked(clinics, role, QUERIES["me"], "mine")
        assert seen == {"roles": [role.upper()]}, role


def test_a_caseload_has_whom_one_treats_and_nobody_else(clinics: Clinics) -> None:
    masha = {"patient": {"id": global_id("Patient", clinics.things["mine"]["patient"])}}
    for role in access.ROLES:
        rows = asked(clinics, role, QUERIES["caseload"], "mine")["nodes"]
        listed = access.of("GraphQL: queries")["caseload"].opens(role, "mine")
        assert rows == ([masha] if listed else []), role


def test_the_catalogue_is_there_for_whoever_may_read_it(clinics: Clinics, tried: Tried) -> None:
    tried(len(access.ROLES))
    for role in access.ROLES:
        seen = shows(asked(clinics, role, QUERIES["templates"], "mine"))
        assert seen == access.of("GraphQL: queries")["templates"].opens(role, "mine"), role


@pytest.mark.parametrize("name", sorted(NODES))
def test_a_node_is_there_for_whom_it_concerns(name: str, clinics: Clinics, tried: Tried) -> None:
    tried(len(access.ROLES) * len(EVERYBODYS))
    kind = NODES[name]
    wrong = [
        f"{role} of {whose}"
        for role in access.ROLES
        for whose in EVERYBODYS
        if is_there(clinics, role, global_id(name, clinics.things[whose][kind]))
        != access.of("GraphQL: nodes")[name].opens(role, whose)
    ]
    assert wrong == []


def is_there(clinics: Clinics, role: Role, node: str) -> bool:
    return told(clinics, role, NODE, {"id": node})["data"]["node"] is not None


def test_every_row_is_tried() -> None:
    assert set(NODES) == set(access.of("GraphQL: nodes"))
    assert set(QUERIES) == set(access.of("GraphQL: queries"))
