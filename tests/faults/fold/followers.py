"""What each service keeps of what happened elsewhere: ids, zones, times, and what is still open."""

from collections.abc import Mapping
from typing import Any

from tests.faults.fold.course import ENDS
from tests.faults.fold.fact import Fact
from tests.faults.fold.sessions import when, with_whom
from tests.faults.fold.tables import KNOW_GROUPS, Tables

_USUAL_THRESHOLD = 0.7
_SESSION_IS: Mapping[str, str] = {
    "SessionStarted": "started",
    "SessionEnded": "ended",
    "SessionCancelled": "cancelled",
    "SessionNoShowRecorded": "no_show",
    "SessionReinstated": "scheduled",
}

_DEATHS = ("PatientDied", "PatientDeathCorrected")

READ = {
    *("PatientRegistered", "TherapistRegistered", "CareRelationshipBegan", "CareRelationshipEnded"),
    *("SupervisionBegan", "SupervisionEnded", "StaffLeft", "StaffReturned", "RecordsWindowSet"),
    *("SessionScheduled", "GroupSessionScheduled", "SessionRescheduled", *_SESSION_IS),
    *("PatientDetailsChanged", "PatientZoneChanged", "CareHandedOver", "ClinicSettingsChanged"),
    *("ClinicRegistered", "AssignmentCreated", "AssignmentActivated", "HomeworkCompleted"),
    *("DueDateSet", "DueDateMoved", "AssignmentReopened", "GroupAssignmentIssued"),
    *("GroupCreated", "FacilitatorAdded", "FacilitatorRemoved", "MemberAdded", "MemberRemoved"),
    *(*ENDS, *_DEATHS),
}
"""The names of facts that any of them keeps something of."""


def tell(tables: Tables, service: str, fact: Fact) -> None:
    _people(tables, service, fact)
    if fact.category == "session":
        tables.set(f"{service}.known_sessions", fact.tenant, fact.uuid, **_session(fact))
    if service in KNOW_GROUPS:
        _groups(tables, service, fact)
    if service == "assignment":
        _homework(tables, fact)
    if service == "review" and fact.name == "AssignmentCreated":
        tables.set("review.known_assignments", fact.tenant, fact.uuid, **with_whom(fact))


def _people(tables: Tables, service: str, fact: Fact) -> None:
    people, supervisions = f"{service}.known_people", f"{service}.known_supervisions"
    match fact.name:
        case "PatientRegistered" | "PatientDetailsChanged" | "PatientZoneChanged":
            lives = said_of(fact, "zone", "locale")
            tables.set(people, fact.tenant, fact.uuid, "patient", **lives)
        case "TherapistRegistered":
            tables.set(people, fact.tenant, fact.uuid, "therapist")
        case "SupervisionBegan":
            tables.set(supervisions, fact.tenant, fact.uuid, **supervision(fact))
        case "SupervisionEnded":
            tables.set(supervisions, fact.tenant, fact.uuid, ended_at=fact.instant("ended_at"))
        case "StaffLeft" | "StaffReturned":
            tables.set(f"{service}.known_departures", fact.tenant, fact.uuid, **departure(fact))
        case "RecordsWindowSet":
            days = fact.said["days"]
            tables.set(f"{service}.known_windows", fact.tenant, fact.uuid, days=days)
    if (treated := relationship(fact)) is not None:
        tables.set(f"{service}.known_relationships", fact.tenant, fact.uuid, **treated)


def relationship(fact: Fact) -> dict[str, Any] | None:
    """Who treats whom from when until when; None where the fact has no part in it."""
    match fact.name:
        case "CareRelationshipBegan":
            return {**with_whom(fact), "began_at": fact.instant("began_at")}
        case "CareRelationshipEnded":
            return {"ended_at": fact.instant("ended_at")}
        case "CareHandedOver":
            return {"ended_at": fact.instant("handed_over_at")}
    return None


def said_of(fact: Fact, *names: str) -> dict[str, Any]:
    """What a fact that changes some of several things says anew."""
    return {name: fact.said[name] for name in names if fact.said.get(name) is not None}


