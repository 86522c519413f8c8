"""Two clinics on a running Interlude, with what each row of the matrix is asked about: a patient of
one's own, a colleague's, one of another clinic's, and nobody.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local.issuer import LIFETIME, Issuer
from deploy.local.people import SCOPES, Person
from deploy.local.run_info import RunInfo
from libs.access.passes import CONFIRMS, signed
from libs.eventstore.telling import Role
from tests.security.access import ROLES, Whose
from tests.system.people import uuid_of

ZONE = "Europe/London"
_PATIENCE = 20.0
"""Seconds until what care knows must have come to the other services."""

Things = Mapping[str, UUID]
"""By kind: what there is of one patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinics:
    """`tokens` are of the first clinic's people: whoever has a role there, by the role. Its
    therapist treats its patient, its supervisor supervises them, and nobody else does. All ask over
    the same connections.
    """

    run: RunInfo
    http: httpx.Client = field(repr=False)
    tokens: Mapping[Role, str]
    things: Mapping[Whose, Things]
    latest: str
    """What a reader must have seen to know of all this."""

    pass_key: bytes = field(repr=False)

    def gateways_pass(self) -> str:
        """Of the first clinic, and as good as new."""
        return signed(self.pass_key, self.things["mine"]["clinic"], CONFIRMS, now=time.time())


def opened(run: RunInfo, issuer: Issuer, http: httpx.Client, pass_key: bytes) -> Clinics:
    """`pass_key` is what the gateway signs its passes with."""
    first, second = Clinic(run, issuer), Clinic(run, issuer)
    mine = first.patient("patient", "therapist", "supervisor")
    theirs = first.patient("another patient", "another therapist", "another supervisor")
    elsewhere = second.patient("patient", "therapist", "supervisor")
    for clinic, patient in ((first, "patient"), (first, "another patient"), (second, "patient")):
        clinic.erasing(patient)
    first.heard_by_all()
    second.heard_by_all()
    return Clinics(
        run=run,
        http=http,
        tokens={role: first.token(role) for role in ROLES},
        things={
            "mine": mine,
            "a colleague's": theirs,
            "another clinic's": elsewhere,
            "nobody's": {kind: uuid4() for kind in mine},
        },
        latest=first.told[-1],
        pass_key=pass_key,
    )


