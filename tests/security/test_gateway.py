"""Every query and every kind of node, asked in every role about whose thing one likes: what is not
one's own to see is null or empty, as what does not exist.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from deploy.local.run_info import RunInfo
from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, Whose
from tests.security.clinics import Clinics
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
    "assignments": "query($patient: ID!) { assignments(patientId: $patient, first: 9) %s }",
    "today": "query($patient: ID!) { today(patientId: $patient) { zone } }",
    "sessionAgenda": "query($session: ID!) { sessionAgenda(sessionId: $session)"
    " { session { id } } }",
    "progress": "query($patient: ID!) { progress(patientId: $patient) { completions } }",
    "timeline": "query($patient: ID!) { timeline(patientId: $patient, first: 9)"
    " { nodes { type } } }",
    "notebook": "query($patient: ID!) { notebook(patientId: $patient, first: 9) %s }",
    "goals": "query($patient: ID!) { goals(patientId: $patient, first: 9) %s }",
    "diary": "query($patient: ID!) { diary(patientId: $patient, first: 9) %s }",
}
_LISTED = "{ nodes { id } }"


def asked(run: RunInfo, clinics: Clinics, role: Role, query: str, whose: Whose) -> Any:
    """The one field's value. Nobody is told that anything was wrong."""
    things = clinics.things[whose]
    known = {
        "patient": global_id("Patient", things["patient"]),
        "assignment": global_id("Assignment", things["assignment"]),
        "session": global_id("Session", things["session"]),
    }
    answer = told(run, clinics, role, query, {name: each for name, each in known.items()
                                              if f"${name}:" in query})  # fmt: skip
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return value


def told(
    run: RunInfo, clinics: Clinics, role: Role, query: str, variables: Mapping[str, Any]
) -> Any:
    return httpx.post(
        f"{run.gateway}/graphql",
        json={"query": query, "variables": variables},
        headers={
            "Authorization": f"Bearer {clinics.tokens[role]}",
            "Interlude-After": clinics.latest,
        },
        timeout=20,
    ).json()


def shows(value: Any) -> bool:
    return bool(value["nodes"]) if isinstance(value, dict) and "nodes" in value else bool(value)


@pytest.mark.parametrize("name", sorted(set(QUERIES) - {"me", "caseload"}))
def test_a_query_shows_what_is_for_ones_eyes(name: str, run: RunInfo, clinics: Clinics) -> None:
    query = QUERIES[name].replace("%s", _LISTED)
    wrong = [
        f"{role} of {whose}"
        for role in access.ROLES
        for whose in EVERYBODYS
        if shows(asked(run, clinics, role, query, whose))
        != access.of("GraphQL: queries")[name].opens(role, whose)
    ]
    assert wrong == []


def test_everybody_is_told_who_they_are(run: RunInfo, clinics: Clinics) -> None:
    for role in access.ROLES:
        known = asked(run, clinics, role, QUERIES["me"], "mine")
        assert known == {"roles": [role.upper()]}, role


def test_a_caseload_has_whom_one_treats_and_nobody_else(run: RunInfo, clinics: Clinics) -> None:
    masha = {"patient": {"id": global_id("Patient", clinics.things["mine"]["patient"])}}
    for role in access.ROLES:
        rows = asked(run, clinics, role, QUERIES["caseload"], "mine")["nodes"]
        listed = access.of("GraphQL: queries")["caseload"].opens(role, "mine")
        assert rows == ([masha] if listed else []), role


@pytest.mark.parametrize("name", sorted(NODES))
def test_a_node_is_there_for_whom_it_concerns(name: str, run: RunInfo, clinics: Clinics) -> None:
    query = "query($id: ID!) { node(id: $id) { __typename } }"
    wrong = [
        f"{role} of {whose}"
        for role in access.ROLES
        for whose in EVERYBODYS
        if (
            told(
                run,
                clinics,
                role,
                query,
                {"id": global_id(name, clinics.things[whose][NODES[name]])},
            )["data"]["node"]
            is not None
        )
        != access.of("GraphQL: nodes")[name].opens(role, whose)
    ]
    assert wrong == []


def test_every_row_is_tried() -> None:
    assert set(NODES) == set(access.of("GraphQL: nodes"))
    assert set(QUERIES) == set(access.of("GraphQL: queries"))
