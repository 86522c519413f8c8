"""What a clinic does, request by request, each answered as it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from libs.eventstore.recorded import Recorded
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW
from tests.faults.history import Attempt, Command
from tests.unit.faults.a_clean_run import SEALED, SERVICE_OF, Log, Told, at, attempt
from tests.unit.faults.what_is_said import (
    CLINIC_TOLD,
    CONSENT,
    ENTRY,
    FOR_THE_GROUP,
    GROUP,
    GROUP_TOLD,
    LEAVER,
    LIVED,
    MEETS,
    PAIR,
    PATIENT,
    PUBLISHED,
    RELATIONSHIP,
    SESSION,
    SUPERVISED,
    SUPERVISION,
    TEMPLATE,
    consented,
    rated,
    window,
    withdrawn,
)

MOVED_BY = timedelta(minutes=1)


@dataclass
class Clinic:
    """Anna and Masha, who meet on Thursday; `homework` and `reviews` are what they have so far."""

    log: Log = field(default_factory=Log)
    history: list[Command] = field(default_factory=list)
    homework: list[UUID] = field(default_factory=list)
    reviews: dict[UUID, UUID] = field(default_factory=dict)
    completed: set[UUID] = field(default_factory=set)
    starts: datetime = MEETS

    def __post_init__(self) -> None:
        self._made = 0
        self._arrange("clinic", CLINIC, ("ClinicRegistered", CLINIC_TOLD), subject=None)
        self._arrange("therapist", ANNA, ("TherapistRegistered", {"name": SEALED}), subject=ANNA)
        self._arrange("patient", MASHA, ("PatientRegistered", PATIENT))
        for told in LIVED:
            self._arrange("patient", LEV, told, subject=LEV)
        began = {**PAIR, "began_at": at(NOW)}
        self._arrange("relationship", RELATIONSHIP, ("CareRelationshipBegan", began))
        self._arrange("supervision", SUPERVISION, ("SupervisionBegan", SUPERVISED), subject=None)
        gone = {"person_id": str(LEAVER), "left_at": at(NOW)}
        self._arrange("departure", LEAVER, ("StaffLeft", gone), subject=None)
        window_of = {"clinic_id": str(CLINIC), "days": 14}
        self._arrange("window", CLINIC, ("RecordsWindowSet", window_of), subject=None)
        for told in GROUP_TOLD:
            self._arrange("group", GROUP, told, subject=None)
        self._arrange("groupwork", GROUP, ("GroupAssignmentIssued", FOR_THE_GROUP), subject=ANNA)
        self._arrange("template", TEMPLATE, ("TemplatePublished", PUBLISHED), subject=None)
        self._arrange("consent", CONSENT, ("ConsentGiven", consented(MASHA)))
        scheduled = {"starts_at": at(MEETS), "zone": "Europe/London", "duration_min": 50}
        self._arrange("session", SESSION, ("SessionScheduled", {**PAIR, **scheduled}))

    # --- What is asked. ---

    def gives_homework(self) -> None:
        """Due before the session."""
        given = self.new_id()
        created = {**PAIR, "title": SEALED, "created_at": at(NOW)}
        self.asks(
            "giveHomework",
            "assignment",
            given,
            ("AssignmentCreated", created),
            ("DueDateSet", {"rule": {"kind": "next_session"}, **self._due()}),
            (
                "AssignmentAgreed",
                {"agreed_by": "therapist", "attested": True, "agreed_at": at(NOW)},
            ),
            ("AssignmentActivated", {"activated_at": at(NOW)}),
            ("OccurrencesScheduled", {"plan_version": 1, "occurrences": [window(self.new_id())]}),
        )
        self.homework.append(given)

    def sets_a_goal(self) -> None:
        told = {**PAIR, "statement": SEALED, "set_by": "therapist", "set_at": at(NOW)}
        self.asks("setGoal", "goal", self.new_id(), ("GoalSet", told))

    def rates(
        self, twins: int = 1, *, conditional: bool = False, thing: UUID | None = None
    ) -> None:
        rating = thing or self.new_id()
        given = self._some_homework()
        version = self.log.ends[f"assignment-{given}"].version
        self.asks(
            "rateReadiness",
            "assignment",
            given,
            ("ReadinessRated", rated(rating)),
            twins=twins,
            thing=rating,
            expected=version if conditional else None,
        )

    def rates_sixteen_times_at_once(self) -> None:
        self.rates(twins=16)

    def rates_if_unchanged(self) -> None:
        self.rates(conditional=True)

    def moves_the_session(self) -> None:
        """And with it whatever is due before it."""
        self.starts += MOVED_BY
        when = {"starts_at": at(self.starts), "zone": "Europe/London", "duration_min": 50}
        (moved,) = self.asks("rescheduleSession", "session", SESSION, ("SessionRescheduled", when))
        for given in self.homework:
            self.log.append(
                "assignment",
                given,
                ("DueDateMoved", {**self._due(), "because": "session_moved"}),
                correlation=moved.correlation_id,
                cause=moved.event_id,
            )

    def opens_a_review(self) -> None:
        """Of the newest homework; it may have been opened already."""
        given = self._some_homework()
        if given in self.reviews:
            self._asked("openReview", "review", None, self._so_already(self.reviews[given], 200))
            return
        review = self.reviews[given] = self.new_id()
        opened = {**PAIR, "assignment_id": str(given), "session_id": str(SESSION)}
        self.asks("openReview", "review", review, ("ReviewOpened", opened), named=False)

    def completes_a_review(self) -> None:
        """Which is then filed in the patient's notebook."""
        self.opens_a_review()
        given = self.homework[-1]
        if given in self.completed:
            return
        self.completed.add(given)
        review = self.reviews[given]
        about = {"assignment_id": str(given), "session_id": str(SESSION), **PAIR}
        decided = {**about, "decision": "continue", "completed_at": at(NOW)}
        (completed,) = self.asks("completeReview", "review", review, ("ReviewCompleted", decided))
        filed = {**about, "review_id": str(review), "filed_at": at(NOW)}
        self.log.append(
            "notebook",
            MASHA,
            ("HomeworkFiled", filed),
            correlation=completed.correlation_id,
            cause=completed.event_id,
        )

    def praises(self) -> None:
        self.opens_a_review()
        review = self.reviews[self.homework[-1]]
        self.asks("givePraise", "review", review, ("PraiseGiven", {"text": SEALED}))

    def writes_in_the_diary(self) -> None:
        entry = self.new_id()
        self.asks("recordEntry", "entry", entry, ("DiaryEntryRecorded", {**PAIR, **ENTRY}))

    def sees_another_patient_withdraw(self) -> None:
        """And think better of it, after a goal that is nobody's business."""
        patient, consent = self.new_id(), self.new_id()
        given = "ConsentGiven", consented(patient)
        goal = "GoalSet", {"patient_id": str(patient), "statement": SEALED, "set_at": at(NOW)}
        self._arrange("patient", patient, ("PatientRegistered", PATIENT), subject=patient)
        self.asks("giveConsent", "consent", consent, given, subject=patient, named=False)
        ended = "ConsentWithdrawn", withdrawn(patient)
        self.asks("withdrawConsent", "consent", consent, ended, subject=patient)
        self.asks("setGoal", "goal", self.new_id(), goal, subject=patient)
        self.asks("giveConsent", "consent", consent, given, subject=patient, named=False)

    def is_refused(self) -> None:
        self._asked("rateReadiness", "assignment", None, attempt("refused", 422, code="invalid"))

    def is_told_to_come_again(self) -> None:
        busy = attempt("refused", 503, code="overloaded", retry_after=True)
        self._asked("setGoal", "assignment", None, busy)

    def hears_nothing_of_what_was_done(self) -> None:
        """The answer was lost on the way, and nobody asked again."""
        self.rates()
        lost = self.history.pop()
        self._asked(
            lost.operation,
            lost.service,
            lost.stream,
            attempt("unknown", None),
            correlation=UUID(lost.correlation_id),
        )

    def hears_nothing_and_nothing_was_done(self) -> None:
        self._asked("setGoal", "assignment", None, attempt("unknown", 503, retry_after=True))

    def hears_at_the_second_try(self) -> None:
        self.rates()
        done = self.history.pop()
        again = (attempt("unknown", None), *done.attempts)
        self._asked(
            done.operation,
            done.service,
            done.stream,
            *again,
            correlation=UUID(done.correlation_id),
        )

    # --- How it is asked. ---

    def asks(
        self,
        operation: str,
        category: str,
        uuid: UUID,
        *told: Told,
        twins: int = 1,
        thing: UUID | None = None,
        expected: int | None = None,
        named: bool = True,
        subject: UUID = MASHA,
    ) -> Sequence[Recorded]:
        correlation = self.new_id()
        facts = self.log.append(category, uuid, *told, correlation=correlation, subject=subject)
        answer = {"id": str(thing or uuid), "version": facts[-1].version}
        self._asked(
            operation,
            SERVICE_OF[category],
            facts[-1].stream_id if named else None,
            attempt("ok", 201, **answer),
            *(attempt("ok", 201, replayed=True, **answer) for _ in range(twins - 1)),
            expected=expected,
            correlation=correlation,
        )
        return facts

    def _asked(
        self,
        operation: str,
        service: str,
        stream: str | None,
        *attempts: Attempt,
        expected: int | None = None,
        correlation: UUID | None = None,
    ) -> None:
        command = Command(
            client=len(self.history) % 3,
            key=str(self.new_id()),
            correlation_id=str(correlation or self.new_id()),
            tenant=str(CLINIC),
            service=service,
            operation=operation,
            stream=stream,
            expected=expected,
            attempts=attempts,
        )
        self.history.append(command)

    def new_id(self) -> UUID:
        self._made += 1
        return uuid5(CLINIC, str(self._made))

    def _some_homework(self) -> UUID:
        if not self.homework:
            self.gives_homework()
        return self.homework[-1]

    def _so_already(self, thing: UUID, status: int) -> Attempt:
        version = self.log.ends[f"review-{thing}"].version
        return attempt("ok", status, id=str(thing), version=version)

    def _due(self) -> Mapping[str, Any]:
        return {"session_id": str(SESSION), "due_at": at(self.starts)}

    def _arrange(
        self, category: str, uuid: UUID, told: Told, *, subject: UUID | None = MASHA
    ) -> None:
        """Before anybody looks on."""
        self.log.append(category, uuid, told, correlation=self.new_id(), subject=subject)


STEPS = (
    Clinic.gives_homework,
    Clinic.sets_a_goal,
    Clinic.rates,
    Clinic.rates_sixteen_times_at_once,
    Clinic.rates_if_unchanged,
    Clinic.moves_the_session,
    Clinic.opens_a_review,
    Clinic.completes_a_review,
    Clinic.praises,
    Clinic.writes_in_the_diary,
    Clinic.sees_another_patient_withdraw,
    Clinic.is_refused,
    Clinic.is_told_to_come_again,
    Clinic.hears_nothing_of_what_was_done,
    Clinic.hears_nothing_and_nothing_was_done,
    Clinic.hears_at_the_second_try,
)
