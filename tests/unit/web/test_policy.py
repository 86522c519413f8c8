"""Who may: by role and by relation, and nobody else."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from libs.access.policy import NOBODY, Grant, Subject, grant, may
from libs.access.principal import Principal
from libs.access.scopes import scope_of
from libs.eventstore.telling import Role
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.web import Known

ABOUT_MASHA = Subject(patient_id=MASHA, therapist_id=ANNA)
EITHER = grant(therapist="related", patient="own")


def person(person_id: UUID, *roles: Role) -> Principal:
    return Principal(tenant_id=CLINIC, person_id=person_id, roles=frozenset(roles))


async def role(principal: Principal, granted: Grant, subject: Subject = ABOUT_MASHA) -> Role | None:
    return await may(principal, granted, subject, Known())


async def test_a_therapist_may_who_treats_the_patient() -> None:
    assert await role(person(ANNA, "therapist"), EITHER) == "therapist"


async def test_a_therapist_may_not_who_does_not() -> None:
    assert await role(person(BORIS, "therapist"), EITHER) is None


async def test_another_clinics_therapist_of_the_same_id_may_not() -> None:
    assert await role(replace(person(ANNA, "therapist"), tenant_id=OTHER_CLINIC), EITHER) is None


async def test_patients_may_what_is_theirs() -> None:
    assert await role(person(MASHA, "patient"), EITHER) == "patient"
    assert await role(person(LEV, "patient"), EITHER) is None


async def test_who_is_not_named_may_nothing() -> None:
    for other in ("supervisor", "clinic_admin", "integrator", "analyst", "operator"):
        assert await role(person(ANNA, other), EITHER) is None


async def test_a_stream_about_nobody_belongs_to_nobody() -> None:
    assert await role(person(ANNA, "therapist"), EITHER, NOBODY) is None
    assert await role(person(MASHA, "patient"), EITHER, NOBODY) is None


async def test_a_therapists_own_is_what_is_about_them() -> None:
    own = grant(therapist="own")
    assert await role(person(ANNA, "therapist"), own) == "therapist"
    assert await role(person(BORIS, "therapist"), own) is None


SUPERVISED = grant(therapist="related", supervisor="supervised")


async def test_a_supervisor_may_whose_therapist_treats_the_patient() -> None:
    knows = Known(supervising={(CLINIC, BORIS, MASHA)})
    boris = person(BORIS, "supervisor")
    assert await may(boris, SUPERVISED, ABOUT_MASHA, knows) == "supervisor"
    assert await may(boris, SUPERVISED, Subject(patient_id=LEV), knows) is None
    assert await may(boris, SUPERVISED, NOBODY, knows) is None
    assert await may(boris, EITHER, ABOUT_MASHA, knows) is None


async def test_nobody_supervises_without_the_role_or_in_another_clinic() -> None:
    knows = Known(supervising={(CLINIC, BORIS, MASHA)})
    assert await may(person(BORIS, "therapist"), SUPERVISED, ABOUT_MASHA, knows) is None
    elsewhere = replace(person(BORIS, "supervisor"), tenant_id=OTHER_CLINIC)
    assert await may(elsewhere, SUPERVISED, ABOUT_MASHA, knows) is None


async def test_what_a_patient_keeps_private_no_supervisor_sees() -> None:
    knows = Known(supervising={(CLINIC, BORIS, MASHA)})
    private = replace(ABOUT_MASHA, private=True)
    assert await may(person(BORIS, "supervisor"), SUPERVISED, private, knows) is None


async def test_a_supervisors_own_is_what_they_supervise() -> None:
    own, theirs = grant(supervisor="own"), Subject(therapist_id=ANNA, supervisor_id=BORIS)
    assert await role(person(BORIS, "supervisor"), own, theirs) == "supervisor"
    assert await role(person(ANNA, "supervisor"), own, theirs) is None


async def test_what_a_patient_keeps_private_no_therapist_sees() -> None:
    private = replace(ABOUT_MASHA, private=True)
    assert await role(person(ANNA, "therapist"), EITHER, private) is None
    assert await role(person(MASHA, "patient"), EITHER, private) == "patient"


async def test_somebody_with_two_roles_acts_in_the_first_that_may() -> None:
    both = person(BORIS, "therapist", "clinic_admin")
    granted = grant(therapist="related", clinic_admin="clinic")
    assert await role(both, granted) == "clinic_admin"


async def test_a_role_that_may_not_relate_cannot_borrow_anothers_relation() -> None:
    """A supervisor who also treats is a therapist where the therapist may."""
    assert await role(person(ANNA, "supervisor"), grant(supervisor="related")) is None


PATIENTS = "care/patients.write"


def program(*scopes: str) -> Principal:
    return replace(person(BORIS, "integrator"), scopes=frozenset(scopes))


async def test_an_integrator_needs_the_operations_own_scope() -> None:
    granted = replace(grant(integrator="clinic"), scope=PATIENTS)
    assert await role(program(PATIENTS), granted) == "integrator"
    for other in ("care/patients.read", "care/sessions.write", "diary/patients.write", "care"):
        assert await role(program(other), granted) is None, other
        assert granted.refusal(program(other)) == "scope-not-granted", other


async def test_what_has_no_scope_no_integrator_may() -> None:
    assert await role(program("", "care", PATIENTS), grant(integrator="clinic")) is None


def test_scopes_do_not_matter_where_an_integrator_may_not_or_somebody_may_in_person() -> None:
    granted = replace(grant(integrator="clinic", therapist="related"), scope=PATIENTS)
    both = person(ANNA, "integrator", "therapist")
    assert granted.refusal(both) is None
    assert EITHER.refusal(program(PATIENTS)) == "role-not-allowed"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/v1/patients", "care/patients.write"),
        ("GET", "/v1/care-relationships/{id}", "care/care-relationships.read"),
        ("POST", "/v1/sessions/{id}/starts", "care/sessions.write"),
    ],
)
def test_a_scope_is_one_resource_and_one_verb(method: str, path: str, scope: str) -> None:
    assert scope_of("care", method, path) == scope


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/patients"), ("GET", "/patients")])
def test_what_has_no_scope_is_not_offered(method: str, path: str) -> None:
    with pytest.raises(ValueError, match="has no scope"):
        scope_of("care", method, path)


# --- Who has left. ---

FINISHED = grant(therapist="related", patient="own", clinic_admin="clinic", finishes=True)
IN_THE_WINDOW = Known(treating=set(), finishing={(CLINIC, ANNA, MASHA)})


def gone(person_id: UUID, *roles: Role) -> Principal:
    return replace(person(person_id, *roles), left=True)


@pytest.mark.parametrize("granted", [EITHER, SUPERVISED, FINISHED])
async def test_who_has_left_is_nobodys_therapist_whatever_is_recorded(granted: Grant) -> None:
    knows = Known(supervising={(CLINIC, ANNA, MASHA)})
    for former in ("therapist", "supervisor", "clinic_admin"):
        assert await may(gone(ANNA, former), granted, ABOUT_MASHA, knows) is None, former


async def test_a_patient_who_worked_here_stays_a_patient() -> None:
    both = gone(MASHA, "patient", "therapist")
    assert EITHER.refusal(both) is None
    assert await role(both, EITHER) == "patient"
    assert grant(therapist="clinic").refusal(both) == "staff-left"


async def test_a_record_is_finished_by_its_own_therapist_alone() -> None:
    for anna in (gone(ANNA, "therapist"), person(ANNA, "therapist")):
        assert await may(anna, FINISHED, ABOUT_MASHA, IN_THE_WINDOW) == "therapist"
        assert await may(anna, EITHER, ABOUT_MASHA, IN_THE_WINDOW) is None
        colleagues = replace(ABOUT_MASHA, therapist_id=BORIS)
        assert await may(anna, FINISHED, colleagues, IN_THE_WINDOW) is None
        of_lev = replace(ABOUT_MASHA, patient_id=LEV)
        assert await may(anna, FINISHED, of_lev, IN_THE_WINDOW) is None
        private = replace(ABOUT_MASHA, private=True)
        assert await may(anna, FINISHED, private, IN_THE_WINDOW) is None


async def test_what_occurred_after_they_stopped_treating_is_not_theirs_to_record() -> None:
    anna = person(ANNA, "therapist")
    for hours, expected in ((-1, "therapist"), (1, None)):
        told = {"occurred_at": NOW + timedelta(hours=hours)}
        assert await may(anna, FINISHED, ABOUT_MASHA, IN_THE_WINDOW, **told) == expected


async def test_once_the_window_has_closed_nothing_is_finished() -> None:
    closed = Known(treating=set())
    for anna in (gone(ANNA, "therapist"), person(ANNA, "therapist")):
        assert await may(anna, FINISHED, ABOUT_MASHA, closed) is None


async def test_in_the_window_nobody_acts_in_another_role_than_the_therapists() -> None:
    admin = gone(ANNA, "clinic_admin")
    assert FINISHED.refusal(admin) == "staff-left"
    assert await may(admin, FINISHED, ABOUT_MASHA, IN_THE_WINDOW) is None
    supervisor = person(ANNA, "supervisor")
    finished = grant(supervisor="supervised", finishes=True)
    assert await may(supervisor, finished, ABOUT_MASHA, IN_THE_WINDOW) is None


def test_a_grant_names_roles_and_relations_that_exist() -> None:
    with pytest.raises(ValueError, match="teacher=related"):
        grant(teacher="related")
    with pytest.raises(ValueError, match="therapist=friend"):
        grant(therapist="friend")  # type: ignore[arg-type]  # the mistake that is tested
