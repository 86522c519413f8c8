"""Plays the story once. Told again, it finds every act already told and changes nothing."""

from collections.abc import Callable, Mapping
from datetime import date

from deploy.local.people import CLINIC
from deploy.local.story.beginnings import people_and_sessions
from deploy.local.story.calendar import Calendar
from deploy.local.story.cast import OTHER_THERAPIST, PATIENT, THERAPIST
from deploy.local.story.monday import monday
from deploy.local.story.session_1 import session_1
from deploy.local.story.session_2 import session_2
from deploy.local.story.telling import Teller


def play(
    *,
    services: Mapping[str, str],
    tokens: Mapping[str, str],
    today: date,
    progress: Callable[[str], None],
) -> dict[str, str]:
    """`today` is the day of the first telling. Answers the ids of what was made, by name."""
    story = Teller(services=services, tokens=tokens, told=today.isoformat(), progress=progress)
    days = Calendar(today)
    with story.http:
        ids = people_and_sessions(story, days)
        ids |= session_1(story, days, ids)
        ids |= monday(story, days, ids)
        ids |= session_2(story, days, ids)
    return ids | {
        "clinic": str(CLINIC),
        "therapist": THERAPIST,
        "other_therapist": OTHER_THERAPIST,
        "patient": PATIENT,
    }
