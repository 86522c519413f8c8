"""Session 1, its second half: what gets in the way, the plan, and that both agree."""

from deploy.local.story.calendar import ZONE, Calendar, after
from deploy.local.story.cast import out_of_ten
from deploy.local.story.telling import Teller


def plan(story: Teller, days: Calendar, homework: str) -> None:
    start, here = days.session_1, f"assignment/v1/assignments/{homework}"
    obstacle = story.tell(
        "patient",
        f"{here}/obstacles",
        {
            "id": story.id_of("anticipated obstacle"),
            "phase": "anticipated",
            "category": "relationships",
            "kind": "practical",
            "text": "Larry may be busy when I come over.",
        },
        at=after(start, 31),
    )
    story.tell(
        "patient",
        f"{here}/obstacle-responses",
        {
            "id": story.id_of("response"),
            "obstacle_id": obstacle,
            "if_text": "If Larry is busy",
            "then_text": "I ask him when he has his break.",
        },
        at=after(start, 32),
    )
    story.tell(
        "therapist",
        f"{here}/plans",
        {
            "site": {"kind": "work", "label": "The office"},
            "timing": {
                "rule": "scheduled",
                "zone": ZONE,
                "on_date": days.monday.date().isoformat(),
                "time_of_day": ["11:00"],
                "cue": {
                    "day_of_week": "monday",
                    "local_time": "11:00",
                    "approx": True,
                    "place": "At my desk",
                    "after_activity": "Just finished checking my email",
                },
            },
            "frequency": {"count": 1, "per": "between_sessions"},
            "duration_min": 10,
            "target": {
                "count": 1,
                "unit": "conversation",
                "contacts": [{"label": "Larry", "contact_ref": story.id_of("contact Larry")}],
            },
        },
        at=after(start, 35),
    )
    story.tell("therapist", f"{here}/dues", {"rule": {"kind": "next_session"}}, at=after(start, 36))


def agree(story: Teller, days: Calendar, homework: str) -> None:
    start, here = days.session_1, f"assignment/v1/assignments/{homework}"
    story.tell(
        "patient",
        f"{here}/understandings",
        {
            "id": story.id_of("understanding"),
            "patient_words": (
                "It's a good starting point. If I can't start a conversation"
                " I'll never have a decent relationship with anyone."
            ),
            "fits": "yes",
            "change_beliefs": [
                {
                    "if_text": "I can't start a conversation",
                    "then_text": "I'll never have a decent relationship with anyone",
                }
            ],
        },
        at=after(start, 38),
    )
    story.tell(
        "patient",
        f"{here}/readiness-ratings",
        {
            "id": story.id_of("readiness"),
            "readiness": out_of_ten(7),
            "confidence": out_of_ten(7),
            "importance": out_of_ten(9),
        },
        at=after(start, 40),
    )
    story.tell(
        "patient",
        f"{here}/task-ratings",
        {
            "id": story.id_of("task rating"),
            "difficulty": out_of_ten(6),
            "utility": out_of_ten(8),
        },
        at=after(start, 42),
    )
    story.tell(
        "patient",
        f"{here}/commitments",
        {
            "id": story.id_of("commitment"),
            "willing": True,
            "statement": (
                "It was difficult, but this is important for my goals, so I'm prepared to try it."
            ),
        },
        at=after(start, 43),
    )
    story.tell("therapist", f"{here}/proposals", {}, at=after(start, 44))
    story.tell("therapist", f"{here}/agreements", {}, at=after(start, 45))
    story.tell("patient", f"{here}/agreements", {}, at=after(start, 45))
    story.tell("therapist", f"{here}/activations", {}, at=after(start, 46))
