"""`metrics.md`: every metric that a process exports, what it is in, who has it, when to worry.

Names, kinds, labels and words are read from the code; the rest is said here, and a metric that
nothing is said of fails the build.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

MEASURING = (
    "libs.eventstore.gauges",
    "libs.eventstore.measuring",
    "libs.eventstore.pool",
    "libs.messaging.relay",
    "libs.privacy.opening",
    "libs.web.limits",
    "libs.web.telemetry",
    "services.assignment.clock",
    "services.gateway.graphql.trusted",
)
"""The modules that declare metrics."""

_SERVING = ("api", "gateway-api")
_STORING = ("api", "follow", "clock")
_ASKING = ("api", "gateway-api", "follow", "clock")
_READING = ("follow", "projector")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`unit` of its values, the roles in which it moves, and what to be woken for."""

    unit: str
    roles: Sequence[str]
    alert: str = ""


ABOUT: Mapping[str, About] = {
    "interlude_requests_total": About(
        unit="requests", roles=_SERVING, alert="`internal-error` at all; any 503 code for 5 min"
    ),
    "interlude_request_seconds": About(
        unit="seconds", roles=_SERVING, alert="p99 over 0.5 for 10 min"
    ),
    "interlude_requests_in_flight": About(unit="requests", roles=_SERVING),
    "interlude_requests_refused_total": About(
        unit="requests", roles=_SERVING, alert="rate above 0 for 5 min: more processes are needed"
    ),
    "interlude_unknown_documents_total": About(
        unit="documents",
        roles=("gateway-api",),
        alert="`log`: as long as it moves, do not enforce; `enforce`: a client that is too old",
    ),
    "interlude_unreadable_texts_total": About(
        unit="texts", roles=_SERVING, alert="at all: a key or a record is not what it was"
    ),
    "interlude_append_seconds": About(
        unit="seconds", roles=_STORING, alert="p99 over 0.1 for 10 min: look at PostgreSQL's disk"
    ),
    "interlude_append_group_commands": About(unit="commands", roles=_STORING),
    "interlude_append_failures_total": About(
        unit="groups", roles=_STORING, alert="rate above 0 for 5 min"
    ),
    "interlude_pool_wait_seconds": About(
        unit="seconds", roles=_ASKING, alert="p99 over 0.5 for 10 min"
    ),
    "interlude_pool_refusals_total": About(
        unit="waits", roles=_ASKING, alert="rate above 0 for 5 min"
    ),
    "interlude_outbox_rows": About(
        unit="facts",
        roles=("relay",),
        alert="growing for 10 min (relays of a service: max, not sum)",
    ),
    "interlude_outbox_oldest_seconds": About(
        unit="seconds", roles=("relay",), alert="over 60: facts are safe, but nobody hears of them"
    ),
    "interlude_relayed_total": About(unit="facts", roles=("relay",)),
    "interlude_relay_failures_total": About(
        unit="batches", roles=("relay",), alert="rate above 0 for 5 min"
    ),
    "interlude_reader_lag_events": About(
        unit="records", roles=_READING, alert="growing for 10 min (processes of a reader: sum)"
    ),
    "interlude_reader_lag_seconds": About(
        unit="seconds", roles=_READING, alert="over 60 (processes of a reader: max)"
    ),
    "interlude_reader_visible_seconds": About(
        unit="seconds", roles=_READING, alert="p99 over 1 for 10 min, for `live`"
    ),
    "interlude_reader_applied_total": About(unit="facts", roles=_READING),
    "interlude_reader_batch_records": About(unit="records", roles=_READING),
    "interlude_reader_parked_records": About(
        unit="records",
        roles=_READING,
        alert="above 0 for 5 min: look at it (`parked`), then `retry` or `dismiss`",
    ),
    "interlude_reader_parked_streams": About(unit="streams", roles=_READING),
    "interlude_clock_looks_total": About(
        unit="looks",
        roles=("clock",),
        alert="another outcome than `done` and `already-so` at all",
    ),
    "interlude_clock_behind_seconds": About(
        unit="seconds",
        roles=("clock",),
        alert="over 300 (clocks: max): windows close, and nobody is told",
    ),
    "interlude_reactions_total": About(
        unit="reactions",
        roles=("follow",),
        alert="another outcome than `done` and `already-so` at all",
    ),
}

_HEAD = """\
# Metrics

For Prometheus, at `/metrics` of each process's admin port (`ADMIN_PORT`). Labels hold codes of ours
and names of operations, readers, reactions and services: few, and never of a person. A histogram
has `_bucket`, `_sum` and `_count`. `api` is that of the four services.

`interlude_requests_total` counts commands by type (`operation`) and outcome: `done`, `already-so`,
`replayed`, or the code of the refusal (errors.md). Readers are `live` (the read models), `keep`
(what a service's rules need) and `react` (what facts elsewhere cause).

| name | kind | labels | in | exported by | what it is | look when |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    name: str
    kind: str
    labels: Sequence[str]
    words: str


def declared() -> Sequence[Declared]:
    """In the order of `ABOUT`, which must know each, and no other."""
    for module in MEASURING:
        import_module(module)
    found = {each.name: each for each in _registered()}
    if found.keys() != ABOUT.keys():
        raise ValueError(f"said of, or declared, but not both: {found.keys() ^ ABOUT.keys()}")
    return [found[name] for name in ABOUT]


def _registered() -> Iterator[Declared]:
    collectors: set[Any] = set(REGISTRY._collector_to_names)  # noqa: SLF001 - the registry has no public list
    for each in collectors:
        if isinstance(each, MetricWrapperBase) and each._name.startswith("interlude_"):  # noqa: SLF001 - as above
            suffix = "_total" if each._type == "counter" else ""  # noqa: SLF001 - as above
            yield Declared(
                name=f"{each._name}{suffix}",  # noqa: SLF001 - as above
                kind=str(each._type),  # noqa: SLF001 - as above
                labels=each._labelnames,  # noqa: SLF001 - as above
                words=each._documentation,  # noqa: SLF001 - as above
            )


def exported_by(role: str) -> frozenset[str]:
    return frozenset(name for name, about in ABOUT.items() if role in about.roles)


def markdown() -> str:
    return _HEAD + "".join(_row(each, ABOUT[each.name]) for each in declared())


def _row(metric: Declared, about: About) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    cells = [
        f"`{metric.name}`",
        metric.kind,
        labels,
        about.unit,
        ", ".join(about.roles),
        metric.words,
        about.alert,
    ]
    return f"| {' | '.join(cells)} |\n"
