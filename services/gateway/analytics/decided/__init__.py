"""The closed list: what of each kind of fact passes into the analytics stream, field by field.

A kind or field that is not here does not pass, and a test fails until somebody has decided. A fact
stands under its first version's name, with the fields of all of them.
"""

from collections.abc import Mapping

from services.gateway.analytics.decided import assignment, care, diary, review
from services.gateway.analytics.decided.common import ERASING
from services.gateway.analytics.passing import Decision, Stays

DECIDED: Mapping[str, Decision] = {
    **care.DECIDED,
    **assignment.DECIDED,
    **diary.DECIDED,
    **review.DECIDED,
    **{
        f"interlude.{service}.ErasureConfirmed.v1": Stays(ERASING)
        for service in ("assignment", "diary", "review")
    },
}


def published_as(kind: str) -> str:
    """`interlude.diary.HomeworkFiled.v1` → `interlude.analytics.diary.HomeworkFiled.v1`: two
    services may call a fact the same.
    """
    return kind.replace("interlude.", "interlude.analytics.", 1)
