"""Who sees what of the story, and who sees nothing of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, LEV, MASHA, NOW
from libs.testing.streams import stream
from services.care import wire as care_wire
from services.care.domain.therapist import TherapistId, TherapistRegistered
from services.diary import wire as diary_wire
from services.diary.domain.entry import EntryShared, EntrySharingWithdrawn
from services.diary.examples import FACTS as DIARY_FACTS
from services.gateway.graphql.ids import to_global
from services.review import wire as review_wire
from services.review.domain.review import ReviewOpened
from services.review.domain.state import PatientId, ReviewId
from services.review.examples import FACTS as REVIEW_FACTS
from tests.component.gateway.screens import HER, HERS, SCREENS
from tests.component.gateway.telling import Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]


async def test_what_masha_allows_is_seen_by_her_and_her_therapist(ask: Any) -> None:
    withdrawn = [{"scope": "ANALYTICS", "status": "WITHDRAWN"}]
    for who in ("masha", "anna"):
        patient = (await ask(who, SCREENS["patient"]))["data"]["patient"]
        assert patient["consents"] == withdrawn


@pytest.mark.parametrize(
    "who",
    [
        *("boris", "lev", "stranger", "admin", "analyst"),
        *("another supervisor", "ruth as a therapist"),
    ],
)
async def test_strangers_see_nobody_and_nothing(ask: Any, who: str) -> None:
    for query in SCREENS.values():
        answer = await ask(who, query)
        for found in answer["data"].values():
            assert found in (None, {"nodes": []})


async def test_a_supervisor_reads_the_cases_of_whom_she_supervises(ask: Any) -> None:
    for name, query in SCREENS.items():
        if name != "caseload":
            assert await ask("ruth", query) == await ask("anna", query), name
    assert (await ask("ruth", SCREENS["caseload"]))["data"]["caseload"] == {"nodes": []}


async def test_a_supervisor_sees_nothing_more_once_it_has_ended(
    ask: Any, project: Projecting
) -> None:
    other = UUID(int=77)
    between = {"supervisor_id": str(UUID(int=5)), "therapist_id": str(ANNA)}
    began = {"supervision_id": str(other), **between, "began_at": NOW.isoformat()}
    both = stream(
        "supervision",
        other,
        ("interlude.care.SupervisionBegan.v1", began),
        ("interlude.care.SupervisionEnded.v1", {"ended_at": NOW.isoformat()}),
        subject=None,
    )
    project(both[:1])
    assert (await ask("another supervisor", SCREENS["patient"]))["data"]["patient"] is not None
    project(both[1:])
    assert (await ask("another supervisor", SCREENS["patient"]))["data"]["patient"] is None


async def test_what_somebody_wrote_for_themselves_alone_is_theirs(
    ask: Any, project: Projecting, story: Story
) -> None:
    entry = replace(DIARY_FACTS[0], entry_id=UUID(int=9), visibility="private")  # type: ignore[type-var]  # an entry
    project(await story.told(diary_wire.entries, UUID(int=9), [entry], MASHA))
    query = f"""query {{
        diary(patientId: "{HER}", first: 100) {{ nodes {{ id }} }}
        timeline(patientId: "{HER}", first: 100) {{ nodes {{ refs {{ id }} }} }}
        node(id: "{to_global("DiaryEntry", UUID(int=9))}") {{ id }} }}"""
    mine, hers = await ask("masha", query), await ask("anna", query)
    assert await ask("ruth", query) == hers
    assert len(mine["data"]["diary"]["nodes"]) == 2
    assert len(hers["data"]["diary"]["nodes"]) == 1
    assert str(UUID(int=9)) in str(mine["data"]["timeline"])
    assert str(UUID(int=9)) not in str(hers["data"]["timeline"])
    assert (mine["data"]["node"] is None, hers["data"]["node"]) == (False, None)
    shared = EntryShared(shared_at=NOW)
    project((await story.told(diary_wire.entries, UUID(int=9), [entry, shared], MASHA))[1:])
    assert await ask("anna", query) == await ask("masha", query)
    withdrawn = EntrySharingWithdrawn(withdrawn_at=NOW)
    facts = [entry, shared, withdrawn]
    project((await story.told(diary_wire.entries, UUID(int=9), facts, MASHA))[2:])
    assert await ask("anna", query) == hers


async def test_a_patient_who_is_registered_as_a_therapist_too_is_still_there(
    ask: Any, project: Projecting, story: Story
) -> None:
    """Care refuses it; of two requests at once each may have seen nobody under the id."""
    both_names = """query($masha: ID!, $therapist: ID!) {
        patient(id: $masha) { name therapists { name } }
        assignments(patientId: $masha, first: 1) { nodes { patient { name } therapist { name } } }
        asTherapist: node(id: $therapist) { ... on Therapist { name } } }"""
    ids = {"masha": HER, "therapist": to_global("Therapist", MASHA)}
    screens = {name: await ask("anna", query) for name, query in SCREENS.items()}
    before = await ask("anna", both_names, **ids)
    mine = await ask("masha", "{ me { name zone } }")
    twice = TherapistRegistered(therapist_id=TherapistId(MASHA), name="Somebody else")
    project(await story.told(care_wire.therapists, MASHA, [twice], MASHA))
    assert {name: await ask("anna", query) for name, query in SCREENS.items()} == screens
    assert await ask("anna", both_names, **ids) == before
    assert await ask("masha", "{ me { name zone } }") == mine
    assert before["data"]["patient"]["name"] == "Masha Orlova"


async def test_what_of_one_patient_names_homework_of_another_is_not_shown_with_it(
    ask: Any, project: Projecting, story: Story
) -> None:
    """Anna treats both. Diary and review keep no account of whose each thing is that they name."""
    began = {"patient_id": str(LEV), "therapist_id": str(ANNA), "began_at": NOW.isoformat()}
    treats = ("interlude.care.CareRelationshipBegan.v1", began)
    project(stream("relationship", UUID(int=78), treats, subject=LEV))
    whole = f"""query {{ assignment(id: "{HERS}") {{
        entries {{ id }} reviews {{ id }} goals {{ id }} occurrences {{ id }} }} }}"""
    before = await ask("anna", whole)
    entry = replace(DIARY_FACTS[0], entry_id=UUID(int=10), patient_id=LEV)  # type: ignore[type-var]  # an entry
    opened = REVIEW_FACTS[0]
    assert isinstance(opened, ReviewOpened)
    opened = replace(opened, review_id=ReviewId(UUID(int=11)), patient_id=PatientId(LEV))
    project(await story.told(diary_wire.entries, UUID(int=10), [entry], LEV))
    project(await story.told(review_wire.reviews, UUID(int=11), [opened], LEV))
    assert await ask("anna", whole) == before
    assert before["data"]["assignment"]["entries"]
    his = f"""query {{ entry: node(id: "{to_global("DiaryEntry", UUID(int=10))}") {{ id }}
        review: node(id: "{to_global("Review", UUID(int=11))}") {{ id }} }}"""
    assert None not in (await ask("anna", his))["data"].values()
