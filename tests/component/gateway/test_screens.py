"""What therapist and patient see of the story."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.consistency import encode
from libs.testing.cast import ANNA, CLINIC, MASHA
from libs.testing.web import Following
from services.care.examples import SESSION
from services.diary import wire as diary_wire
from services.diary.examples import FACTS as DIARY_FACTS
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from tests.component.gateway.telling import ASSIGNMENT, NEXT_SESSION, Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HER = to_global("Patient", MASHA)
HERS = to_global("Assignment", ASSIGNMENT)


async def test_a_therapist_learns_who_she_is(ask: Any) -> None:
    answer = await ask("anna", "{ me { name roles zone clinic { name } } }")
    assert answer == {
        "data": {
            "me": {
                "name": "Anna Keller",
                "roles": ["THERAPIST"],
                "zone": "Europe/London",
                "clinic": {"name": "Riverside Psychology"},
            }
        }
    }


async def test_what_the_ends_of_a_scale_mean_was_sealed_and_is_read_again(ask: Any) -> None:
    rating = "readinessRatings { readiness { value scale { max lowLabel highLabel } } }"
    answer = await ask("anna", f"query($id: ID!) {{ assignment(id: $id) {{ {rating} }} }}", id=HERS)
    scale = {"max": 10, "lowLabel": "Not ready at all", "highLabel": "I could start right now"}
    assert answer["data"]["assignment"]["readinessRatings"] == [
        {"readiness": {"value": 7, "scale": scale}}
    ]


async def test_a_caseload_says_who_needs_attention_and_why(ask: Any) -> None:
    row = """patient { id name lastSession { id } nextSession { id } } since openHomework
        needsAttention attention { reason assignmentId } lastRating { readiness { value } }"""
    answer = await ask("anna", f"{{ caseload(first: 20) {{ nodes {{ {row} }} }} }}")
    (seen,) = answer["data"]["caseload"]["nodes"]
    assert seen["patient"]["name"] == "Masha Orlova"
    assert seen["patient"]["lastSession"] == {"id": to_global("Session", NEXT_SESSION)}
    assert (seen["openHomework"], seen["needsAttention"]) == (0, True)
    assert seen["attention"] == [{"reason": "OBSTACLE_REPORTED", "assignmentId": HERS}]
    assert seen["lastRating"] == {"readiness": {"value": 7}}


async def test_homework_is_shown_with_everything_said_about_it(ask: Any) -> None:
    answer = await ask("masha", HOMEWORK, id=HERS)
    homework = answer["data"]["assignment"]
    assert homework["status"] == "COMPLETED"
    assert homework["goals"][0]["statement"].startswith("I want to have decent relationships")
    assert homework["plan"]["timing"]["cue"]["afterActivity"] == "Just finished checking my email"
    assert homework["practices"][0]["mode"] == "GUIDED_IMAGERY"
    foreseen = [each for each in homework["obstacles"] if each["response"]]
    assert [each["obstacle"]["phase"] for each in foreseen] == ["ANTICIPATED"]
    assert homework["reviews"] == [{"decision": "CONTINUE", "skills": [{"label": SKILL}]}]
    assert homework["entries"] == [{"worksheet": "interpersonal_practice"}]


HOMEWORK = """query($id: ID!) { assignment(id: $id) {
    status goals { statement } plan { timing { cue { afterActivity } } } practices { mode }
    obstacles { obstacle { phase } response { thenText } }
    reviews { decision skills { label } } entries { worksheet }
} }"""
SKILL = "Starting a conversation"


async def test_the_agenda_opens_with_what_happened_since_the_last_session(ask: Any) -> None:
    query = """query($id: ID!) { sessionAgenda(sessionId: $id) {
        previousSession { id } openAssignments { id } completedAssignments { id }
        obstacles { phase assignmentId } entries { worksheet } lowRatings { assignmentId }
    } }"""
    answer = await ask("anna", query, id=to_global("Session", NEXT_SESSION))
    assert answer["data"]["sessionAgenda"] == {
        "previousSession": {"id": to_global("Session", SESSION)},
        "openAssignments": [],
        "completedAssignments": [{"id": HERS}],
        "obstacles": [{"phase": "UNANTICIPATED", "assignmentId": HERS}],
        "entries": [{"worksheet": "interpersonal_practice"}],
        "lowRatings": [{"assignmentId": HERS}],
    }


async def test_a_day_shows_its_windows_in_local_time(ask: Any) -> None:
    window = "title state opensLocal zone localDate"
    query = f'{{ today(date: "2026-03-02") {{ occurrences {{ {window} }} }} }}'
    answer = await ask("masha", query)
    (seen,) = answer["data"]["today"]["occurrences"]
    assert seen["opensLocal"] == "2026-03-02T11:00:00"
    assert (seen["zone"], seen["state"]) == ("Europe/London", "COMPLETED")


async def test_adherence_is_three_numbers_and_says_why_one_is_missing(ask: Any) -> None:
    share = "{ value of reason }"
    query = f"""{{ progress {{ completions assignments {{
        quantity {share} timeliness {share} quality {share} }} ratings {{ measure }} }} }}"""
    progress = (await ask("masha", query))["data"]["progress"]
    assert progress["completions"] == 1
    (homework,) = progress["assignments"]
    assert homework["quantity"] == {"value": 1.0, "of": 1, "reason": None}
    assert homework["timeliness"] == {"value": 1.0, "of": 1, "reason": None}
    assert homework["quality"] == {"value": None, "of": 0, "reason": "UNRATED"}
    measures = {point["measure"] for point in progress["ratings"]}
    assert {"readiness", "likelihood", "difficulty", "conviction_after"} <= measures


async def test_a_timeline_is_read_in_pages_without_gap_or_repeat(ask: Any) -> None:
    query = """query($first: Int, $after: String) { timeline(first: $first, after: $after) {
        nodes { id recordedAt } pageInfo { endCursor hasNextPage } } }"""
    whole = (await ask("masha", query, first=100))["data"]["timeline"]["nodes"]
    read, after = [], None
    while True:
        page = (await ask("masha", query, first=7, after=after))["data"]["timeline"]
        read += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert read == whole
    assert read == sorted(read, key=lambda item: (item["recordedAt"], item["id"]))


async def test_a_timeline_is_read_backwards_too(ask: Any) -> None:
    query = """query($last: Int, $before: String) { timeline(last: $last, before: $before) {
        nodes { id } pageInfo { startCursor hasPreviousPage } } }"""
    newest = (await ask("masha", query, last=3))["data"]["timeline"]
    before = newest["pageInfo"]["startCursor"]
    older = (await ask("masha", query, last=3, before=before))["data"]["timeline"]
    last = (await ask("masha", query, last=6))["data"]["timeline"]
    assert older["nodes"] + newest["nodes"] == last["nodes"]
    assert newest["pageInfo"]["hasPreviousPage"]


SCREENS = {
    "caseload": "{ caseload(first: 20) { nodes { patient { name } attention { reason } } } }",
    "assignments": f'{{ assignments(first: 20, patientId: "{HER}") {{ nodes {{ title '
    "obstacles { obstacle { text } } reviews { decision } entries { notes } } } }",
    "timeline": f'{{ timeline(first: 100, patientId: "{HER}") {{ nodes {{ excerpt }} }} }}',
    "notebook": f'{{ notebook(first: 20, patientId: "{HER}")'
    " { nodes { review { note } } } }",
    "patient": f'{{ patient(id: "{HER}") {{ name therapists {{ name }} nextSession {{ id }} }} }}',
}


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_takes_one_statement(ask: Any, parts: Parts, screen: str) -> None:
    answer = await ask("anna", SCREENS[screen])
    assert "errors" not in answer
    assert parts.models.asked == 1


@pytest.mark.parametrize("who", ["boris", "lev", "stranger", "admin", "analyst"])
async def test_strangers_see_nobody_and_nothing(ask: Any, who: str) -> None:
    for query in SCREENS.values():
        answer = await ask(who, query)
        for found in answer["data"].values():
            assert found in (None, {"nodes": []})


async def test_what_somebody_wrote_for_themselves_alone_is_theirs(
    ask: Any, project: Projecting, story: Story
) -> None:
    entry = replace(DIARY_FACTS[0], entry_id=UUID(int=9), visibility="private")  # type: ignore[type-var] # an entry
    project(await story.told(diary_wire.entries, UUID(int=9), [entry], MASHA))
    query = f"""query {{
        diary(patientId: "{HER}", first: 100) {{ nodes {{ id }} }}
        timeline(patientId: "{HER}", first: 100) {{ nodes {{ refs {{ id }} }} }}
        node(id: "{to_global("DiaryEntry", UUID(int=9))}") {{ id }} }}"""
    mine, hers = await ask("masha", query), await ask("anna", query)
    assert len(mine["data"]["diary"]["nodes"]) == 2
    assert len(hers["data"]["diary"]["nodes"]) == 1
    assert str(UUID(int=9)) in str(mine["data"]["timeline"])
    assert str(UUID(int=9)) not in str(hers["data"]["timeline"])
    assert (mine["data"]["node"] is None, hers["data"]["node"]) == (False, None)


async def test_a_query_waits_for_what_it_must_not_be_older_than(
    ask: Any, following: Following
) -> None:
    token = encode([(f"goal-{MASHA}", 3)])
    query = "query($token: String, $strict: Boolean! = false) {"
    query += " goals(first: 1, consistency: $token, strict: $strict) { nodes { id } } }"
    answer = await ask("masha", query, token=token)
    assert answer["extensions"] == {"consistency": {"satisfied": True}}
    assert following.asked == [[(f"goal-{MASHA}", 3)]]
    following.applied = False
    late = await ask("masha", query, token=token)
    assert late["data"]["goals"]["nodes"]
    assert late["extensions"] == {"consistency": {"satisfied": False}}
    strict = await ask("masha", query, token=token, strict=True)
    assert strict["errors"][0]["extensions"]["code"] == "STALE_READ"


async def test_erased_text_is_null_and_the_rest_stays(ask: Any, parts: Parts, story: Story) -> None:
    await story.keyring.destroy(CLINIC, ANNA)
    parts.sealer.forget(CLINIC, ANNA)  # type: ignore[attr-defined] # the keyring's sealer
    answer = await ask("anna", "{ me { name zone } }")
    assert answer == {"data": {"me": {"name": None, "zone": "Europe/London"}}}
