"""What people see of the story, each with their own token: everything to those whom it concerns,
nothing to anybody else.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from tests.system.people import Person, global_id

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

ASSIGNMENT = """query($id: ID!) { assignment(id: $id) {
    title status category technique continuesFrom dueAt dueSessionId adjustmentSuggested
    goals { statement } options { label } choices { chosenBy }
    rationales { text expectedLearning }
    components { label contact { label } topic }
    practices { mode imageryAnchor { place precedingActivity } stepsRehearsed { n who text } }
    situations { situation thoughts urgeOrBehaviour }
    predictions { prediction observableSign likelihood { value scale { max } } }
    obstacles { obstacle { phase text } response { ifText thenText } }
    plan { site { label } durationMin target { contacts { label } } }
    understandings { patientWords changeBeliefs { ifText thenText } }
    readinessRatings { readiness { value } confidence { value } importance { value } }
    commitments { willing statement } agreements { agreedBy }
    occurrences { state localDate opensLocal } entries { worksheet answers }
    reviews { decision praise { text } skills { label }
        beliefs { convictionBefore { value } convictionAfter { value } } }
} }"""

EVERYTHING = """query($patient: ID!, $homework: ID!, $session: ID!) {
    patient(id: $patient) { name } assignment(id: $homework) { title }
    assignments(patientId: $patient, first: 5) { nodes { title } }
    sessionAgenda(sessionId: $session) { session { status } }
    today(patientId: $patient) { zone } progress(patientId: $patient) { completions }
    timeline(patientId: $patient, first: 5) { nodes { type } }
    notebook(patientId: $patient, first: 5) { nodes { title } }
    goals(patientId: $patient, first: 5) { nodes { statement } }
    diary(patientId: $patient, first: 5) { nodes { notes } }
    caseload(first: 5) { nodes { since } }
}"""


@pytest.fixture(scope="module")
def larry(story: Mapping[str, str]) -> str:
    return global_id("Assignment", story["larry"])


@pytest.fixture(scope="module")
def three_others(story: Mapping[str, str]) -> str:
    return global_id("Assignment", story["three_others"])


def test_the_therapist_finds_masha_in_her_caseload(therapist: Person, masha: str) -> None:
    rows = therapist.sees(
        """{ caseload(first: 100) { nodes { needsAttention openHomework
            lastRating { confidence { value } assignmentId }
            patient { id name therapists { name } nextSession { status } lastSession { status } }
        } } }"""
    )["caseload"]["nodes"]
    (row,) = [each for each in rows if each["patient"]["id"] == masha]
    assert row["patient"]["name"] == "Masha Orlova"
    assert [each["name"] for each in row["patient"]["therapists"]] == ["Anna Keller"]
    assert row["patient"]["nextSession"] == {"status": "SCHEDULED"}
    assert row["patient"]["lastSession"] == {"status": "ENDED"}
    assert row["openHomework"] >= 1


@pytest.mark.parametrize("who", ["therapist", "patient"])
def test_both_can_read_what_was_said_about_larry(
    person: Callable[[str], Person], larry: str, who: str
) -> None:
    seen = person(who).sees(ASSIGNMENT, id=larry)["assignment"]
    assert seen["status"] == "COMPLETED"
    assert seen["title"] == "Conversations with 4 people about what I did over the weekend"
    assert "decent relationships" in seen["goals"][0]["statement"]
    assert seen["options"][0] == {"label": "Speaking to Larry about the films"}
    assert len(seen["options"]) == len(seen["components"]) == 4
    assert seen["components"][0]["contact"] == {"label": "Larry"}
    assert seen["practices"][0]["mode"] == "GUIDED_IMAGERY"
    assert seen["practices"][0]["imageryAnchor"]["precedingActivity"].endswith("my email")
    assert seen["situations"][0]["thoughts"][1] == "I picked a stupid film to talk about."
    assert seen["plan"]["target"]["contacts"] == [{"label": "Larry"}]
    assert seen["understandings"][0]["patientWords"].startswith("It's a good starting point.")
    assert {each["agreedBy"] for each in seen["agreements"]} == {"PATIENT", "THERAPIST"}


def test_what_got_in_the_way_stands_with_the_answer_to_it(therapist: Person, larry: str) -> None:
    foreseen, met = therapist.sees(ASSIGNMENT, id=larry)["assignment"]["obstacles"]
    assert foreseen["response"]["thenText"] == "I ask him when he has his break."
    assert met["obstacle"] == {
        "phase": "UNANTICIPATED",
        "text": "Larry was on the phone at first.",
    }
    assert met["response"] is None


def test_monday_s_window_was_at_eleven_and_is_done(patient: Person, larry: str) -> None:
    (window,) = patient.sees(ASSIGNMENT, id=larry)["assignment"]["occurrences"]
    assert window["state"] == "COMPLETED"
    assert datetime.fromisoformat(window["opensLocal"]).hour == 11
    assert datetime.fromisoformat(window["localDate"]).strftime("%A") == "Monday"


def test_the_diary_entry_belongs_to_the_homework(patient: Person, larry: str) -> None:
    (entry,) = patient.sees(ASSIGNMENT, id=larry)["assignment"]["entries"]
    assert entry["worksheet"] == "interpersonal_practice"
    assert entry["answers"]["other_party"]["label"] == "Larry"
    assert entry["answers"]["actual_response"] == "He was curious."


def test_the_second_homework_goes_on_from_the_first(
    therapist: Person, larry: str, three_others: str, story: Mapping[str, str]
) -> None:
    seen = therapist.sees(ASSIGNMENT, id=three_others)["assignment"]
    assert (seen["status"], seen["continuesFrom"]) == ("ACTIVE", larry)
    assert {each["label"] for each in seen["components"]} == {
        "Talk to Priya",
        "Talk to Tom",
        "Talk to Grace",
    }
    assert seen["dueSessionId"] == global_id("Session", story["session_3"])
    assert seen["readinessRatings"][0]["confidence"] == {"value": 4}
    assert not seen["adjustmentSuggested"], "its components were graded"


def test_session_3_opens_with_what_is_left(
    therapist: Person, three_others: str, story: Mapping[str, str]
) -> None:
    agenda = therapist.sees(
        """query($id: ID!) { sessionAgenda(sessionId: $id) {
            session { status startsAt } previousSession { id } completedAssignments { id }
            openAssignments { id title dueAt } lowRatings { assignmentId } } }""",
        id=story["session_3"],
    )["sessionAgenda"]
    assert agenda["session"]["status"] == "SCHEDULED"
    assert agenda["previousSession"]["id"] == global_id("Session", story["session_2"])
    (next_up,) = [each for each in agenda["openAssignments"] if each["id"] == three_others]
    assert next_up["title"] == "Conversations with the other three people"
    assert next_up["dueAt"] == agenda["session"]["startsAt"]
    assert three_others in [each["assignmentId"] for each in agenda["lowRatings"]]


def test_the_timeline_tells_every_fact_once_and_in_order(therapist: Person, masha: str) -> None:
    seen: list[Mapping[str, Any]] = []
    place = None
    while True:
        page = therapist.sees(
            """query($who: ID!, $after: String) { timeline(patientId: $who, first: 20,
                after: $after) { nodes { id type recordedAt actorRole excerpt }
                pageInfo { hasNextPage endCursor } } }""",
            who=masha,
            after=place,
        )["timeline"]
        seen += page["nodes"]
        place = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len({each["id"] for each in seen}) == len(seen) >= 60
    assert [each["recordedAt"] for each in seen] == sorted(each["recordedAt"] for each in seen)
    excerpts = {each["type"]: each["excerpt"] for each in seen}
    assert excerpts["ObstacleReported"] == "Larry was on the phone at first."


def test_progress_counts_and_shows_ratings_with_their_scales(
    patient: Person, larry: str, three_others: str
) -> None:
    seen = patient.sees(
        """{ progress { completions ratings { measure rating { value scale { max } } assignmentId }
            assignments { assignmentId quantity { value reason } } } }"""
    )["progress"]
    assert seen["completions"] == 1
    rated = [
        (each["measure"], each["rating"]["value"], each["rating"]["scale"]["max"])
        for each in seen["ratings"]
        if each["assignmentId"] == larry
    ]
    assert ("likelihood", 60, 100) in rated
    assert ("confidence", 7, 10) in rated
    assert rated.index(("conviction_after", 40, 100)) > rated.index(("likelihood", 60, 100))
    shares = {each["assignmentId"]: each["quantity"] for each in seen["assignments"]}
    assert shares[larry] == {"value": 1.0, "reason": None}
    assert shares[three_others] == {"value": None, "reason": "NOT_YET"}


def test_masha_s_day_and_her_notebook(patient: Person, larry: str, three_others: str) -> None:
    seen = patient.sees(
        """{ me { name roles zone } today { zone assignments { id title } occurrences { title } }
        notebook(first: 5) { nodes { kind title assignmentId review {
            decision praise { text } skills { label } } } } }"""
    )
    assert seen["me"] == {"name": "Masha Orlova", "roles": ["PATIENT"], "zone": "Europe/London"}
    assert three_others in [each["id"] for each in seen["today"]["assignments"]]
    assert len(seen["today"]["occurrences"]) == 3
    (item,) = seen["notebook"]["nodes"]
    assert (item["kind"], item["assignmentId"]) == ("COMPLETED_HOMEWORK", larry)
    assert item["review"]["decision"] == "CONTINUE"
    assert item["review"]["skills"] == [{"label": "Starting a conversation"}]


STRANGERS = (
    "other_therapist",
    "supervisor",
    "clinic_admin",
    "integrator",
    "analyst",
    "operator",
)


@pytest.mark.parametrize("who", STRANGERS)
def test_everybody_else_sees_nothing(
    person: Callable[[str], Person], story: Mapping[str, str], who: str
) -> None:
    seen = person(who).sees(
        EVERYTHING, patient=story["patient"], homework=story["larry"], session=story["session_3"]
    )
    assert all(each in (None, {"nodes": []}) for each in seen.values()), seen


def test_without_a_token_nothing_is_answered(person: Callable[[str], Person]) -> None:
    nobody = person("therapist")
    answer = nobody.sends_graphql("{ me { name } }", {}, Authorization="Bearer forged")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_AUTHENTICATED"


NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("Patient", "patient"),
        ("Session", "session_2"),
        ("Goal", "goal"),
        ("Assignment", "larry"),
        ("DiaryEntry", "entry"),
        ("Review", "review"),
    ],
)
def test_a_node_is_there_for_those_whom_it_concerns(
    person: Callable[[str], Person], story: Mapping[str, str], kind: str, named: str
) -> None:
    node = global_id(kind, story[named])
    for who in ("therapist", "patient"):
        assert person(who).sees(NODE, id=node)["node"] == {"__typename": kind, "id": node}
    for who in STRANGERS:
        assert person(who).sees(NODE, id=node)["node"] is None
