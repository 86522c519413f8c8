"""A record that is taken away leaves one record of its own, and so does who reads by REST what a
patient allows; whoever is refused as well, and without it nothing goes out.
"""

from collections.abc import Mapping
from uuid import UUID

import pytest
from fastapi import FastAPI

from libs.testing.audit import MemoryAudit
from libs.testing.cast import MASHA
from tests.component.gateway.exporting import HER_CASE, HERS, PAGE, asked
from tests.component.gateway.telling import PEOPLE, Projecting
from tests.component.gateway.test_who_left import gone

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.security("audit"),
    pytest.mark.usefixtures("told"),
]

CONSENTS = f"/v1/patients/{MASHA}/consents"


@pytest.mark.parametrize("form", [{}, PAGE], ids=["json", "page"])
@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        ("masha", HERS, "export exportRecord patient self"),
        ("anna", HER_CASE, "export exportCase therapist treatment"),
        ("masha", CONSENTS, "read patientConsents patient self"),
        ("anna", CONSENTS, "read patientConsents therapist treatment"),
        ("ruth", CONSENTS, "read patientConsents supervisor supervision"),
    ],
)
async def test_who_is_given_it_is_written_down(
    app: FastAPI, audit: MemoryAudit, *, form: Mapping[str, str], who: str, path: str, words: str
) -> None:
    """`words`: what was done, in which role, and why."""
    verb, action, role, reason = words.split()
    correlation = UUID(int=77)
    answer = await asked(app, who, path, **form, **{"X-Correlation-Id": str(correlation)})
    assert answer.status_code == 200
    (record,) = audit.records
    assert (record.verb, record.action, record.outcome) == (verb, action, "done")
    assert (record.person_id, record.role) == (PEOPLE[who].person_id, role)
    assert (record.patients, record.reasons) == ((MASHA,), (reason,))
    assert record.correlation_id == correlation


@pytest.mark.parametrize("path", [HER_CASE, CONSENTS])
@pytest.mark.parametrize(
    ("who", "outcome"),
    [("boris", "not-found"), ("admin", "role-not-allowed"), ("analyst", "role-not-allowed")],
)
async def test_who_is_refused_is_too(
    app: FastAPI, audit: MemoryAudit, path: str, who: str, outcome: str
) -> None:
    assert (await asked(app, who, path)).status_code in {403, 404}
    (record,) = audit.records
    assert (record.person_id, record.outcome) == (PEOPLE[who].person_id, outcome)
    assert record.reasons == ()


@pytest.mark.parametrize("path", [HER_CASE, CONSENTS])
async def test_who_works_here_no_more_is_too(
    app: FastAPI, audit: MemoryAudit, project: Projecting, path: str
) -> None:
    with gone(project, PEOPLE["anna"].person_id):
        await asked(app, "anna", path)
    assert [(each.outcome, each.reasons) for each in audit.records] == [("staff-left", ())]


@pytest.mark.parametrize(("who", "path"), [("masha", HERS), ("anna", HER_CASE), ("anna", CONSENTS)])
async def test_without_a_record_nothing_goes_out(
    app: FastAPI, audit: MemoryAudit, who: str, path: str
) -> None:
    audit.down = True
    answer = await asked(app, who, path)
    assert (answer.status_code, answer.json()["code"]) == (503, "audit-unavailable")
    assert "items" not in answer.json()


@pytest.mark.parametrize("path", [HERS, CONSENTS])
async def test_who_is_nobody_leaves_none(app: FastAPI, audit: MemoryAudit, path: str) -> None:
    assert (await asked(app, "nobody", path)).status_code == 401
    assert audit.records == []
