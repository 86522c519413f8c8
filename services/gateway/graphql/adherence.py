"""How much of what was asked for was done, whether in time, and how well: three numbers, never one.

    quantity    done, wholly or as its share / windows that have closed and were not withdrawn
    timeliness  done within the window / done
    quality     the mean of ratings 0-4 per rater; nobody rates it yet

Without a denominator there is no number, but the reason: nothing offered is not everything done.
"""

from typing import Any

Json = dict[str, Any]


def adherence(counted: Json) -> Json:
    """Of one assignment, as the statement in `queries/progress.py` has counted."""
    open_or_none = "not_yet" if counted["scheduled"] else "not_scheduled"
    return {
        "assignment_id": counted["id"],
        "title": counted["title"],
        "status": counted["status"],
        "closed_at": counted["closed_at"],
        "quantity": share(counted["done"], counted["closed"], open_or_none),
        "timeliness": share(counted["in_time"], counted["completed"], "nothing_completed"),
        "quality": share(0, 0, "unrated"),
    }


def share(part: float, whole: int, otherwise: str) -> Json:
    if whole == 0:
        return {"of": 0, "reason": otherwise}
    return {"value": part / whole, "of": whole}
