"""What passes of a plan: how much, how often, what kind of place; never which hour or whom."""

from services.gateway.analytics.decided.common import (
    CLOCK_TIME,
    NUMBER,
    OBSTACLE,
    PLACE_ON_EARTH,
    THIRD_PARTY,
    TRUTH,
    WRITTEN,
)
from services.gateway.analytics.passing import Day, Each, Fields, Within, codes

TRAVEL = codes("follow_patient", "fixed_zone")
FREQUENCY = Within({"count": NUMBER, "per": codes("day", "week", "between_sessions")})

PLAN: Fields = {
    "plan_version": NUMBER,
    "site": Within({"kind": codes("home", "work", "public", "online", "other"), "label": WRITTEN}),
    "timing": Within(
        {
            "rule": codes("scheduled", "n_times", "as_it_happens", "all_day", "when_wanted"),
            "zone": PLACE_ON_EARTH,
            "travel": TRAVEL,
            "on_date": Day("on_day"),
            "on_days": CLOCK_TIME,
            "every_weeks": NUMBER,
            "time_of_day": CLOCK_TIME,
            "part_of_day": Each(codes("morning", "afternoon", "evening", "night")),
            "trigger": WRITTEN,
            "cue": CLOCK_TIME,
        }
    ),
    "frequency": FREQUENCY,
    "duration_min": NUMBER,
    "duration_max_min": NUMBER,
    "obstacles": Each(OBSTACLE),
    "target": Within(
        {
            "count": NUMBER,
            "unit": WRITTEN,
            "with_whom": WRITTEN,
            "distinct": TRUTH,
            "period": codes("day", "week", "weeks", "between_sessions"),
            "contacts": THIRD_PARTY,
        }
    ),
    "zone": PLACE_ON_EARTH,
    "travel": TRAVEL,
}
