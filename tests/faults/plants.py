"""Which planted bug is looked for in which process, under which fault, and as what it is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.faults.campaign import Worlds
from tests.faults.running import Past, Result, run
from tests.faults.table import FAULTS
from tests.faults.world import world

WITHIN = 5
"""Runs in which each must be found."""

_PATIENCE = 20.0
"""Seconds: what a bug has lost does not come, however long one waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """`found_as` are the classes of anomalies that speak of it; another one is no find."""

    members: tuple[str, ...]
    fault: str
    found_as: frozenset[str]
    operations: tuple[str, ...] = ()
    """What the load asks for, where most requests would not show it."""


_REVIEWING = ("openReview", "givePraise", "recordWorkDone")
"""What brings no id of its own, so that nothing but the key tells a repeat."""

_COMPLETING = ("openReview", "recordWorkDone", "completeReview")
"""What can be done once, and is refused afterwards, unless it is the same request."""


def _plant(member: str, fault: str, *found_as: str, operations: tuple[str, ...] = ()) -> Plant:
    return Plant(
        members=(member,), fault=fault, found_as=frozenset(found_as), operations=operations
    )


PLANTS: Mapping[str, Plant] = {
    "answer-before-commit": _plant("assignment-api", "kill-assignment-api", "lost"),
    "key-outside-the-transaction": _plant(
        "review-api", "die-after-commit-before-answer", "done-twice", operations=_REVIEWING
    ),
    "no-idempotency": _plant(
        "review-api", "kill-review-api", "done-twice", "answers-differ", operations=_REVIEWING
    ),
    "version-not-checked": _plant("assignment-api", "kill-gateway", "conflict-missed"),
    "lost-answer-asked-again": _plant(
        "assignment-api", "kill-gateway", "done-twice", "chain-broken"
    ),
    "rejected-from-a-stale-cache": _plant(
        "review-api", "kill-gateway", "answers-differ", operations=_COMPLETING
    ),
    "outage-is-a-crash": _plant("assignment-api", "postgres-killed", "server-error"),
    # A Kafka that is back within ten seconds still gets what waits in the client.
    "outbox-emptied-before-the-ack": _plant(
        "assignment-relay", "kafka-absent-a-minute", "unpublished"
    ),
    "acknowledgements-not-awaited": _plant("assignment-relay", "kafka-killed-once", "unpublished"),
    "read-by-cursor": _plant("assignment-relay", "kill-relays", "unpublished"),
    "relays-share-the-work": _plant(
        "assignment-relay", "two-relays", "out-of-order", operations=("rateReadiness",)
    ),
    "keyed-by-the-event": _plant("assignment-relay", "kill-gateway", "scattered"),
    "written-again-by-hand": _plant("assignment-relay", "kill-gateway", "envelope-differs"),
    "place-kept-before-applying": _plant(
        "gateway-projector",
        "die-after-apply-before-commit",
        "model-differs",
        "applied-differs",
        "wrongly-parked",
    ),
    "nothing-is-a-repeat": _plant(
        "gateway-projector", "readers-rewound", "seen-twice", "model-differs", "applied-differs"
    ),
    "poison-skipped": _plant("gateway-projector", "kill-gateway", "model-differs"),
    "strangers-believed": _plant("gateway-projector", "poison", "model-differs", "applied-differs"),
    "reaction-forgotten": _plant(
        "diary-follow",
        "kill-gateway",
        "reaction-missing",
        operations=_COMPLETING,
    ),
    "says-what-was-written": _plant("assignment-api", "kill-gateway", "leak"),
    "withdrawals-unheard": _plant("gateway-analytics", "kill-gateway", "not-forgotten"),
    "consented-once-and-for-all": _plant(
        "gateway-analytics", "kill-gateway", "not-consented", "said-after-forgetting"
    ),
    "passes-as-it-is": _plant("gateway-analytics", "kill-analytics", "leak"),
    "always-ready": _plant("assignment-api", "postgres-stopped-briefly", "false-ready"),
}


def looked_for(
    bug: str, seed: str, worlds: Worlds, say: Callable[[str], None] = lambda _: None
) -> list[Result]:
    """The runs until it was found, `WITHIN` of them at the most."""
    plant = PLANTS[bug]
    results: list[Result] = []
    worlds.leave()
    with world(worlds.ground, dict.fromkeys(plant.members, bug)) as bad:
        past = Past()
        for number in range(WITHIN):
            say(f"planted: {bug}, run {number + 1}")
            fault = FAULTS[plant.fault]
            if plant.operations:
                fault = replace(fault, operations=plant.operations)
            results.append(run(bad, fault, f"{seed}-{number}", past, patience=_PATIENCE))
            if found(bug, results[-1]):
                break
    return results


def found(bug: str, result: Result) -> bool:
    return bool(PLANTS[bug].found_as & result.anomalies.keys())
