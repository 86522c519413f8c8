"""A link holds the whole envelope and all that came before; its recipe is published for ever."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.eventstore.chain import SIZE, fits, link
from libs.eventstore.recorded import Recorded
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC

KEY = b"chain:test"
FACT = Recorded(
    event_id=UUID(int=1),
    stream_id=f"homework-{UUID(int=2)}",
    version=2,
    type="interlude.test.NoteAdded.v1",
    tenant_id=CLINIC,
    subject_id=MASHA,
    actor_id=ANNA,
    actor_role="therapist",
    on_behalf_of=MASHA,
    correlation_id=UUID(int=3),
    causation_id=UUID(int=4),
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    occurred_at=NOW,
    zone="Europe/London",
    recorded_at=NOW,
    data=b'{"note":1}',
    chain=b"",
)
OTHERWISE: dict[str, Any] = {
    "event_id": UUID(int=9),
    "stream_id": f"homework-{UUID(int=9)}",
    "version": 3,
    "type": "interlude.test.NoteAdded.v2",
    "tenant_id": OTHER_CLINIC,
    "subject_id": LEV,
    "actor_id": BORIS,
    "actor_role": "supervisor",
    "on_behalf_of": None,
    "correlation_id": UUID(int=9),
    "causation_id": None,
    "traceparent": "",
    "occurred_at": NOW + timedelta(microseconds=1),
    "zone": "Europe/Paris",
    "recorded_at": NOW + timedelta(microseconds=1),
    "data": b'{"note": 1}',
}


def test_the_recipe_never_changes() -> None:
    """Every chain in every store and topic depends on it."""
    assert link(KEY, b"", FACT).hex() == "49eb6e94f3ae28474e2f8cf30f60770e"


@pytest.mark.parametrize(
    ("recorded_at", "expected"),
    [
        (NOW + timedelta(microseconds=7), "698f4ecfc24b097a21751cdb58942c2e"),
        (
            (NOW + timedelta(microseconds=7)).astimezone(ZoneInfo("Europe/London")),
            "698f4ecfc24b097a21751cdb58942c2e",
        ),
        (NOW.replace(year=987), "2f43dd592543370843ae433d59b53d96"),
        (NOW.replace(year=987, microsecond=70), "9ed17f7d2b6c99eaac8c365dd8bbe4e6"),
    ],
)
def test_an_instant_always_has_its_microseconds_and_is_in_utc(
    recorded_at: datetime, expected: str
) -> None:
    assert link(KEY, b"", replace(FACT, recorded_at=recorded_at)).hex() == expected


def test_a_link_is_short() -> None:
    assert len(link(KEY, b"", FACT)) == SIZE


@pytest.mark.parametrize("field", [field.name for field in fields(Recorded) if field.init])
def test_nothing_in_the_envelope_can_change_unnoticed(field: str) -> None:
    if field == "chain":
        assert link(KEY, b"", replace(FACT, chain=b"looked at by nobody")) == link(KEY, b"", FACT)
    else:
        changed = replace(FACT, **{field: OTHERWISE[field]})
        assert link(KEY, b"", changed) != link(KEY, b"", FACT)


def test_what_came_before_is_part_of_it() -> None:
    assert link(KEY, b"", FACT) != link(KEY, bytes(SIZE), FACT)


def test_the_same_instant_in_another_zone_is_the_same_instant() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=3)))
    assert link(KEY, b"", replace(FACT, occurred_at=elsewhere)) == link(KEY, b"", FACT)


def test_only_the_key_makes_it() -> None:
    chained = replace(FACT, chain=link(KEY, b"", FACT))
    assert fits(KEY, b"", chained)
    assert not fits(b"another", b"", chained)
    assert not fits(KEY, bytes(SIZE), chained)


def test_whole_seconds_keep_their_microseconds() -> None:
    whole = replace(FACT, occurred_at=datetime(2026, 3, 2, 9, 0, 0, 0, tzinfo=UTC))
    assert link(KEY, b"", whole) == link(KEY, b"", FACT)
