"""What therapist and patient see of the story."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.consistency import encode
from libs.privacy.opening import UNREADABLE
from libs.process.admin import Readiness
from libs.testing.cast import ANNA, CLINIC, MASHA, OTHER_CLINIC
from libs.testing.keyring import MemoryKeyring, memory_sealer
from libs.testing.streams import stream
from libs.testing.web import Following, consistency_token
from services.care.examples import SESSION
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from services.gateway.graphql.schema import Schema
from tests.component.gateway.asking import Asking
from tests.component.gateway.screens import HER, HERS, SCREENS
from tests.component.gateway.telling import NEXT_SESSION, PEOPLE, Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("anna", ["exportCase", "rateReadiness", "setDue"]),
        ("masha", ["exportRecord", "rateReadiness"]),
        ("ruth", []),
        ("analyst", []),
    ],
)
async def test_everybody_learns_what_they_may_do(ask: Any, who: str, may: list[str]) -> None:
    assert await ask(who, "{ me { may } }") == {"data": {"me": {"may": may}}}


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


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (7_258_118_400.5, "2200-01-01T00:00:00.500000+00:00"),
        (253_402_300_799.0, "9999-12-31T23:59:59+00:00"),
    ],
)
async def test_however_late_a_token_ends_it_says_when(
    ask: Any, monkeypatch: pytest.MonkeyPatch, seconds: float, said: str
) -> None:
    monkeypatch.setitem(PEOPLE, "anna", replace(PEOPLE["anna"], expires_at=seconds))
    assert await ask("anna", "{ me { expiresAt } }") == {"data": {"me": {"expiresAt": said}}}


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


async def test_a_plan_says_how_many_of_its_five_slots_are_filled(ask: Any) -> None:
    query = "query($id: ID!) { assignment(id: $id) { plan { %s } plans { %s } } }"
    slots = "specificityScore site { kind } timing { rule } frequency { count } durationMin"
    answer = await ask("masha", query.replace("%s", f"{slots} obstacles {{ kind }}"), id=HERS)
    homework = answer["data"]["assignment"]
    for plan in (homework["plan"], *homework["plans"]):
        score = plan.pop("specificityScore")
        assert score == sum(slot is not None for slot in plan.values()) / 5
        assert score > 0


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


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_takes_one_statement(ask: Any, parts: Parts, screen: str) -> None:
    answer = await ask("anna", SCREENS[screen])
    assert "errors" not in answer
    assert parts.models.asked == 1


async def test_a_query_waits_for_what_it_must_not_be_older_than(
    ask: Any, following: Following
) -> None:
    token = consistency_token((f"goal-{MASHA}", 3))
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


async def test_how_far_others_streams_have_come_cannot_be_asked_for(
    ask: Any, following: Following
) -> None:
    """Whether Masha has filed homework, say: her notebook's id follows from hers."""
    hers = (f"notebook-{MASHA}", 7)
    query = "query($token: String) { me { name } progress(consistency: $token) { completions } }"
    for token in (encode([hers]), consistency_token(hers, tenant_id=OTHER_CLINIC)):
        answer = await ask("lev", query, token=token)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_CONSISTENCY_TOKEN"
    assert following.asked == []


async def test_erased_text_is_null_and_the_rest_stays(ask: Any, parts: Parts, story: Story) -> None:
    await story.keyring.destroy(CLINIC, ANNA)
    parts.sealer.forget(CLINIC, ANNA)  # type: ignore[attr-defined]  # the keyring's sealer
    answer = await ask("anna", "{ me { name zone } }")
    assert answer == {"data": {"me": {"name": None, "zone": "Europe/London"}}}


async def test_text_whose_key_is_lost_is_null_counted_and_said_to_be_so(
    schema: Schema, parts: Parts
) -> None:
    await _cannot_be_opened(schema, parts, MemoryKeyring())


async def test_text_whose_seal_is_broken_is_null_counted_and_said_to_be_so(
    schema: Schema, parts: Parts
) -> None:
    another = MemoryKeyring()
    await another.create_subject(CLINIC, MASHA)
    await _cannot_be_opened(schema, parts, another)


async def test_a_key_that_does_not_open_hides_nothing_but_its_own_texts(
    schema: Schema, parts: Parts, story: Story
) -> None:
    keyring = MemoryKeyring()
    keyring._keys = dict(story.keyring._keys)
    keyring.spoil(CLINIC, ANNA)
    query = f'{{ patient(id: "{HER}") {{ name therapists {{ name }} }} }}'
    answer = await _asking(schema, parts, keyring)("masha", query)
    assert answer["data"] == {"patient": {"name": "Masha Orlova", "therapists": [{"name": None}]}}
    assert answer["extensions"]["unreadable"]["code"] == "TEXT_UNREADABLE"


async def _cannot_be_opened(schema: Schema, parts: Parts, keyring: MemoryKeyring) -> None:
    counted = UNREADABLE._value.get()
    ask = _asking(schema, parts, keyring)
    assert await ask("masha", "{ me { name zone } }") == {
        "data": {"me": {"name": None, "zone": "Europe/London"}},
        "extensions": {"unreadable": {"code": "TEXT_UNREADABLE", "count": 1}},
    }
    assert UNREADABLE._value.get() == counted + 1


async def test_while_the_keyring_is_away_nothing_is_said_to_be_unreadable(
    schema: Schema, parts: Parts
) -> None:
    keyring = MemoryKeyring()
    keyring.down = True
    answer = await _asking(schema, parts, keyring)("masha", "{ me { name zone } }")
    assert answer["errors"][0]["extensions"]["code"] == "KEYRING_UNAVAILABLE"
    assert "extensions" not in answer


def _asking(schema: Schema, parts: Parts, keyring: MemoryKeyring) -> Asking:
    return Asking(create_app(schema, replace(parts, sealer=memory_sealer(keyring)), Readiness()))


@pytest.mark.parametrize(
    ("date", "slots"),
    [
        (None, {"for a week", "for ever"}),
        ("2026-03-06", {"for a week", "for ever"}),
        ("2026-03-01", set()),
        ("2026-03-03", {"for a week", "for ever"}),
        ("2026-03-05", {"for a week"}),
        ("2026-03-08", {"for a week"}),
        ("2026-03-09", set()),
        ("1999-12-31", set()),
        ("2999-01-01", set()),
    ],
)
async def test_today_shows_what_is_still_open_and_another_day_only_its_own_windows(
    ask: Any, project: Projecting, date: str | None, slots: set[str]
) -> None:
    project(stream("assignment", UUID(int=8), (SCHEDULED, OPEN_WINDOWS), subject=MASHA))
    query = "query($date: Date) { today(date: $date) { occurrences { slot } } }"
    answer = await ask("masha", query, date=date)
    assert {each["slot"] for each in answer["data"]["today"]["occurrences"]} == slots


SCHEDULED = "interlude.assignment.OccurrencesScheduled.v1"
_WINDOW = {
    "local_date": "2026-03-03",
    "opens_at": "2026-03-03T08:00:00Z",
    "zone": "Europe/London",
}
OPEN_WINDOWS = {
    "plan_version": 1,
    "occurrences": [
        {**_WINDOW, "id": str(UUID(int=81)), "slot": "for ever"},
        {
            **_WINDOW,
            "id": str(UUID(int=82)),
            "slot": "for a week",
            "due_at": "2026-03-09T00:00:00Z",
        },
    ],
}
