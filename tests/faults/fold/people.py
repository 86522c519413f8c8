"""Who is who in a clinic, and who treats whom."""

from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.followers import departure, supervision
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
        case "TherapistRegistered":
            tables.set("people", fact.tenant, fact.uuid, "therapist", name=said.get("name"))
        case "PatientRegistered":
            tables.set(
                "people",
                fact.tenant,
                fact.uuid,
                "patient",
                name=said.get("name"),
                zone=said["zone"],
                locale=said.get("locale"),
            )
        case "CareRelationshipBegan":
            tables.set(
                "relationships",
                fact.tenant,
                fact.uuid,
                patient_id=said["patient_id"],
                therapist_id=said["therapist_id"],
                began_at=fact.instant("began_at"),
            )
        case "ConsentGiven" | "TreatmentConsentGiven" | "SharingConsentGiven":
            tables.set("consents", fact.tenant, fact.uuid, **_allowed(fact))
        case "ConsentWithdrawn":
            withdrawn = fact.instant("withdrawn_at")
            tables.set("consents", fact.tenant, fact.uuid, withdrawn_at=withdrawn)
        case "SupervisionBegan":
            tables.set("supervisions", fact.tenant, fact.uuid, **supervision(fact))
        case "SupervisionEnded":
            tables.set("supervisions", fact.tenant, fact.uuid, ended_at=fact.instant("ended_at"))
        case "CareRelationshipEnded":
            tables.set("relationships", fact.tenant, fact.uuid, ended_at=fact.instant("ended_at"))
        case _:
            _staff(tables, fact)


def _staff(tables: Tables, fact: Fact) -> None:
    match fact.name:
        case "StaffLeft" | "StaffReturned":
            tables.set("departures", fact.tenant, fact.uuid, **departure(fact))
        case "RecordsWindowSet":
            tables.set("records_windows", fact.tenant, fact.uuid, days=fact.said["days"])


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
