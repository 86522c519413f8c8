"""What the clients of a campaign ask for: the mix of a busy clinic, some of it to be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from tests.faults.ask import Ask, Body
from tests.faults.clinic import ANALYTICS, CANARY, ZONE, Clinic, in_days, plain, uuid


@dataclass
class Deck:
    """Draws the next request; the same chance draws the same."""

    clinic: Clinic
    chance: Random

    def draw(self) -> Ask:
        kinds: tuple[tuple[int, Callable[[], Ask]], ...] = (
            (34, self.rating),
            (10, self.obstacle),
            (8, self.homework),
            (8, self.goal),
            (8, self.entry),
            (5, self.praise),
            (4, self.review),
            (4, self.work),
            (4, self.completion),
            (5, self.session),
            (5, self.moved),
            (3, self.newcomer),
            (3, self.consent),
            (2, self.withdrawal),
            (5, self.refused),
        )
        weights = [weight for weight, _ in kinds]
        (kind,) = self.chance.choices([make for _, make in kinds], weights)
        return kind()

    def rating(self) -> Ask:
        """Every third on the one assignment that is everybody's; some only if unchanged."""
        given = self.clinic.hot if self.chance.random() < 0.3 else self.assignment()
        assert given is not None
        way = self.chance.random()
        return Ask(
            service="assignment",
            operation="rateReadiness",
            path=f"/v1/assignments/{given}/readiness-ratings",
            body={
                "id": str(uuid(self.chance)),
                "confidence": {
                    "value": self.chance.randint(0, 10),
                    "scale": {"min": 0, "max": 10},
                },
                "why_not_lower": f"{CANARY} along.",
            },
            who=self.of(given),
            stream=f"assignment-{given}",
            twins=16 if way < 0.02 else 2 if way < 0.06 else 1,
            conditional=0.06 < way < 0.12,
            mutation=way > 0.75,
        )

    def obstacle(self) -> Ask:
        given = self.assignment()
        return Ask(
            service="assignment",
            operation="reportObstacle",
            path=f"/v1/assignments/{given}/obstacles",
            body={
                "id": str(uuid(self.chance)),
                "phase": "anticipated",
                "category": "relationships",
                "kind": "practical",
                "text": f"{CANARY} on the phone.",
            },
            who=self.of(given),
            stream=f"assignment-{given}",
        )

    def homework(self) -> Ask:
        made, patient = uuid(self.chance), self.patient()

        def known(_id: UUID) -> None:
            self.clinic.assignments[made] = patient

        return Ask(
            service="assignment",
            operation="giveHomework",
            path="/v1/homework",
            body={"id": str(made), "patient_id": str(patient), "title": f"{CANARY} once more"},
            who="therapist",
            stream=f"assignment-{made}",
            made=known,
        )

    def goal(self) -> Ask:
        made = uuid(self.chance)
        return Ask(
            service="assignment",
            operation="setGoal",
            path="/v1/goals",
            body={
                "id": str(made),
                "patient_id": str(self.patient()),
                "statement": f"{CANARY} and I talk.",
            },
            who="therapist",
            stream=f"goal-{made}",
            mutation=self.chance.random() < 0.3,
        )

    def entry(self) -> Ask:
        made, patient = uuid(self.chance), self.patient()
        began = datetime.now(UTC) - timedelta(hours=self.chance.randint(1, 48))
        return Ask(
            service="diary",
            operation="recordEntry",
            path="/v1/entries",
            body={
                "id": str(made),
                "patient_id": str(patient),
                "worksheet": "interpersonal_practice",
                "definition_version": "1.0",
                "experienced_at": {
                    "start": began.isoformat(),
                    "end": (began + timedelta(minutes=10)).isoformat(),
                },
                "zone": ZONE,
                "notes": f"{CANARY} a tune.",
                "answers": {
                    "other_party": {"label": f"{CANARY}", "contact_ref": str(uuid(self.chance))},
                    "what_i_said": f"{CANARY} and I said so.",
                    "what_they_did": f"{CANARY} back.",
                },
            },
            who=str(patient),
            stream=f"entry-{made}",
        )

    def review(self) -> Ask:
        given = self.assignment()
        return Ask(
            service="review",
            operation="openReview",
            path="/v1/reviews",
            body={
                "assignment_id": str(given),
                "session_id": str(self.clinic.past[self.clinic.assignments[given]]),
            },
            who="therapist",
            stream=None,
            made=self.clinic.reviews.append,
        )

    def praise(self) -> Ask:
        twins = 8 if self.chance.random() < 0.2 else 1
        praise = {"text": f"{CANARY} and you went."}
        return self._in_a_review("givePraise", "praises", praise, twins=twins)

    def work(self) -> Ask:
        began = datetime.now(UTC) - timedelta(hours=self.chance.randint(1, 48))
        when = {"start": began.isoformat(), "end": began.isoformat(), "zone": ZONE}
        done = {"when": when, "quantity": 100, "source": "verbal"}
        return self._in_a_review("recordWorkDone", "work-done", {"work_done": [done]})

    def completion(self) -> Ask:
        return self._in_a_review(
            "completeReview", "completions", {"decision": "continue"}, twins=16
        )

    def session(self) -> Ask:
        made = uuid(self.chance)
        return Ask(
            service="care",
            operation="scheduleSession",
            path="/v1/sessions",
            body={
                "id": str(made),
                "patient_id": str(self.patient()),
                "starts_at": in_days(self.chance.randint(8, 60)),
                "duration_min": 50,
            },
            who="therapist",
            stream=f"session-{made}",
        )

    def moved(self) -> Ask:
        session = self.clinic.sessions[self.patient()]
        minute = self.chance.randint(0, 59)
        return Ask(
            service="care",
            operation="rescheduleSession",
            path=f"/v1/sessions/{session}/reschedulings",
            body={"starts_at": in_days(self.chance.randint(2, 9), minute)},
            who="therapist",
            stream=f"session-{session}",
        )

    def newcomer(self) -> Ask:
        """Registered with keys of their own."""
        made = uuid(self.chance)
        return Ask(
            service="care",
            operation="registerPatient",
            path="/v1/patients",
            body={"id": str(made), "name": f"{CANARY} Lev", "zone": ZONE, "locale": "en-GB"},
            who="clinic_admin",
            stream=f"patient-{made}",
        )

    def consent(self) -> Ask:
        """To analytics; many have said so already. One patient in four is never asked."""
        patient = self.chance.choice(self.clinic.patients[:-1])
        return Ask(
            service="care",
            operation="giveConsent",
            path="/v1/consents",
            body={"patient_id": str(patient), **ANALYTICS},
            who=str(patient),
            stream=None,
            twins=2 if self.chance.random() < 0.2 else 1,
            made=lambda consent: self.clinic.consents.update({patient: consent}),
        )

    def withdrawal(self) -> Ask:
        """By the one who is of two minds."""
        patient = self.clinic.patients[-2]
        consent = self.clinic.consents.get(patient)
        if consent is None:
            return self.consent()
        return Ask(
            service="care",
            operation="withdrawConsent",
            path=f"/v1/consents/{consent}/withdrawals",
            body={},
            who=str(patient),
            stream=f"consent-{consent}",
        )

    def refused(self) -> Ask:
        """A rating off its scale, or by a therapist who does not treat the patient."""
        rating = self.rating()
        beyond = {"value": 11, "scale": {"min": 0, "max": 10}}
        off_scale = self.chance.random() < 0.5
        return Ask(
            service=rating.service,
            operation=rating.operation,
            path=rating.path,
            body={**rating.body, "confidence": beyond} if off_scale else rating.body,
            who=rating.who if off_scale else "stranger",
            stream=rating.stream,
        )

    def assignment(self) -> UUID:
        return self.chance.choice(list(self.clinic.assignments))

    def patient(self) -> UUID:
        return self.chance.choice(self.clinic.patients)

    def of(self, assignment: UUID) -> str:
        return str(self.clinic.assignments[assignment])

    def _in_a_review(self, operation: str, what: str, body: Body, *, twins: int = 1) -> Ask:
        if not self.clinic.reviews:
            return self.review()
        review = self.chance.choice(self.clinic.reviews)
        return Ask(
            service="review",
            operation=operation,
            path=f"/v1/reviews/{review}/{what}",
            body=plain(body),
            who="therapist",
            stream=f"review-{review}",
            twins=twins,
            again=self.chance.random() < 0.3,
        )
