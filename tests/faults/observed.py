"""Everything there is to see once all is quiet, as plain data: what a checker looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.faults.history import Command
from tests.system.topics import Record

Stream = tuple[str, str]
"""Tenant and stream id."""

Place = tuple[str, int, int]
"""Topic, partition and offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A row of a service's `events`: ids as text, `chain` in hexadecimal digits.

    `key` is what its record on Kafka must have: the subject's id, else the stream's.
    """

    service: str
    position: int
    event_id: str
    tenant_id: str
    stream_id: str
    version: int
    type: str
    subject_id: str | None
    key: str
    actor_id: str
    actor_role: str
    on_behalf_of: str | None
    correlation_id: str
    causation_id: str | None
    traceparent: str
    occurred_at: datetime
    zone: str
    recorded_at: datetime
    data: bytes
    chain: str

    @property
    def stream(self) -> Stream:
        return self.tenant_id, self.stream_id

    @property
    def category(self) -> str:
        return self.stream_id[:-37]

    @property
    def name(self) -> str:
        """`ReadinessRated` of `interlude.assignment.ReadinessRated.v1`, whatever its version."""
        return self.type.split(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a process said of itself; `should` is None where both answers are true enough."""

    process: str
    at: float
    ready: bool
    should: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """`heads` are the stores' own idea of each stream: version and chain. `waiting` counts outbox
    rows. `planted` are records that the campaign wrote as a stranger: they may be there and must
    have no effect; `expected_parked` must be parked, and nothing else.

    `models` are all tables of read models by name, with the service's before it where a follower
    keeps it (`assignment.known_homework`). `applied` is by service and reader (`gateway/live`).
    `texts` are logs, bodies and headers with where each is from. `visible` are correlation ids with
    the seconds from acknowledgement (or healing) until everybody could see it; inf is never.
    """

    history: Sequence[Command]
    stored: Sequence[Stored]
    heads: Mapping[str, Mapping[Stream, tuple[int, str]]]
    waiting: Mapping[str, int]
    records: Sequence[Record]
    planted: frozenset[Place]
    models: Mapping[str, Sequence[Mapping[str, Any]]]
    applied: Mapping[str, Mapping[Stream, int]]
    parked: Sequence[Mapping[str, Any]]
    expected_parked: frozenset[Place]
    texts: Sequence[tuple[str, str]]
    canaries: Sequence[str]
    visible: Sequence[tuple[str, float]]
    visible_within: float
    probes: Sequence[Probe]
    chain_keys: Mapping[str, bytes]
    """By service: what its chains are made with."""

    derived: Sequence[Record] = ()
    """The analytics topic."""
    analytics_keys: Mapping[str, bytes] = field(default_factory=dict)
    """By epoch: what its pseudonyms are made with."""
    lost_before: datetime | None = None
    """When there was a broker again whose topics had been lost, if they were."""