def _groups(tables: Tables, service: str, fact: Fact) -> None:
    said, key = fact.said, (fact.tenant, fact.uuid)
    leads, belongs = f"{service}.known_facilitators", f"{service}.known_members"
    match fact.name:
        case "GroupCreated":
            tables.set(f"{service}.known_groups", *key, late_joiners=said["late_joiners"])
        case "FacilitatorAdded":
            tables.set(leads, *key, said["therapist_id"], removed_at=None)
        case "FacilitatorRemoved":
            tables.set(leads, *key, said["therapist_id"], removed_at=fact.instant("removed_at"))
        case "MemberAdded":
            times = {"joined_at": fact.instant("joined_at"), "left_at": None}
            tables.set(belongs, *key, said["patient_id"], **times)
        case "MemberRemoved":
            tables.set(belongs, *key, said["patient_id"], left_at=fact.instant("left_at"))


def supervision(fact: Fact) -> dict[str, Any]:
    between = {name: fact.said[name] for name in ("supervisor_id", "therapist_id")}
    return {**between, "began_at": fact.instant("began_at")}


def departure(fact: Fact) -> dict[str, Any]:
    if fact.name == "StaffReturned":
        return {"returned_at": fact.instant("returned_at")}
    return {"left_at": fact.instant("left_at"), "returned_at": None}


def _session(fact: Fact) -> dict[str, Any]:
    match fact.name:
        case "SessionScheduled":
            return {**with_whom(fact), **when(fact), "status": "scheduled"}
        case "GroupSessionScheduled":
            leads = {"therapist_id": fact.said["therapist_id"]}
            return {**leads, **when(fact), "status": "scheduled"}
        case "SessionRescheduled":
            return when(fact)
    return {"status": _SESSION_IS[fact.name]} if fact.name in _SESSION_IS else {}


def _homework(tables: Tables, fact: Fact) -> None:
    if fact.name == "ClinicRegistered":
        tables.set(
            "assignment.known_clinics",
            fact.tenant,
            low_confidence_threshold=fact.said.get("low_confidence_threshold", _USUAL_THRESHOLD),
            rationale_gate=fact.said.get("rationale_gate", False),
        )
    elif fact.name == "ClinicSettingsChanged":
        settings = said_of(fact, "low_confidence_threshold", "rationale_gate")
        tables.set("assignment.known_clinics", fact.tenant, **settings)
    elif fact.name in _DEATHS:
        died_on = fact.said.get("died_on")
        tables.set("assignment.known_deaths", fact.tenant, fact.uuid, died_on=died_on)
    elif fact.name == "GroupAssignmentIssued":
        given = {"group_id": fact.said["group_id"], "issued_at": fact.instant("issued_at")}
        tables.set("assignment.known_group_homework", fact.tenant, fact.uuid, **given)
    elif (changed := open_homework(fact)) is not None:
        tables.set("assignment.known_homework", fact.tenant, fact.uuid, **changed)


def open_homework(fact: Fact) -> dict[str, Any] | None:
    """What a session that moves has to know of it; None where the fact has no part in it."""
    match fact.name:
        case "AssignmentCreated":
            return {
                **with_whom(fact),
                "created_in_session_id": fact.said.get("created_in_session_id"),
                "given_at": fact.instant("created_at"),
                "closed": False,
            }
        case "AssignmentActivated":
            return {"given_at": fact.instant("activated_at")}
        case "DueDateSet":
            return {**_rule(fact.said["rule"]), **_due(fact)}
        case "DueDateMoved":
            return _due(fact)
        case "AssignmentReopened":
            return {"closed": False}
    return {"closed": True} if fact.name in ENDS else None


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "follows_sessions": rule.get("kind", "next_session") in {"next_session", "session"},
        "named_session_id": rule.get("session_id"),
        "offset_min": rule.get("offset_min", 0),
    }


def _due(fact: Fact) -> dict[str, Any]:
    return {"due_session_id": fact.said.get("session_id"), "due_at": fact.instant("due_at")}
