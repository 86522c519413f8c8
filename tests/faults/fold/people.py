"""Who is who in a clinic, and who treats whom."""

from datetime import date
from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.followers import departure, relationship, said_of, supervision
from tests.faults.fold.tables import Tables

_USUAL_THRESHOLD = 0.7


def tell(tables: Tables, fact: Fact) -> None:
    said = fact.said
    match fact.name:
        case "ClinicRegistered":
            tables.set(
                "clinics",
                fact.tenant,
                said["clinic_id"],
                name=said["name"],
                zone=said["zone"],
                locale=said["locale"],
                low_confidence_threshold=said.get("low_confidence_threshold", _USUAL_THRESHOLD),
            )
        case "ClinicSettingsChanged":
            shown = ("zone", "locale", "low_confidence_threshold", "crisis_texts")
            changed = said_of(fact, *shown, "response_expectation")
            tables.set("clinics", fact.tenant, fact.uuid, **changed)
        case "TherapistRegistered" | "TherapistDetailsChanged":
            tables.set("people", fact.tenant, fact.uuid, "therapist", name=said.get("name"))
        case "ConsentGiven" | "TreatmentConsentGiven" | "SharingConsentGiven":
            tables.set("consents", fact.tenant, fact.uuid, **_allowed(fact))
        case "ConsentWithdrawn":
            withdrawn = fact.instant("withdrawn_at")
            tables.set("consents", fact.tenant, fact.uuid, withdrawn_at=withdrawn)
        case "SupervisionBegan":
            tables.set("supervisions", fact.tenant, fact.uuid, **supervision(fact))
        case "SupervisionEnded":
            tables.set("supervisions", fact.tenant, fact.uuid, ended_at=fact.instant("ended_at"))
        case _:
            _staff(tables, fact)
            _of_patients(tables, fact)


def _staff(tables: Tables, fact: Fact) -> None:
    match fact.name:
        case "StaffLeft" | "StaffReturned":
            tables.set("departures", fact.tenant, fact.uuid, **departure(fact))
        case "RecordsWindowSet":
            tables.set("records_windows", fact.tenant, fact.uuid, days=fact.said["days"])


def _of_patients(tables: Tables, fact: Fact) -> None:
    if (lives := _lives(fact)) is not None:
        tables.set("people", fact.tenant, fact.uuid, "patient", **lives)
    if (treated := relationship(fact)) is not None:
        tables.set("relationships", fact.tenant, fact.uuid, **treated)


def _lives(fact: Fact) -> dict[str, Any] | None:
    changed: dict[str, Any] | None = None
    match fact.name:
        case "PatientRegistered":
            said = fact.said
            changed = {"name": said.get("name"), "zone": said["zone"], "locale": said.get("locale")}
        case "PatientDetailsChanged" | "PatientZoneChanged":
            changed = said_of(fact, "name", "zone", "locale")
        case "PatientDischarged":
            changed = {"discharged_at": fact.instant("discharged_at")}
        case "PatientReadmitted":
            changed = {"discharged_at": None}
        case "PatientDied":
            changed = {"died_on": date.fromisoformat(fact.said["died_on"])}
        case "PatientDeathCorrected":
            changed = {"died_on": None}
    return changed


_SCOPES = {"TreatmentConsentGiven": "treatment", "SharingConsentGiven": "sharing"}
_IN_WORDS = {
    "ConsentGiven": (),
    "TreatmentConsentGiven": ("text_version", "attested"),
    "SharingConsentGiven": (
        *("text_version", "attested"),
        *("shared_with", "relation", "what_for", "until"),
    ),
}


def _allowed(fact: Fact) -> dict[str, Any]:
    """As last given: analytics has a purpose, the others a text that was shown."""
    said = fact.said
    purpose = {"purpose": said["purpose"]} if "purpose" in said else {}
    return {
        "patient_id": said["patient_id"],
        "scope": _SCOPES.get(fact.name) or said["scope"],
        "given_by": said["given_by"],
        "given_at": fact.instant("given_at"),
        "withdrawn_at": None,
        **purpose,
        **{name: said.get(name) for name in _IN_WORDS[fact.name]},
    }
