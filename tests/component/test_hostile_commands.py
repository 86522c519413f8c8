"""Every command of every service, sent wrongly in every way that its own contract refuses: always
the documented problem, never a 5xx, never an echo, and nothing is kept of it.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.eventstore.memory import InMemoryEventStore
from libs.testing.web import client
from services.assignment.examples import FIRST
from services.review.examples import REVIEW
from tests.component.assignment.homework import Homework
from tests.component.callers import Callers
from tests.component.care.test_care_over_http import Care
from tests.component.diary.test_diary_over_http import Diary
from tests.component.hostile import CANARY, Attack, Target, targets
from tests.component.review.test_review_over_http import Review

CODES = json.loads((Path(__file__).parents[2] / "openapi" / "errors.en.json").read_text())


class Counting(InMemoryEventStore):
    @property
    def kept(self) -> int:
        return sum(len(stream) for stream in self._streams.values()) + len(self._answers)


async def care(store: Counting) -> tuple[Callers, str]:
    here = Care(store)
    return here, (await here.scheduled()).rpartition("/")[2]


async def assignment(store: Counting) -> tuple[Callers, str]:
    here = Homework(store)
    await here.active()
    return here, str(FIRST)


async def diary(store: Counting) -> tuple[Callers, str]:
    return Diary(store), ""


async def review(store: Counting) -> tuple[Callers, str]:
    here = Review(store)
    await here.opened()
    return here, str(REVIEW)


Setting = Callable[[Counting], Awaitable[tuple[Callers, str]]]
WHO = {"registerClinic": "operator", "registerTherapist": "admin", "registerPatient": "admin"}


async def sent(
    browser: httpx.AsyncClient, target: Target, stream: str, attack: Attack
) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {WHO.get(target.operation['operationId'], 'anna')}",
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json",
        **attack.headers,
    }
    headers.pop(attack.without, None)
    path = target.path.replace("{id}", stream)
    return await browser.request(attack.method, path, content=attack.body, headers=headers)


def wrong(answer: httpx.Response, target: Target) -> str:
    """What is wrong with the refusal; nothing where it is as documented."""
    declared = target.operation["responses"]
    if not 400 <= answer.status_code < 500 or str(answer.status_code) not in declared:
        return f"answered {answer.status_code}"
    if CANARY in answer.text or CANARY in str(answer.headers):
        return "repeats what was sent"
    if answer.headers["content-type"] != "application/problem+json":
        return "is no problem"
    problem: dict[str, Any] = answer.json()
    codes = {problem["code"], *(each["code"] for each in problem["errors"])}
    return "" if codes <= set(CODES) else f"says {codes - set(CODES)}"


@pytest.mark.parametrize("setting", [care, assignment, diary, review])
async def test_what_the_contract_refuses_is_refused_as_it_says(setting: Setting) -> None:
    store = Counting()
    here, stream = await setting(store)
    before, known, found, tried = store.kept, set[str](), list[str](), 0
    async with client(here.app) as browser:
        document = (await browser.get("/openapi.json")).json()
        for target in targets(document):
            for attack in target.attacks(known):
                answer = await sent(browser, target, stream, attack)
                tried += 1
                if amiss := wrong(answer, target):
                    found.append(f"{target.operation['operationId']}: {attack.name}: {amiss}")
    assert found == []
    assert tried > 100
    assert store.kept == before, "a refused command left nothing behind"
