"""Who has left the clinic is given nothing by REST either, although their token lives; what is a
patient's own stays theirs.
"""

from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI

from libs.eventstore.store import StoreUnavailable
from libs.process.admin import Readiness
from libs.testing.cast import ANNA, MASHA
from services.care.examples import SUPERVISOR
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from tests.component.gateway.exporting import HER_CASE, HERS, asked
from tests.component.gateway.telling import PEOPLE, Projecting
from tests.component.gateway.test_consents import CONSENTS
from tests.component.gateway.test_who_left import gone

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

FOR_STAFF = [("anna", ANNA, HER_CASE), ("anna", ANNA, CONSENTS), ("ruth", SUPERVISOR, CONSENTS)]


async def outcome(app: FastAPI, who: str, path: str) -> tuple[int, str]:
    answer = await asked(app, who, path)
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


@pytest.mark.parametrize(("who", "person", "path"), FOR_STAFF)
async def test_who_has_left_is_told_so_and_nothing_else(
    app: FastAPI, project: Projecting, who: str, person: UUID, path: str
) -> None:
    with gone(project, person):
        assert await outcome(app, who, path) == (403, "staff-left")
    assert await outcome(app, who, path) == (200, ""), "they came back"


async def test_to_who_is_left_elsewhere_nothing_happens(app: FastAPI, project: Projecting) -> None:
    with gone(project, SUPERVISOR):
        assert await outcome(app, "anna", HER_CASE) == (200, "")
        assert await outcome(app, "anna", CONSENTS) == (200, "")


async def test_a_patient_who_worked_here_keeps_what_is_theirs(
    app: FastAPI, project: Projecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = replace(PEOPLE["masha"], roles=frozenset({"patient", "therapist"}))
    monkeypatch.setitem(PEOPLE, "masha", both)
    with gone(project, MASHA):
        assert await outcome(app, "masha", HERS) == (200, "")
        assert await outcome(app, "masha", CONSENTS) == (200, "")
        assert await outcome(app, "masha", HER_CASE) == (403, "staff-left")


@pytest.mark.parametrize("path", [HER_CASE, CONSENTS])
async def test_who_cannot_be_asked_about_is_given_nothing(
    schema: Schema, parts: Parts, path: str
) -> None:
    class Away:
        async def has_left(self, *_: UUID) -> bool:
            raise StoreUnavailable

    app = create_app(schema, replace(parts, departed=Away()), Readiness())
    assert await outcome(app, "anna", path) == (503, "store-unavailable")
