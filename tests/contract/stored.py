"""Records as they were stored and published when each version was new, kept for ever.

`golden/records.jsonl` is written once for each version and never again: real envelopes, sealed
bytes and chains, a line for each record of a topic. What a later Interlude reads of it, it reads of
every clinic that has been running since.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import from_delivery, to_message
from libs.privacy.keyring import Found, Key
from libs.privacy.keys import CLASSES, KeyName
from libs.privacy.private import KeyClass
from libs.process.keys import derived

GOLDEN = Path(__file__).parent / "golden" / "records.jsonl"
MASTER = b"interlude-golden-records-key-001"
"""Of these records alone: everything in them is the made-up story of the examples."""


def chain_key(service: str) -> bytes:
    return derived(MASTER, f"chain:{service}")


@dataclass(frozen=True, slots=True)
class GoldenKeyring:
    """Every subject's key follows from the master key, so that none has to be kept."""

    async def create_subject(self, tenant_id: UUID, subject_id: UUID) -> None:
        pass

    async def find(self, names: Collection[KeyName]) -> Found:
        return {name: derived(MASTER, f"{name.tenant_id}/{name.id}") for name in names}

    async def newest(
        self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass
    ) -> tuple[KeyName, Key] | None:
        name = KeyName(tenant_id, subject_id, key_class)
        return name, derived(MASTER, name.label.decode())

    async def renewed(self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass) -> None:
        raise NotImplementedError

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        raise NotImplementedError


def records() -> Sequence[Recorded]:
    return list(map(_read, GOLDEN.read_bytes().splitlines()))


def streams() -> Sequence[Sequence[Recorded]]:
    return [list(told) for _, told in groupby(records(), key=lambda one: one.stream_id)]


def service_of(recorded: Recorded) -> str:
    return recorded.type.split(".")[1]


def _read(line: bytes) -> Recorded:
    kept = orjson.loads(line)
    return from_delivery(
        Delivery(
            partition=Partition(kept["topic"], 0),
            offset=0,
            key=kept["key"].encode(),
            headers=[(name, value.encode()) for name, value in kept["headers"].items()],
            value=kept["value"].encode(),
        )
    )


def lines(recorded: Sequence[Recorded], topic: str) -> Iterator[bytes]:
    for one in recorded:
        message = to_message(one, topic)
        kept: dict[str, Any] = {
            "topic": topic,
            "key": message.key.decode(),
            "headers": {name: value.decode() for name, value in message.headers},
            "value": message.value.decode(),
        }
        yield orjson.dumps(kept) + b"\n"
