"""What clients asked and what they were answered, attempt by attempt."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import orjson

Outcome = Literal["ok", "refused", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`began` and `ended` are seconds since the run began. `status` and `code` are missing where
    there was no answer; `unknown` are a timeout, a reset, and every 5xx that is no clear refusal.
    """

    began: float
    ended: float
    outcome: Outcome
    status: int | None
    code: str | None
    retry_after: bool
    replayed: bool
    id: str | None
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request under one key, however often it was sent: one after the other, or twins at once.

    `correlation_id` is the same in all attempts and nobody else's. `stream` is known beforehand
    where the client brings the id; `expected` is If-Match.
    """

    client: int
    key: str
    correlation_id: str
    tenant: str
    service: str
    operation: str
    stream: str | None
    expected: int | None
    attempts: tuple[Attempt, ...]

    @property
    def outcome(self) -> Outcome:
        found = {each.outcome for each in self.attempts}
        return "ok" if "ok" in found else "unknown" if "unknown" in found else "refused"

    @property
    def acknowledged(self) -> tuple[Attempt, ...]:
        return tuple(each for each in self.attempts if each.outcome == "ok")


def written(history: Iterable[Command]) -> bytes:
    """A line of JSON for each command."""
    return b"".join(orjson.dumps(asdict(each)) + b"\n" for each in history)


def read(lines: bytes) -> list[Command]:
    return [_command(orjson.loads(line)) for line in lines.splitlines()]


def _command(told: dict[str, Any]) -> Command:
    attempts = tuple(Attempt(**each) for each in told.pop("attempts"))
    return Command(**told, attempts=attempts)
