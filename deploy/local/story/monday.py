"""Monday, eleven o'clock: Larry was on the phone at first; then they talked."""

from deploy.local.story.calendar import Calendar, after
from deploy.local.story.cast import PATIENT, out_of_ten
from deploy.local.story.telling import Teller


def monday(story: Teller, days: Calendar, ids: dict[str, str]) -> dict[str, str]:
    """Larry was on the phone at first; then they talked."""
    entry = story.tell(
        "patient",
        "diary/v1/entries",
        {
            "id": story.id_of("entry"),
            "patient_id": PATIENT,
            "worksheet": "interpersonal_practice",
            "definition_version": "1.0",
            "assignment_id": ids["larry"],
            "experienced_at": {
                "start": after(days.monday, 5).isoformat(),
                "end": after(days.monday, 15).isoformat(),
            },
            "with_whom": "colleague",
            "locale": "en-GB",
            "answers": {
                "other_party": {"label": "Larry", "contact_ref": story.id_of("contact Larry")},
                "setting": "At his desk",
                "planned_opening": "Hey! How's it going?",
                "what_i_said": "I told him I watched a really good film and asked if he'd seen it.",
                "what_they_did": "He had not, and asked where he could.",
                "feelings": [{"name": "anxious", "intensity": out_of_ten(3)}],
                "predicted_response": "That I picked a stupid film.",
                "actual_response": "He was curious.",
                "as_predicted": "no",
                "comfort": out_of_ten(5),
                "difficulty": out_of_ten(5),
            },
        },
        at=after(days.monday, 25),
    )
    here = f"assignment/v1/assignments/{ids['larry']}"
    story.tell(
        "patient",
        f"{here}/obstacles",
        {
            "id": story.id_of("unanticipated obstacle"),
            "phase": "unanticipated",
            "category": "environment",
            "kind": "practical",
            "text": "Larry was on the phone at first.",
        },
        at=after(days.monday, 26),
    )
    story.tell(
        "patient",
        f"{here}/completions",
        {
            "id": story.id_of("completion"),
            "quantity": 100,
            "experienced_at": {
                "start": after(days.monday, 5).isoformat(),
                "end": after(days.monday, 15).isoformat(),
            },
        },
        at=after(days.monday, 27),
    )
    return {"entry": entry}
