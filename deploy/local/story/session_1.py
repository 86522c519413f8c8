"""Session 1: a conversation with Larry about the films, chosen together and practised."""

from deploy.local.story.calendar import Calendar, after
from deploy.local.story.cast import PATIENT, THREE_OTHERS, out_of_hundred, out_of_ten
from deploy.local.story.plan import agree, plan
from deploy.local.story.telling import Teller


def session_1(story: Teller, days: Calendar, ids: dict[str, str]) -> dict[str, str]:
    """A conversation with Larry about the films: chosen, practised, planned, agreed."""
    start = days.session_1
    story.tell("therapist", f"care/v1/sessions/{ids['session_1']}/starts", {}, at=start)
    goal = story.tell(
        "therapist",
        "assignment/v1/goals",
        {
            "id": story.id_of("goal"),
            "patient_id": PATIENT,
            "statement": "I want to have decent relationships with the people around me.",
        },
        at=after(start, 5),
    )
    homework = story.tell(
        "therapist",
        "assignment/v1/assignments",
        {
            "id": story.id_of("larry"),
            "patient_id": PATIENT,
            "title": "Conversations with 4 people about what I did over the weekend",
            "category": "behavioral_intervention",
            "technique": "interpersonal_skills",
            "target_cognition": {
                "text": "If I start a conversation, people will not want to talk.",
                "belief": out_of_hundred(70),
            },
            "created_in_session_id": ids["session_1"],
        },
        at=after(start, 6),
    )
    _choose_together(story, days, homework, goal)
    _practise(story, days, homework, ids["session_1"])
    plan(story, days, homework)
    agree(story, days, homework)
    story.tell("therapist", f"care/v1/sessions/{ids['session_1']}/ends", {}, at=after(start, 51))
    return {"goal": goal, "larry": homework}


def _choose_together(story: Teller, days: Calendar, homework: str, goal: str) -> None:
    start, here = days.session_1, f"assignment/v1/assignments/{homework}"
    larry = story.id_of("option Larry")
    story.tell(
        "therapist",
        f"{here}/options",
        {
            "options": [
                {"id": larry, "label": "Speaking to Larry about the films"},
                *(
                    {"id": story.id_of(f"option {name}"), "label": f"Asking {name} about theirs"}
                    for name in THREE_OTHERS
                ),
            ]
        },
        at=after(start, 8),
    )
    for person, topic in (("Larry", "the films"), *((name, "weekend") for name in THREE_OTHERS)):
        story.tell(
            "therapist",
            f"{here}/components",
            {
                "id": story.id_of(f"component {person}"),
                "label": f"Talk to {person}",
                "contact": {"label": person, "contact_ref": story.id_of(f"contact {person}")},
                "topic": topic,
            },
            at=after(start, 9),
        )
    story.tell("patient", f"{here}/choices", {"option_id": larry}, at=after(start, 10))
    story.tell(
        "patient",
        f"{here}/first-components",
        {"component_id": story.id_of("component Larry")},
        at=after(start, 10),
    )
    story.tell(
        "therapist",
        f"{here}/rationales",
        {
            "id": story.id_of("rationale"),
            "text": "Starting small conversations is where decent relationships begin.",
            "goal_ids": [goal],
            "expected_learning": "Whether people answer when you start.",
        },
        at=after(start, 12),
    )


def _practise(story: Teller, days: Calendar, homework: str, session: str) -> None:
    start, here = days.session_1, f"assignment/v1/assignments/{homework}"
    story.tell(
        "therapist",
        f"{here}/practice-offers",
        {"id": story.id_of("practice offer"), "response": "accepted"},
        at=after(start, 13),
    )
    story.tell(
        "patient",
        f"{here}/practice-requests",
        {"id": story.id_of("practice request")},
        at=after(start, 14),
    )
    story.tell(
        "therapist",
        f"{here}/practices",
        {
            "id": story.id_of("practice"),
            "mode": "guided_imagery",
            "session_id": session,
            "duration_min": 12,
            "imagery_anchor": {
                "day_of_week": "monday",
                "time": "11:00",
                "place": "At my desk",
                "preceding_activity": "Just finished checking my email",
            },
            "steps_rehearsed": [
                {"n": 1, "who": "patient", "text": "I see where Larry is."},
                {"n": 2, "who": "patient", "text": "Hey! How's it going?"},
                {"n": 3, "who": "patient", "text": "I watched a really good film. Seen it?"},
                {"n": 4, "who": "other", "text": "I don't know what he would say."},
            ],
            "outcome": "ready",
        },
        at=after(start, 27),
    )
    story.tell(
        "therapist",
        f"{here}/situations",
        {
            "id": story.id_of("situation"),
            "situation": "About to ask Larry whether he has seen the film",
            "thoughts": [
                "It's hard to predict how he'll respond.",
                "I picked a stupid film to talk about.",
            ],
            "feelings": [{"name": "A bit anxious"}],
            "urge_or_behaviour": "I might just stop talking.",
        },
        at=after(start, 28),
    )
    story.tell(
        "therapist",
        f"{here}/experiences",
        {
            "id": story.id_of("experience"),
            "phase": "in_session_practice",
            "experience": {
                "thoughts": ["It might make things easier."],
                "feelings": [{"name": "anxious", "intensity": out_of_ten(4)}],
            },
        },
        at=after(start, 29),
    )
    story.tell(
        "patient",
        f"{here}/predictions",
        {
            "id": story.id_of("prediction"),
            "prediction": "He won't like the film I picked.",
            "observable_sign": "He looks away and changes the subject.",
            "likelihood": out_of_hundred(60),
        },
        at=after(start, 30),
    )
