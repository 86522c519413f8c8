"""What is somebody else's costs a stranger what costs them what is not there: no more is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import pytest

from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.recorded import Recorded
from libs.testing.web import Known, client, edge
from tests.component.web.practice import GIVE, RATE, app

MADE = "01990000-0000-7000-8000-0000000000aa"
NEVER_MADE = "01990000-0000-7000-8000-0000000000bb"


class CountingStore(InMemoryEventStore):
    """What each look into it brought."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[int] = []

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        found = await super().read(tenant_id, stream_id, after=after)
        self.looks.append(len(found))
        return found


@dataclass
class CountingKnown(Known):
    asked: list[UUID] = field(default_factory=list)

    async def treats(self, tenant_id: UUID, therapist_id: UUID, patient_id: UUID) -> bool:
        self.asked.append(patient_id)
        return await super().treats(tenant_id, therapist_id, patient_id)


class Clinic:
    def __init__(self) -> None:
        self.store, self.known = CountingStore(), CountingKnown()
        self.app = app(edge(known=self.known), self.store)

    async def get(self, name: str, practice: str) -> httpx.Response:
        async with client(self.app, name) as browser:
            return await browser.get(f"/v1/practices/{practice}")

    async def effort(self, name: str, practice: str) -> tuple[list[int], int]:
        """What was read of it, and how often somebody's relationships were looked at."""
        self.store.looks.clear()
        self.known.asked.clear()
        assert (await self.get(name, practice)).status_code == 404
        return list(self.store.looks), len(self.known.asked)


@pytest.fixture
async def clinic() -> Clinic:
    """In which Masha's practice has a long history."""
    clinic = Clinic()
    async with client(clinic.app, "anna") as browser:
        path, body = "/v1/practices", {**GIVE, "id": MADE}
        await browser.post(path, json=body, headers={"Idempotency-Key": "1"})
        for key in range(2, 6):
            answer = await browser.post(
                f"{path}/{MADE}/ratings",
                json={**RATE, "times": 50},
                headers={"Idempotency-Key": str(key)},
            )
            assert answer.status_code == 201
    return clinic


@pytest.mark.parametrize("name", ["boris", "lev"])
async def test_a_stranger_waits_as_long_for_what_is_there_as_for_what_is_not(
    clinic: Clinic, name: str
) -> None:
    missing = await clinic.effort(name, NEVER_MADE)
    assert await clinic.effort(name, MADE) == missing
    assert missing[0] == [0]


async def test_whose_it_is_sees_all_of_it(clinic: Clinic) -> None:
    answer = await clinic.get("masha", MADE)
    assert len(answer.json()["ratings"]) == 200


async def test_the_first_to_ask_of_a_process_reads_it_once(clinic: Clinic) -> None:
    clinic.app = app(edge(known=clinic.known), clinic.store)
    clinic.store.looks.clear()
    assert (await clinic.get("masha", MADE)).status_code == 200
    assert clinic.store.looks == [201]
