"""Looks at everything there is to see after a run, and says which promises were broken, and where.

Each module looks after a few of the invariants and never stops at what it finds first. None of
them asks the system itself: what is compared is what clients were told, what the stores hold, what
lies on the topics and what the read models say, with a fold of our own between them.
"""

from tests.faults.checking import (
    analytics,
    applied,
    commands,
    models,
    privacy,
    publishing,
    reactions,
    serving,
    streams,
)
from tests.faults.checking.anomaly import CLASSES, Anomaly, capped
from tests.faults.observed import Observed

__all__ = ["CLASSES", "Anomaly", "check"]

_LOOKED_AT = (
    commands,
    streams,
    publishing,
    models,
    applied,
    serving,
    privacy,
    reactions,
    analytics,
)


def check(observed: Observed) -> list[Anomaly]:
    """Nothing found is an empty list. At most twenty of each class, then how many more."""
    return capped(each for module in _LOOKED_AT for each in module.anomalies(observed))
