"""The source's story, as the diary tells it: Monday, eleven o'clock, Larry and the films.

One realistic instance of every fact and request; tests and the contracts in openapi/ are made
from these.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.access.confirming import ErasureConfirmed
from libs.eventstore.telling import Actor, Told
from libs.vocabulary.experience import Feeling
from libs.vocabulary.rating import Rating, Scale, as_told
from libs.vocabulary.removal import removed
from services.diary.domain.entry import (
    AssignmentId,
    DiaryEntryRecorded,
    EntryId,
    EntryShared,
    EntrySharingWithdrawn,
    PatientId,
)
from services.diary.domain.experienced import Experienced
from services.diary.domain.notebook import HomeworkFiled, ReviewId, SessionId
from services.diary.worksheets.interpersonal_practice import (
    ContactRef,
    InterpersonalPractice,
    OtherParty,
)

PATIENT = PatientId(UUID("00000000-0000-7000-8000-0000000000b1"))
ASSIGNMENT = AssignmentId(UUID("00000000-0000-7000-8000-0000000000f1"))
ENTRY = EntryId(UUID("00000000-0000-7000-8000-000000000111"))
LARRY = ContactRef(UUID("00000000-0000-7000-8000-000000000131"))
REVIEW = ReviewId(UUID("00000000-0000-5000-8000-000000000121"))
NEXT_SESSION = SessionId(UUID("00000000-0000-7000-8000-0000000000e2"))

_TEN = Scale(min=0, max=10)

TALKING_TO_LARRY = InterpersonalPractice(
    other_party=OtherParty(label="Larry", contact_ref=LARRY),
    setting="At the desks by the window",
    planned_opening="Hey! How's it going?",
    what_i_said="I asked how it was going and told him I watched a really good film.",
    what_they_did="He had not seen it, and asked where he could.",
    feelings=(Feeling(name="anxious", intensity=Rating(value=4, scale=_TEN)),),
    predicted_response="That it was a stupid film to talk about.",
    actual_response="He was curious and told me about one that he liked.",
    as_predicted="no",
    skill_used="Starting a conversation",
    comfort=Rating(value=5, scale=_TEN),
    difficulty=Rating(value=6, scale=_TEN),
)

_AFTERWARDS = datetime(2026, 3, 2, 11, 25, tzinfo=UTC)
_WRITTEN = Told(
    by=Actor(person_id=PATIENT, role="patient"), happened_at=_AFTERWARDS, now=_AFTERWARDS
)

FACTS: Sequence[object] = (
    DiaryEntryRecorded(
        entry_id=ENTRY,
        patient_id=PATIENT,
        worksheet="interpersonal_practice",
        definition_version="1.0",
        assignment_id=ASSIGNMENT,
        experienced_at=Experienced(
            start=datetime(2026, 3, 2, 11, 0, tzinfo=UTC),
            end=datetime(2026, 3, 2, 11, 10, tzinfo=UTC),
        ),
        zone="Europe/London",
        recording_mode="in_the_moment",
        time_uncertain=False,
        source="patient",
        visibility="shared",
        location="At work",
        with_whom="colleague",
        notes="I was less nervous once we talked.",
        locale="en-GB",
        client_seq=17,
        device_id=None,
        answers=as_told(TALKING_TO_LARRY, _WRITTEN),
    ),
    EntrySharingWithdrawn(withdrawn_at=datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
    EntryShared(shared_at=datetime(2026, 3, 4, 19, 30, tzinfo=UTC)),
    HomeworkFiled(
        patient_id=PATIENT,
        assignment_id=ASSIGNMENT,
        review_id=REVIEW,
        session_id=NEXT_SESSION,
        filed_at=datetime(2026, 3, 5, 16, 20, tzinfo=UTC),
    ),
    ErasureConfirmed(
        patient_id=PATIENT,
        removed=tuple(removed({"answers": 0, "known_people": 1, "known_sessions": 2})),
        confirmed_at=datetime(2036, 8, 2, 10, 0, 3, tzinfo=UTC),
    ),
)

_OUT_OF_TEN = {"min": 0, "max": 10}

REQUESTS: Mapping[str, dict[str, Any]] = {
    "shareEntry": {},
    "withdrawEntrySharing": {},
    "recordEntry": {
        "id": str(ENTRY),
        "patient_id": str(PATIENT),
        "worksheet": "interpersonal_practice",
        "definition_version": "1.0",
        "assignment_id": str(ASSIGNMENT),
        "experienced_at": {"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T11:10:00Z"},
        "zone": "Europe/London",
        "occurred_at": "2026-03-02T11:25:00Z",
        "location": "At work",
        "with_whom": "colleague",
        "notes": "I was less nervous once we talked.",
        "locale": "en-GB",
        "client_seq": 17,
        "answers": {
            "other_party": {"label": "Larry", "contact_ref": str(LARRY)},
            "setting": "At the desks by the window",
            "planned_opening": "Hey! How's it going?",
            "what_i_said": "I asked how it was going and told him I watched a really good film.",
            "what_they_did": "He had not seen it, and asked where he could.",
            "feelings": [{"name": "anxious", "intensity": {"value": 4, "scale": _OUT_OF_TEN}}],
            "predicted_response": "That it was a stupid film to talk about.",
            "actual_response": "He was curious and told me about one that he liked.",
            "as_predicted": "no",
            "skill_used": "Starting a conversation",
            "comfort": {"value": 5, "scale": _OUT_OF_TEN},
            "difficulty": {"value": 6, "scale": _OUT_OF_TEN},
        },
    },
}
