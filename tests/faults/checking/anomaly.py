"""What can be wrong, each by its class, and the promise that it breaks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CLASSES: Mapping[str, str] = {
    "lost": "I1",
    "left-behind": "I2",
    "half-done": "I2",
    "done-twice": "I3",
    "answers-differ": "I3",
    "answer-not-true": "I3",
    "conflict-missed": "I3",
    "gap": "I4",
    "chain-broken": "I4",
    "head-differs": "I4",
    "time-went-back": "I4",
    "unpublished": "I5",
    "stranger": "I5",
    "repeat-differs": "I5",
    "envelope-differs": "I5",
    "out-of-order": "I6",
    "scattered": "I6",
    "model-differs": "I7",
    "applied-differs": "I7",
    "seen-twice": "I7",
    "wrongly-parked": "I7",
    "poison-skipped": "I7",
    "not-visible": "I8",
    "server-error": "I9",
    "not-ready-true": "I9",
    "false-ready": "I9",
    "leak": "I10",
    "reaction-twice": "I11",
    "reaction-missing": "I11",
    "uncaused": "I11",
    "not-consented": "I12",
    "not-forgotten": "I12",
    "said-after-forgetting": "I12",
    "underived": "I12",
    "derived-twice": "I12",
}
"""A class with its invariant, as the issue numbers them."""

MOST_OF_A_CLASS = 20


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`where` holds ids, numbers and codes only."""

    cls: str
    invariant: str
    where: str


def anomaly(cls: str, *where: object) -> Anomaly:
    return Anomaly(cls, CLASSES[cls], " ".join(map(str, where)))


def capped(anomalies: Iterable[Anomaly]) -> list[Anomaly]:
    """The first of each class, and how many more there are: one fault can have thousands."""
    found: Counter[str] = Counter()
    shown: list[Anomaly] = []
    for each in anomalies:
        found[each.cls] += 1
        if found[each.cls] <= MOST_OF_A_CLASS:
            shown.append(each)
    return [
        *shown,
        *(
            anomaly(cls, f"and {count - MOST_OF_A_CLASS} more")
            for cls, count in found.items()
            if count > MOST_OF_A_CLASS
        ),
    ]
