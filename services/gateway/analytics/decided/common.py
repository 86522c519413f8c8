"""What facts of several services have in common, and why it passes or does not."""

from collections.abc import Mapping

from services.gateway.analytics.passing import (
    Codes,
    Day,
    Fields,
    LeftOut,
    Number,
    Pseudonym,
    Rule,
    Truth,
    Within,
    codes,
)

IN_THE_KEY = LeftOut("the record's key stands for the patient")
THIRD_PARTY = LeftOut("somebody else, who was not asked")
WRITTEN = LeftOut("what somebody wrote")
TOLD_BY_DAYS = LeftOut("`days_since_start` says when")
PLACE_ON_EARTH = LeftOut("a zone says where somebody lives")
CLOCK_TIME = LeftOut("hours and weekdays of one person make a pattern that is only theirs")
ITEM = LeftOut("item by item, answers are as good as a name")
ONLY_ITS_OWN = LeftOut("an id that nothing else refers to")

NUMBER, TRUTH, PSEUDONYM = Number(), Truth(), Pseudonym()

PARTY = codes("patient", "therapist")

RATING = Within(
    {
        "value": NUMBER,
        "scale": Within(
            {"min": NUMBER, "max": NUMBER, "low_label": WRITTEN, "high_label": WRITTEN}
        ),
        "rater_role": codes("patient", "therapist", "observer", "proxy"),
        "rated_at": TOLD_BY_DAYS,
        "phase": codes(
            "before_practice",
            "in_session_practice",
            "planning",
            "before_homework",
            "during_homework",
            "after_homework",
            "at_review",
        ),
    }
)

EXPERIENCED = Within({"start": Day("day"), "end": TOLD_BY_DAYS}, name="experienced")
"""When it was done, in the world: the day is enough."""

PROCEDURE: Codes = codes(
    "behavioral_activation",
    "client_therapist_collaboration",
    "cognitive_restructuring",
    "collaborative_empiricism",
    "committed_action",
    "experiment",
    "role_play",
    "socratic_questioning",
)

WORKSHEET: Codes = codes("interpersonal_practice", otherwise="other")

_OBSTACLE: Mapping[str, Rule | LeftOut] = {
    "category": codes(
        "environment",
        "relationships",
        "time",
        "forgetting",
        "materials",
        "symptoms",
        "motivation",
        "difficulty",
        "understanding",
        "other",
    ),
    "text": WRITTEN,
    "phase": codes("anticipated", "unanticipated"),
    "kind": codes("practical", "internal"),
    "likelihood": RATING,
    "planned_response": WRITTEN,
    "resolved": TRUTH,
}

OBSTACLE = Within({"id": PSEUDONYM, **_OBSTACLE})


def obstacle_told_by(who: str, when: str) -> Fields:
    """A fact that is one obstacle, with who told it."""
    return {
        "obstacle_id": PSEUDONYM,
        **_OBSTACLE,
        "occurrence_id": PSEUDONYM,
        "session_id": PSEUDONYM,
        who: PARTY,
        when: TOLD_BY_DAYS,
    }


ERASING = "whoever wants to be erased is not to be studied for it"
