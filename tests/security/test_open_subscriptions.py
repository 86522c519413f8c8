"""What becomes of a subscription while it is open: whoever may no longer see somebody is shut out
within a minute, and a token is good for no longer than it says.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.issuer import Issuer
from deploy.local.run_info import RunInfo
from tests.security.clinics import Clinic, Things, an_entry
from tests.system.people import Person, global_id
from tests.system.watching import Watching, events, live_cursor, socket

pytestmark = [
    pytest.mark.security("who may do what"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

A_MINUTE = 60.0
A_WHILE = 12.0
"""Seconds in which three people begin to watch, and see something."""

FORBIDDEN, EXPIRED = 4403, 4401
UNAUTHENTICATED = "UNAUTHENTICATED"

_WORK = "'s work here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A patient with a therapist and their supervisor, who are all that there is of a clinic."""

    clinic: Clinic
    things: Things

    @property
    def her(self) -> str:
        return global_id("Patient", self.things["patient"])

    def person(self, name: str, *, lasts: float | None = None) -> Person:
        """Knows of all that has been told. `lasts` seconds from now, else for a day."""
        token = self.clinic.token(name) if lasts is None else self.clinic.token(name, lasts=lasts)
        who = Person(replace(self.clinic.run, tokens={name: token}), name)
        who.sends_graphql("{ me { roles } }", {}, **{"Interlude-After": self.clinic.told[-1]})
        return who

    def end(self, what: str) -> None:
        if what.endswith(_WORK):
            who = self.clinic.person(what.removesuffix(_WORK))
            self.clinic.tell("clinic_admin", "care/v1/departures", person_id=who)
            return
        path = {"relationship": "care-relationships", "supervision": "supervisions"}[what]
        told = {"reason": "therapy_completed"} if what == "relationship" else {}
        self.clinic.tell("clinic_admin", f"care/v1/{path}/{self.things[what]}/ends", **told)

    def say(self) -> str:
        """The therapist sets a goal; answers what was said."""
        said = f"Something about {uuid4()}"
        self.clinic.tell(
            "therapist",
            "assignment/v1/goals",
            patient_id=self.things["patient"],
            statement=said,
        )
        return said


@pytest.fixture
def case(run: RunInfo, issuer: Issuer) -> Case:
    clinic = Clinic(run, issuer)
    return Case(clinic=clinic, things=clinic.patient("patient", "therapist", "supervisor"))


def excerpts(contents: Iterator[Any]) -> Iterator[str]:
    return (each["data"]["patientChanged"]["item"]["excerpt"] for each in contents)


def code_of(content: Any) -> str:
    (error,) = content["errors"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    ("who", "ends"),
    [
        ("therapist", "relationship"),
        ("supervisor", "relationship"),
        ("supervisor", "supervision"),
        ("therapist", "therapist's work here"),
        ("supervisor", "supervisor's work here"),
    ],
)
def test_the_end_of_what_opens_somebodys_record_shuts_out_within_a_minute(
    case: Case, who: str, ends: str
) -> None:
    watcher = case.person(who)
    place = live_cursor(watcher, case.her)
    with socket(watcher) as watching, events(watcher, case.her, place, within=A_MINUTE) as other:
        watching.watch(case.her, place)
        said = case.say()
        assert watching.change()["item"]["excerpt"] == said
        assert next(excerpts(other)) == said
        case.end(ends)
        assert watching.closed(within=A_MINUTE) == FORBIDDEN
        *_, last = other
        assert code_of(last) == "FORBIDDEN"


def test_who_was_shut_out_does_not_come_in_again(case: Case) -> None:
    therapist = case.person("therapist")
    place = live_cursor(therapist, case.her)
    with socket(therapist) as watching:
        watching.watch(case.her, place)
        case.end("relationship")
        assert watching.closed(within=A_MINUTE) == FORBIDDEN
    with events(therapist, case.her, place) as contents:
        assert code_of(next(contents)) == "FORBIDDEN"


def test_a_patient_goes_on_seeing_what_is_theirs(case: Case) -> None:
    """Discharge takes nothing from whom it is about."""
    patient = case.person("patient")
    with socket(patient) as watching:
        watching.watch(case.her, live_cursor(patient, case.her))
        case.end("relationship")
        watching_on_until(watching, "CareRelationshipEnded")
        case.clinic.tell(
            "patient", "diary/v1/entries", patient_id=case.things["patient"], **an_entry()
        )
        watching_on_until(watching, "DiaryEntryRecorded")


def watching_on_until(watching: Watching, kind: str) -> None:
    while watching.change()["item"]["type"] != kind:
        pass


def test_what_a_patient_keeps_for_herself_is_shown_to_her_alone(case: Case) -> None:
    patient, therapist = case.person("patient"), case.person("therapist")
    with socket(patient) as hers, socket(therapist) as theirs:
        for who, watching in ((patient, hers), (therapist, theirs)):
            watching.watch(case.her, live_cursor(who, case.her))
        recorded = kept_private(case)
        said = case.say()
        seen = hers.change()
        assert seen["nodeId"] == global_id("DiaryEntry", recorded)
        assert theirs.change()["item"]["excerpt"] == said


def test_what_is_taken_back_is_not_shown_to_who_comes_later(case: Case) -> None:
    therapist = case.person("therapist")
    place = live_cursor(therapist, case.her)
    recorded = kept_private(case)
    node = global_id("DiaryEntry", recorded)
    with socket(therapist) as watching:
        watching.watch(case.her, place)
        case.clinic.tell("patient", f"diary/v1/entries/{recorded}/sharings")
        assert watching.change()["nodeId"] == node
    case.clinic.tell("patient", f"diary/v1/entries/{recorded}/sharing-withdrawals")
    said = case.say()
    with events(case.person("therapist"), case.her, place) as contents:
        assert next(excerpts(contents)) == said


def kept_private(case: Case) -> UUID:
    told = {**an_entry(), "visibility": "private"}
    return case.clinic.tell(
        "patient", "diary/v1/entries", patient_id=case.things["patient"], **told
    )


def test_a_token_that_ends_ends_what_was_opened_with_it(case: Case) -> None:
    watchers = [case.person(who, lasts=A_WHILE) for who in ("patient", "therapist", "supervisor")]
    with ExitStack() as open_ones:
        opened = []
        for who in watchers:
            place = live_cursor(who, case.her)
            watching = open_ones.enter_context(socket(who))
            watching.watch(case.her, place)
            streamed = open_ones.enter_context(events(who, case.her, place, within=A_MINUTE))
            opened.append((watching, streamed))
        said = case.say()
        for watching, streamed in opened:
            assert watching.change()["item"]["excerpt"] == said
            assert next(excerpts(streamed)) == said
        for watching, streamed in opened:
            assert ends(watching) == EXPIRED
            *_, last = streamed
            assert code_of(last) == UNAUTHENTICATED


def ends(watching: Watching) -> int | str:
    """The code that the socket is closed with, or else what is said once nothing more is shown:
    which of the two, see `test_it_ends_with_the_token_whenever_that_is` of the gateway.
    """
    while isinstance(told := watching.heard(within=A_MINUTE), dict):
        if "errors" in told.get("payload", {}):
            return code_of(told["payload"])
    return int(told)
