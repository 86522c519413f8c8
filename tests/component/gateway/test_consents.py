"""What Masha allows, as she and who treats her see it; and with whom she shares today."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from libs.testing.cast import MASHA
from services.care import wire as care_wire
from services.care.domain.consent import ConsentWithdrawn
from services.care.domain.consent_words import ConsentId
from services.care.domain.patient import PatientId
from services.care.domain.sharing_consent import SharingConsentGiven
from services.care.domain.treatment_consent import TreatmentConsentGiven
from services.care.examples import FACTS, SHARING_CONSENT, TREATMENT_CONSENT
from services.gateway.graphql.ids import to_global
from services.gateway.queries.pages import cursor
from tests.component.gateway.exporting import HER_CASE, asked, record_of
from tests.component.gateway.screens import HER
from tests.component.gateway.telling import Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("said")]

BEFORE = ConsentId(UUID(int=190))
"""With somebody whom she named until yesterday."""

NO_MORE = ConsentId(UUID(int=189))

(TREATED,) = [fact for fact in FACTS if isinstance(fact, TreatmentConsentGiven)]
(NAMED,) = [fact for fact in FACTS if isinstance(fact, SharingConsentGiven)]


def _withdrawn(consent_id: ConsentId, scope: Any) -> ConsentWithdrawn:
    return ConsentWithdrawn(
        consent_id=consent_id,
        patient_id=PatientId(MASHA),
        scope=scope,
        withdrawn_by="patient",
        withdrawn_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
    )


def _named(consent_id: ConsentId, *, until: date | None) -> SharingConsentGiven:
    return SharingConsentGiven(
        consent_id=consent_id,
        patient_id=PatientId(MASHA),
        shared_with="A friend",
        relation="friend",
        until=until,
        text_version="sharing-2026-01",
        given_by="patient",
        given_at=datetime(2026, 2, 20, 8, 0, tzinfo=UTC),
    )


@pytest.fixture
async def said(told: None, project: Projecting, story: Story) -> None:
    del told
    for consent_id, facts in (
        (TREATMENT_CONSENT, [TREATED, _withdrawn(TREATMENT_CONSENT, "treatment")]),
        (SHARING_CONSENT, [NAMED]),
        (BEFORE, [_named(BEFORE, until=date(2026, 3, 5))]),
        (NO_MORE, [_named(NO_MORE, until=None), _withdrawn(NO_MORE, "sharing")]),
    ):
        project(await story.told(care_wire.consents, consent_id, facts, MASHA))


async def listed(ask: Any, who: str, query: str, fields: str) -> Sequence[Any]:
    answer = await ask(
        who, f'{{ {query}(patientId: "{HER}", first: 20) {{ nodes {{ {fields} }} }} }}'
    )
    nodes: Sequence[Any] = answer["data"][query]["nodes"]
    return nodes


@pytest.mark.parametrize("who", ["masha", "anna", "ruth"])
async def test_all_that_she_allowed_is_seen_with_its_history(ask: Any, who: str) -> None:
    fields = "scope status purpose textVersion attested history { status by textVersion }"
    treatment, *_, analytics = sorted(
        await listed(ask, who, "consents", fields),
        key=lambda each: str(each["scope"]),
        reverse=True,
    )
    assert treatment == {
        "scope": "TREATMENT",
        "status": "WITHDRAWN",
        "purpose": None,
        "textVersion": "treatment-2026-01",
        "attested": "ON_PAPER",
        "history": [
            {"status": "GIVEN", "by": "THERAPIST", "textVersion": "treatment-2026-01"},
            {"status": "WITHDRAWN", "by": "THERAPIST", "textVersion": None},
        ],
    }
    assert (analytics["purpose"], analytics["textVersion"]) == ("SERVICE_EVALUATION", None)


@pytest.mark.parametrize("who", ["masha", "anna", "ruth"])
async def test_with_whom_she_shares_is_whom_she_names_today(ask: Any, who: str) -> None:
    fields = "sharedWith relation whatFor until"
    assert await listed(ask, who, "sharing", fields) == [
        {
            "sharedWith": "My sister Nina",
            "relation": "RELATIVE",
            "whatFor": "What to do when I do not answer the telephone.",
            "until": "2026-12-31",
        }
    ]


@pytest.mark.parametrize("who", ["boris", "lev", "stranger", "admin", "analyst"])
async def test_nobody_else_learns_what_she_allowed(ask: Any, who: str) -> None:
    for query in ("consents", "sharing"):
        assert await listed(ask, who, query, "id") == []
    node = to_global("Consent", SHARING_CONSENT)
    answer = await ask(who, f'{{ node(id: "{node}") {{ id }} }}')
    assert answer["data"]["node"] is None


async def test_pages_of_consents_follow_each_other(ask: Any) -> None:
    query = """query($after: String) { consents(first: 2, after: $after) {
        nodes { id } pageInfo { endCursor hasNextPage } } }"""
    first = (await ask("masha", query))["data"]["consents"]
    after = first["pageInfo"]["endCursor"]
    second = (await ask("masha", query, after=after))["data"]["consents"]
    ids = [each["id"] for each in [*first["nodes"], *second["nodes"]]]
    assert len(set(ids)) == len(ids) == 4
    assert second["pageInfo"]["hasNextPage"]


async def test_a_record_has_them_too(app: FastAPI) -> None:
    for who, path in (("masha", "/v1/export"), ("anna", HER_CASE)):
        allowed = {each["id"]: each for each in (await record_of(app, who, path))["consents"]}
        nina = allowed[str(SHARING_CONSENT)]
        assert (nina["shared_with"], nina["until"]) == ("My sister Nina", "2026-12-31")
        assert allowed[str(TREATMENT_CONSENT)]["attested"] == "on_paper"


CONSENTS = f"/v1/patients/{MASHA}/consents"


@pytest.mark.parametrize("who", ["masha", "anna", "ruth"])
async def test_a_health_system_reads_them_by_rest(app: FastAPI, who: str) -> None:
    first = (await asked(app, who, f"{CONSENTS}?limit=3")).json()
    second = (await asked(app, who, f"{CONSENTS}?limit=3&cursor={first['next']}")).json()
    found = {each["id"]: each for each in [*first["items"], *second["items"]]}
    assert (len(first["items"]), len(found), second["next"]) == (3, 5, None)
    treatment = found[str(TREATMENT_CONSENT)]
    assert [step["status"] for step in treatment["history"]] == ["given", "withdrawn"]
    assert found[str(SHARING_CONSENT)]["shared_with"] == "My sister Nina"


@pytest.mark.parametrize("who", ["boris", "lev", "stranger", "another supervisor"])
async def test_for_others_there_is_no_such_patient(app: FastAPI, who: str) -> None:
    foreign = await asked(app, who, CONSENTS)
    missing = await asked(app, who, f"/v1/patients/{UUID(int=404)}/consents")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not-found")
    assert foreign.json() | {"trace_id": ""} == missing.json() | {"trace_id": ""}


@pytest.mark.parametrize("who", ["admin", "analyst"])
async def test_it_is_not_for_every_role(app: FastAPI, who: str) -> None:
    answer = await asked(app, who, CONSENTS)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


BEFORE_ALL_TIME = cursor(f"patientConsents:{MASHA}", "0001-01-01T00:00:00+14:00", str(MASHA))
"""Of this very list; in another zone there is no such time."""


@pytest.mark.parametrize(
    "odd",
    [
        "limit=0",
        "limit=101",
        "limit=many",
        "cursor=of-another-list",
        f"cursor={BEFORE_ALL_TIME}",
    ],
)
async def test_what_is_no_page_is_refused(app: FastAPI, odd: str) -> None:
    answer = await asked(app, "masha", f"{CONSENTS}?{odd}")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")
