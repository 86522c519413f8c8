"""What changes about a clinic and its people later on, as screens show it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.recorded import Recorded
from libs.testing.cast import ANNA, CLINIC, MASHA
from services.care import wire as care_wire
from services.care.examples import FACTS, RELATIONSHIP
from services.gateway.graphql.ids import to_global
from tests.component.gateway.screens import HER
from tests.component.gateway.telling import Projecting, Story, of

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

SHE = f'{{ patient(id: "{HER}") {{ name zone locale dischargedAt diedOn }} }}'
CRISIS = "{ me { clinic { crisisTexts { locale text } responseExpectation zone } } }"
ANNAS = f'{{ node(id: "{to_global("Therapist", ANNA)}") {{ ... on Therapist {{ name }} }} }}'


async def later(
    story: Story, aggregate: Aggregate[Any, Any, Any], uuid: UUID, subject: UUID | None
) -> Sequence[Recorded]:
    """Everything that the examples say of it."""
    return await story.told(aggregate, uuid, of(aggregate, FACTS), subject)


def until(told: Sequence[Recorded], name: str) -> Sequence[Recorded]:
    names = [one.type for one in told]
    return told[: names.index(f"interlude.care.{name}.v1") + 1]


@pytest.mark.parametrize("who", ["masha", "anna", "ruth"])
async def test_a_patient_is_shown_as_they_are_by_now(
    ask: Any, project: Projecting, story: Story, who: str
) -> None:
    hers = await later(story, care_wire.patients, MASHA, MASHA)
    project(until(hers, "PatientReadmitted")[:-1])
    seen = (await ask(who, SHE))["data"]["patient"]
    assert seen == {
        "name": "Masha Orlova-Reid",
        "zone": "Europe/Madrid",
        "locale": "es-ES",
        "dischargedAt": "2026-07-02T17:00:00+00:00",
        "diedOn": None,
    }


async def test_who_is_readmitted_is_in_treatment_and_a_death_may_be_an_error(
    ask: Any, project: Projecting, story: Story
) -> None:
    hers = await later(story, care_wire.patients, MASHA, MASHA)
    project(until(hers, "PatientDied"))
    seen = (await ask("anna", SHE))["data"]["patient"]
    assert (seen["dischargedAt"], seen["diedOn"]) == (None, "2026-09-21")
    project(hers)
    assert (await ask("anna", SHE))["data"]["patient"]["diedOn"] is None


async def test_whoever_is_in_need_is_told_what_their_clinic_says(
    ask: Any, project: Projecting, story: Story
) -> None:
    assert (await ask("masha", CRISIS))["data"]["me"]["clinic"]["crisisTexts"] == []
    project(await later(story, care_wire.clinics, CLINIC, None))
    clinic = (await ask("masha", CRISIS))["data"]["me"]["clinic"]
    assert [each["locale"] for each in clinic["crisisTexts"]] == ["en-GB", "es-ES"]
    assert clinic["crisisTexts"][0]["text"].startswith("If you are in danger")
    assert clinic["responseExpectation"].startswith("We read")
    assert clinic["zone"] == "Europe/London"


async def test_a_therapist_goes_by_another_name(
    ask: Any, project: Projecting, story: Story
) -> None:
    project(await later(story, care_wire.therapists, ANNA, ANNA))
    assert (await ask("masha", ANNAS))["data"]["node"]["name"] == "Anna Keller-Brandt"


async def test_whoever_handed_a_patient_over_finds_nobody_and_the_patient_finds_everything(
    ask: Any, project: Projecting, story: Story
) -> None:
    began, _ended, over = of(care_wire.relationships, FACTS)
    before = await ask("masha", SHE)
    project(await story.told(care_wire.relationships, RELATIONSHIP, [began, over], MASHA))
    assert (await ask("anna", SHE))["data"]["patient"] is None
    assert await ask("masha", SHE) == before
    assert (await ask("boris", SHE))["data"]["patient"] is None
