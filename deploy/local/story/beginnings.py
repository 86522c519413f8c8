"""Who works with whom, and when they meet."""

from deploy.local.people import CLINIC
from deploy.local.story.calendar import ZONE, Calendar, after, local
from deploy.local.story.cast import OTHER_THERAPIST, PATIENT, THERAPIST
from deploy.local.story.telling import Teller


def people_and_sessions(story: Teller, days: Calendar) -> dict[str, str]:
    story.tell(
        "operator",
        "care/v1/clinics",
        {"id": str(CLINIC), "name": "Riverside Psychology", "zone": ZONE, "locale": "en-GB"},
    )
    for person, name in ((THERAPIST, "Anna Keller"), (OTHER_THERAPIST, "Boris Lind")):
        story.tell("clinic_admin", "care/v1/therapists", {"id": person, "name": name})
    story.tell(
        "clinic_admin",
        "care/v1/patients",
        {"id": PATIENT, "name": "Masha Orlova", "zone": ZONE, "locale": "en-GB"},
    )
    story.tell(
        "clinic_admin",
        "care/v1/care-relationships",
        {
            "id": story.id_of("relationship"),
            "patient_id": PATIENT,
            "therapist_id": THERAPIST,
        },
        at=after(days.session_1, -3 * 60),
    )
    story.tell(
        "patient",
        "care/v1/consents",
        {"patient_id": PATIENT, "scope": "analytics", "purpose": "service_evaluation"},
        at=after(days.session_1, -3 * 60),
    )
    sessions = (days.session_1, days.session_2, days.session_3)
    return {
        f"session_{number}": story.tell(
            "therapist",
            "care/v1/sessions",
            {
                "id": story.id_of(f"session {number}"),
                "patient_id": PATIENT,
                "starts_at": local(starts_at),
                "duration_min": 50,
            },
        )
        for number, starts_at in enumerate(sessions, start=1)
    }
