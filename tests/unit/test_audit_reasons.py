"""Why somebody was let is said by how they stand to the patient, or by what their work is."""

from typing import get_args

import pytest

from libs.access.policy import Relation, grant
from libs.access.principal import Principal
from libs.audit.record import Reason, Verb, reason
from libs.audit.trail import Trail
from libs.eventstore.telling import Role
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA
from services.gateway.graphql.looks import LookKind, LookReason

pytestmark = pytest.mark.security("audit")

THERAPISTS = grant(therapist="related")


@pytest.mark.parametrize(
    ("role", "relation", "told"),
    [
        ("patient", "own", "self"),
        ("therapist", "related", "treatment"),
        ("supervisor", "supervised", "supervision"),
        ("supervisor", "own", "colleague"),
        ("clinic_admin", "clinic", "administration"),
        ("integrator", "clinic", "integration"),
        ("operator", "any", "operation"),
        ("therapist", "clinic", "clinic"),
    ],
)
def test_a_reason_follows_from_the_rule_that_let_them(
    role: Role, relation: Relation, told: Reason
) -> None:
    assert reason(role, relation) == told


def test_a_patient_can_be_told_every_reason_but_their_own_and_everything_that_was_done() -> None:
    assert {each.value for each in LookReason} == set(get_args(Reason)) - {"self"}
    assert {each.value for each in LookKind} == set(get_args(Verb))


def anna(*roles: Role) -> Trail:
    trail = Trail(
        principal=Principal(tenant_id=CLINIC, person_id=ANNA, roles=frozenset(roles), client="web")
    )
    trail.about(MASHA, None, LEV, MASHA)
    return trail


def test_of_several_patients_each_has_a_reason() -> None:
    trail = anna("therapist", "supervisor")
    trail.allowed("therapist", THERAPISTS)
    record = trail.record("read", "caseload", outcome="done", refused=False, correlation_id=LEV)
    assert record is not None
    assert (record.role, record.client) == ("therapist", "web")
    assert (record.patients, record.reasons) == ((MASHA, LEV), ("treatment", "treatment"))


def test_who_is_refused_came_with_all_their_roles_and_for_no_reason() -> None:
    trail = anna("therapist", "supervisor")
    record = trail.record("read", "patient", outcome="not-found", refused=True, correlation_id=LEV)
    assert record is not None
    assert (record.role, record.reasons) == ("supervisor+therapist", ())


def test_an_export_says_so_itself() -> None:
    trail = anna("therapist")
    trail.verb = "export"
    trail.allowed("therapist", THERAPISTS)
    record = trail.record("read", "case", outcome="done", refused=False, correlation_id=LEV)
    assert record is not None
    assert record.verb == "export"


def test_nobody_leaves_none() -> None:
    nobody = Trail()
    told = nobody.record("read", "case", outcome="done", refused=False, correlation_id=LEV)
    assert told is None
