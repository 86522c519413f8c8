"""The source's story, as this service tells it: four people, Larry first, the films.

One realistic body of every request; `FACTS` has one instance of every fact, made by playing these
requests through the deciders, so that the examples are what really happens. Tests and the
contracts in openapi/ are made from these.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from libs.access.confirming import ErasureConfirmed
from libs.vocabulary.removal import removed
from services.assignment.domain.due import NEXT_SESSION
from services.assignment.domain.groupwork import GroupAssignmentIssued, GroupId
from services.assignment.domain.schedule import id_of
from services.assignment.domain.terms import AssignmentId, GroupAssignmentId, TherapistId
from services.assignment.examples_of_life import REQUESTS as LATER
from services.assignment.played import facts_of
from services.assignment.played_templates import TEMPLATES, facts_about_templates

Json = dict[str, Any]


def _id(last: int) -> str:
    return f"00000000-0000-7000-8000-{last:012x}"


PATIENT = _id(0xB1)
FIRST, SECOND, THIRD = _id(0xF1), _id(0xF2), _id(0xF7)
SESSION_1, SESSION_2, SESSION_3 = _id(0xE1), _id(0xE2), _id(0xE3)
GOAL = _id(0x91)
GROUP, GROUP_ASSIGNMENT = _id(0xE3), _id(0xF3)
LARRY, PRIYA, TOM = _id(0x131), _id(0x132), _id(0x133)
"""References to people; who they are is sealed."""
FILMS, WEEKEND = _id(0x201), _id(0x202)
OBSTACLE, RATING, SECOND_RATING = _id(0x211), _id(0x212), _id(0x213)
INTERPERSONAL_SKILLS = "01990000-0000-7000-8000-0000007e0009"
"""A built-in template."""
TO_LARRY, TO_PRIYA, TO_TOM = _id(0x221), _id(0x222), _id(0x223)


def _evening(day: int) -> str:
    """Of the third homework: every evening at eight."""
    return str(id_of(AssignmentId(UUID(THIRD)), 1, date(2026, 3, day), "20:00"))


def _of_ten(value: int) -> Json:
    return {"value": value, "scale": {"min": 0, "max": 10}}


_TITLE = "Conversations with 4 people about what I did over the weekend"
_FOR_ALL = "Ask somebody whom you do not know for the time"
_CUE = {
    "day_of_week": "monday",
    "local_time": "11:00",
    "approx": True,
    "place": "At my desk",
    "after_activity": "Just finished checking my email",
}
_PLAN: Json = {
    "site": {"kind": "work", "label": "The office"},
    "timing": {
        "rule": "scheduled",
        "zone": "Europe/London",
        "on_date": "2026-03-02",
        "time_of_day": ["11:00"],
        "cue": _CUE,
    },
    "frequency": {"count": 1, "per": "between_sessions"},
    "duration_min": 10,
    "obstacles": [],
    "target": {
        "count": 1,
        "unit": "conversation",
        "contacts": [{"contact_ref": LARRY, "label": "Larry"}],
    },
}

REQUESTS: Mapping[str, Json] = {
    **TEMPLATES,
    "setGoal": {
        "id": GOAL,
        "patient_id": PATIENT,
        "statement": "I want to have decent relationships with the people around me.",
    },
    "createAssignment": {
        "id": FIRST,
        "patient_id": PATIENT,
        "title": _TITLE,
        "template_ref": {"id": INTERPERSONAL_SKILLS, "version": 1},
        "category": "behavioral_intervention",
        "technique": "interpersonal_skills",
        "modality_tags": ["experiment", "role_play"],
        "target_cognition": {
            "text": "If I start a conversation, people will not want to talk.",
            "belief": {"value": 70, "scale": {"min": 0, "max": 100}},
        },
        "created_in_session_id": SESSION_1,
        "due": {"kind": "next_session"},
    },
    "offerOptions": {
        "options": [
            {"id": FILMS, "label": "Speaking to Larry about the films"},
            {"id": WEEKEND, "label": "Asking Priya about her weekend"},
        ]
    },
    "chooseOption": {"option_id": FILMS},
    "addComponent": {
        "id": TO_LARRY,
        "label": "Talk to Larry",
        "contact": {"contact_ref": LARRY, "label": "Larry"},
        "topic": "The films",
    },
    "chooseFirstComponent": {"component_id": TO_LARRY},
    "giveRationale": {
        "id": _id(0x231),
        "text": "Starting small conversations is where decent relationships begin.",
        "goal_ids": [GOAL],
        "expected_learning": "Whether people answer when you start.",
    },
    "offerPractice": {"id": _id(0x241), "response": "accepted"},
    "requestPractice": {"id": _id(0x242)},
    "recordPractice": {
        "id": _id(0x243),
        "mode": "guided_imagery",
        "session_id": SESSION_1,
        "duration_min": 12,
        "imagery_anchor": {
            "day_of_week": "monday",
            "time": "11:00",
            "place": "At my desk",
            "preceding_activity": "Just finished checking my email",
        },
        "steps_rehearsed": [
            {"n": 1, "who": "patient", "text": "I see where Larry is. Hey! How's it going?"},
            {"n": 2, "who": "patient", "text": "I watched a really good film. Have you seen it?"},
        ],
        "outcome": "ready",
    },
    "conceptualiseSituation": {
        "id": _id(0x251),
        "situation": "Larry has not yet answered.",
        "thoughts": ["It's hard to predict how he'll respond.", "I picked a stupid film."],
        "feelings": [{"name": "A bit anxious"}],
        "urge_or_behaviour": "I might just stop talking.",
    },
    "recordExperience": {
        "id": _id(0x252),
        "phase": "in_session_practice",
        "experience": {
            "thoughts": ["It might make things easier."],
            "feelings": [{"name": "Anxious", "intensity": _of_ten(4)}],
        },
    },
    "statePrediction": {
        "id": _id(0x253),
        "prediction": "He won't like the film I picked.",
        "observable_sign": "He looks away and changes the subject.",
        "likelihood": {"value": 60, "scale": {"min": 0, "max": 100}},
    },
    "reportObstacle": {
        "id": OBSTACLE,
        "phase": "anticipated",
        "category": "relationships",
        "kind": "practical",
        "text": "Larry may be busy when I come over.",
    },
    "planObstacleResponse": {
        "id": _id(0x254),
        "obstacle_id": OBSTACLE,
        "if_text": "If Larry is busy",
        "then_text": "I ask him when he has his break.",
    },
    "specifyPlan": _PLAN,
    "issueSummary": {},
    "viewSummary": {"summary_version": 1},
    "setDue": {"rule": {"kind": "session", "session_id": SESSION_2, "offset_min": -60}},
    "checkUnderstanding": {
        "id": _id(0x261),
        "patient_words": "It's a good starting point.",
        "fits": "yes",
        "change_beliefs": [
            {
                "if_text": "I can't start a conversation",
                "then_text": "I'll never have a decent relationship with anyone",
            }
        ],
    },
    "rateReadiness": {
        "id": RATING,
        "readiness": {
            "value": 7,
            "scale": {
                "min": 0,
                "max": 10,
                "low_label": "Not ready at all",
                "high_label": "I could start right now",
            },
        },
        "confidence": _of_ten(6),
        "importance": _of_ten(9),
        "why_not_lower": "I have spoken to Larry before.",
        "what_would_raise": "Knowing what to say first.",
    },
    "rateTask": {"id": _id(0x262), "utility": _of_ten(8), "difficulty": _of_ten(6)},
    "stateCommitment": {
        "id": _id(0x263),
        "willing": True,
        "statement": "It was difficult, but this is important for my goals.",
    },
    "proposeAssignment": {},
    "agreeAssignment": {"attested": True},
    "activateAssignment": {},
    "completeHomework": {
        "id": _id(0x271),
        "quantity": 100,
        "experienced_at": {"start": "2026-03-02T11:05:00Z", "end": "2026-03-02T11:15:00Z"},
        "note": "Larry was on the phone at first; then we talked.",
    },
    "startOccurrence": {"occurrence_id": _evening(5)},
    "completeOccurrence": {
        "occurrence_id": _evening(5),
        "experienced_at": {"start": "2026-03-05T20:10:00Z", "end": "2026-03-05T20:20:00Z"},
        "contact": {"contact_ref": PRIYA, "label": "Priya"},
    },
    "completeOccurrencePartially": {
        "occurrence_id": _evening(6),
        "quantity": 50,
        "note": "I wrote down the thought, not what speaks against it.",
    },
    "abandonOccurrence": {"occurrence_id": _evening(7), "note": "The film club began."},
    "declineOccurrence": {"occurrence_id": _evening(8), "note": "Not on Sunday."},
    "giveHomework": {
        "id": SECOND,
        "patient_id": PATIENT,
        "title": "Conversations with the other three people",
        "category": "behavioral_intervention",
        "technique": "interpersonal_skills",
        "created_in_session_id": SESSION_2,
        "continues_from": FIRST,
        "rationale": {
            "id": _id(0x283),
            "text": "What worked with Larry may work with others.",
            "goal_ids": [GOAL],
        },
        "components": [
            {
                "id": TO_PRIYA,
                "label": "Talk to Priya",
                "contact": {"contact_ref": PRIYA, "label": "Priya"},
            },
            {
                "id": TO_TOM,
                "label": "Talk to Tom",
                "contact": {"contact_ref": TOM, "label": "Tom"},
            },
        ],
        "plan": {
            "site": {"kind": "work", "label": "The office"},
            "timing": {"rule": "n_times", "zone": "Europe/London"},
            "frequency": {"count": 3, "per": "between_sessions"},
            "duration_min": 10,
        },
        "ratings": {"id": SECOND_RATING, "confidence": _of_ten(4), "importance": _of_ten(8)},
    },
    "gradeComponents": {
        "id": _id(0x281),
        "because_rating_id": SECOND_RATING,
        "components": [
            {"component_id": TO_TOM, "difficulty": _of_ten(3)},
            {"component_id": TO_PRIYA, "difficulty": _of_ten(5)},
        ],
    },
    "assignToGroup": {
        "id": GROUP_ASSIGNMENT,
        "group_id": GROUP,
        "title": _FOR_ALL,
        "category": "behavioral_intervention",
        "technique": "exposure",
    },
    "adjustAssignment": {
        "id": _id(0x282),
        "reason": "overwhelming",
        "because_rating_id": SECOND_RATING,
        "what": "Two conversations are enough for now.",
        "frequency": {"count": 2, "per": "between_sessions"},
    },
    **LATER,
}

FACTS: Sequence[object] = (
    *facts_of(REQUESTS),
    GroupAssignmentIssued(
        group_assignment_id=GroupAssignmentId(UUID(GROUP_ASSIGNMENT)),
        group_id=GroupId(UUID(GROUP)),
        therapist_id=TherapistId(UUID(_id(0xA1))),
        title=_FOR_ALL,
        category="behavioral_intervention",
        technique="exposure",
        due=NEXT_SESSION,
        issued_at=datetime(2026, 3, 5, 18, 0, tzinfo=UTC),
    ),
    *facts_about_templates(),
    ErasureConfirmed(
        patient_id=UUID(PATIENT),
        removed=tuple(removed({"answers": 0, "known_homework": 4, "known_people": 1})),
        confirmed_at=datetime(2036, 8, 2, 10, 0, 3, tzinfo=UTC),
    ),
)