@dataclass
class Clinic:
    """Told by its own people, over the public API."""

    run: RunInfo
    issuer: Issuer
    id: UUID = field(default_factory=uuid4)
    people: dict[str, UUID] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    """What each answer said that a reader must have seen."""

    def __post_init__(self) -> None:
        self.tell("operator", "care/v1/clinics", id=self.id, name="Riverside", zone=ZONE,
                  locale="en-GB")  # fmt: skip

    def patient(self, patient: str, therapist: str, supervisor: str) -> Things:
        """With one of everything, and all of it behind them."""
        who, treats = self.person(patient), self.person(therapist)
        of = {"patient_id": who}
        self.tell("clinic_admin", "care/v1/therapists", id=treats, name="Somebody")
        self.tell("clinic_admin", "care/v1/patients", id=who, **_PERSON)
        relationship = self.tell(
            "clinic_admin", "care/v1/care-relationships", **of, therapist_id=treats
        )
        supervision = self.tell(
            "clinic_admin",
            "care/v1/supervisions",
            supervisor_id=self.person(supervisor),
            therapist_id=treats,
        )
        past = self.tell(therapist, "care/v1/sessions", **of, starts_at=_on(-7), duration_min=50)
        coming = self.tell(therapist, "care/v1/sessions", **of, starts_at=_on(7), duration_min=50)
        series = self.tell(
            therapist, "care/v1/session-series", **of, starts_at=_on(90), count=1, duration_min=50
        )
        group = self.tell(therapist, "care/v1/groups", name="Thursdays", therapist_id=treats)
        goal = self.tell(therapist, "assignment/v1/goals", **of, statement="I talk to people.")
        homework = self.tell(therapist, "assignment/v1/homework", **of, **_HOMEWORK)
        for_all = self.tell(
            therapist, "assignment/v1/group-assignments", group_id=group, title="Ask for the time"
        )
        template = self.tell(therapist, "assignment/v1/templates", **_TEMPLATE)
        consent = self.tell(patient, "care/v1/consents", **of, **_CONSENT)
        departure = self.tell("clinic_admin", "care/v1/departures", person_id=uuid4())
        self.tell("clinic_admin", "care/v1/records-windows", clinic_id=self.id, days=0)
        self.tell(patient, "care/v1/sharing-consents", **of, **_SHARING)
        entry = self.tell(patient, "diary/v1/entries", **of, **an_entry())
        review = self.tell(therapist, "review/v1/reviews", assignment_id=homework, session_id=past)
        self.tell(therapist, f"review/v1/reviews/{review}/work-done", work_done=[_work()])
        self.tell(therapist, f"review/v1/reviews/{review}/completions", decision="continue")
        item = self.found(patient, "{ notebook(first: 1) { nodes { id } } }")
        occurrence = self.found(
            patient, "{ assignments(first: 1) { nodes { occurrences { id } } } }"
        )
        return {
            "clinic": self.id,
            "patient": who,
            "therapist": treats,
            "relationship": relationship,
            "supervision": supervision,
            "session": coming,
            "past session": past,
            "series": series,
            "group": group,
            "group assignment": for_all,
            "goal": goal,
            "assignment": homework,
            "template": template,
            "consent": consent,
            "departure": departure,
            "entry": entry,
            "notebook": who,
            "review": review,
            "notebook item": item,
            "occurrence": occurrence,
        }

    def erasing(self, patient: str) -> None:
        """Asked for, and by nothing in the matrix carried out: its time is never there."""
        who = self.person(patient)
        self.tell("clinic_admin", "care/v1/erasure-policies", clinic_id=self.id, grace_days=30)
        self.tell(patient, "care/v1/erasures", patient_id=who)
        self.tell(patient, "care/v1/private-text-erasures", patient_id=who)

    def found(self, name: str, query: str) -> UUID:
        """The first id in the answer, once there is one: what a reaction makes comes a little
        later.
        """
        give_up = time.monotonic() + _PATIENCE
        while True:
            answer = httpx.post(
                f"{self.run.gateway}/graphql",
                json={"query": query},
                headers={"Authorization": f"Bearer {self.token(name)}"},
                timeout=20,
            )
            if ids := _GLOBAL_ID.findall(answer.text):
                return uuid_of(ids[0])
            assert time.monotonic() < give_up, answer.text
            time.sleep(0.1)

    def heard_by_all(self) -> None:
        """Whatever is asked from now on, no service is behind."""
        for service, url in self.run.services.items():
            for told in self.told:
                httpx.get(
                    f"{url}{_ANYTHING[service]}/{uuid4()}",
                    headers={"Authorization": f"Bearer {self.token('therapist')}",
                             "Interlude-After": told},
                    timeout=20,
                )  # fmt: skip

    def person(self, name: str) -> UUID:
        return self.people.setdefault(name, uuid4())

    def token(self, name: str, *, lasts: float = LIFETIME, scope: str | None = None) -> str:
        """The name of a person ends with their role. `lasts` seconds from now. An integrator has
        all scopes that can be given unless told otherwise.
        """
        role: Role = next(role for role in ROLES if name.endswith(role))
        scope = " ".join(SCOPES) if scope is None else scope
        scope = scope if role == "integrator" else ""
        person = Person(id=self.person(name), role=role, scope=scope)
        return self.issuer.token_for(person, self.id, now=time.time() + lasts - LIFETIME)

    def tell(self, who: str, where: str, /, **body: Any) -> UUID:
        service, _, path = where.partition("/")
        headers = {"Authorization": f"Bearer {self.token(who)}", "Idempotency-Key": str(uuid4())}
        if self.told:
            headers["Interlude-After"] = self.told[-1]
        give_up = time.monotonic() + _PATIENCE
        while True:
            answer = httpx.post(
                f"{self.run.services[service]}/{path}",
                json={key: _plain(value) for key, value in body.items()},
                headers=headers,
                timeout=20,
            )
            if answer.is_success:
                self.told.append(answer.json()["consistency"])
                return UUID(answer.json()["id"])
            assert time.monotonic() < give_up, f"{where}: {answer.status_code} {answer.text}"
            time.sleep(0.1)


_ANYTHING = {
    "care": "/v1/sessions",
    "assignment": "/v1/assignments",
    "diary": "/v1/entries",
    "review": "/v1/reviews",
}
_GLOBAL_ID = re.compile(r'"id":\s*"([\w-]+)"')
_HOMEWORK = {
    "title": "Talk to Larry",
    "plan": {
        "site": {"kind": "work"},
        "timing": {"rule": "n_times", "zone": ZONE},
        "frequency": {"count": 3, "per": "between_sessions"},
    },
}
_TEMPLATE = {"texts": [{"locale": "en", "title": "Say hello"}]}
_PERSON = {"name": "Somebody", "zone": ZONE, "locale": "en-GB"}
_SHARING = {"shared_with": "My sister", "relation": "relative", "text_version": "sharing-1"}
_CONSENT = {"scope": "analytics", "purpose": "service_evaluation"}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _on(days: int) -> dict[str, str]:
    day = datetime.now(UTC) + timedelta(days=days)
    return {"local": day.strftime("%Y-%m-%dT14:00:00"), "zone": ZONE}


def an_entry() -> dict[str, Any]:
    began = datetime.now(UTC) - timedelta(hours=3)
    ended = began + timedelta(minutes=10)
    return {
        "worksheet": "interpersonal_practice",
        "definition_version": "1.0",
        "experienced_at": {"start": began.isoformat(), "end": ended.isoformat()},
        "zone": ZONE,
        "visibility": "shared",
        "notes": "We talked.",
        "answers": {
            "other_party": {"label": "Larry", "contact_ref": str(uuid4())},
            "what_i_said": "I liked the film.",
            "what_they_did": "Laughed.",
        },
    }


def _work() -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    return {
        "when": {"start": at, "end": at, "zone": ZONE},
        "quantity": 100,
        "source": "verbal",
    }
