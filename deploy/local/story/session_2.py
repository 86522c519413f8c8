"""Session 2: what was done is looked at and praised; the other three people come next."""

from typing import Any

from deploy.local.story.calendar import ZONE, Calendar, after
from deploy.local.story.cast import PATIENT, THREE_OTHERS, out_of_hundred, out_of_ten
from deploy.local.story.telling import Teller


def session_2(story: Teller, days: Calendar, ids: dict[str, str]) -> dict[str, str]:
    """What was done is looked at and praised; the other three people come next."""
    start = days.session_2
    story.tell("therapist", f"care/v1/sessions/{ids['session_2']}/starts", {}, at=start)
    review = _review(story, days, ids)
    given = story.tell(
        "therapist",
        "assignment/v1/homework",
        {
            "id": story.id_of("the other three"),
            "patient_id": PATIENT,
            "title": "Conversations with the other three people",
            "category": "behavioral_intervention",
            "technique": "interpersonal_skills",
            "continues_from": ids["larry"],
            "created_in_session_id": ids["session_2"],
            "rationale": {
                "text": "What worked with Larry may work with others.",
                "goal_ids": [ids["goal"]],
            },
            "plan": {
                "site": {"kind": "work", "label": "The office"},
                "timing": {"rule": "n_times", "zone": ZONE},
                "frequency": {"count": 3, "per": "between_sessions"},
                "duration_min": 10,
            },
            "components": [
                {
                    "id": story.id_of(f"second {person}"),
                    "label": f"Talk to {person}",
                    "contact": {
                        "label": person,
                        "contact_ref": story.id_of(f"contact {person}"),
                    },
                }
                for person in THREE_OTHERS
            ],
        },
        at=after(start, 30),
    )
    _grade(story, days, given)
    story.tell("therapist", f"care/v1/sessions/{ids['session_2']}/ends", {}, at=after(start, 50))
    return {"review": review, "three_others": given}


def _review(story: Teller, days: Calendar, ids: dict[str, str]) -> str:
    start = days.session_2
    review = story.tell(
        "therapist",
        "review/v1/reviews",
        {"assignment_id": ids["larry"], "session_id": ids["session_2"]},
        at=after(start, 3),
    )
    here = f"review/v1/reviews/{review}"
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        (
            "work-done",
            {
                "work_done": [
                    {
                        "entry_id": ids["entry"],
                        "when": {
                            "start": after(days.monday, 5).isoformat(),
                            "end": after(days.monday, 15).isoformat(),
                            "zone": ZONE,
                        },
                        "quantity": 100,
                        "source": "diary",
                    }
                ]
            },
        ),
        ("praises", {"text": "You went over although you could not know what he would say."}),
        (
            "skills",
            {
                "id": story.id_of("skill"),
                "label": "Starting a conversation",
                "evidence": "Opened with the film and kept going when he asked.",
            },
        ),
        (
            "beliefs",
            {
                "id": story.id_of("belief"),
                "about": "personal_value",
                "statement": "If the homework goes badly, I am bad with people.",
                "conviction_before": out_of_hundred(70),
                "conviction_after": out_of_hundred(40),
            },
        ),
        ("completions", {"decision": "continue"}),
    )
    for minutes, (act, body) in enumerate(acts, start=5):
        story.tell("therapist", f"{here}/{act}", body, at=after(start, minutes))
    return review


def _grade(story: Teller, days: Calendar, homework: str) -> None:
    """Confidence is 4 of 10, so the steps are put in order of difficulty."""
    start, here = days.session_2, f"assignment/v1/assignments/{homework}"
    rating = story.tell(
        "patient",
        f"{here}/readiness-ratings",
        {
            "id": story.id_of("second readiness"),
            "readiness": out_of_ten(6),
            "confidence": out_of_ten(4),
            "importance": out_of_ten(8),
        },
        at=after(start, 35),
    )
    story.tell(
        "therapist",
        f"{here}/gradings",
        {
            "because_rating_id": rating,
            "components": [
                {"component_id": story.id_of(f"second {person}"), "difficulty": out_of_ten(hard)}
                for person, hard in zip(THREE_OTHERS, (3, 5, 8), strict=True)
            ],
        },
        at=after(start, 40),
    )
