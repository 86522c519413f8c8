"""What a schema says of a field is what the field takes."""

import re
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError

from libs.vocabulary.moment import Instant, LocalMoment, WallClock
from services.assignment.domain.terms import CalendarDay, TimeOfDay

STRICT = ConfigDict(strict=True)
"""As bodies are read."""

LOCAL: Any = TypeAdapter(WallClock, config=STRICT)
TIME: Any = TypeAdapter(TimeOfDay, config=STRICT)
INSTANT: Any = TypeAdapter(Instant, config=STRICT)
DAY: Any = TypeAdapter(CalendarDay, config=STRICT)


def takes(kind: Any, text: str) -> bool:
    try:
        kind.validate_json(f'"{text}"')
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("mode", ["validation", "serialization"])
@pytest.mark.parametrize(
    ("kind", "form"), [(LOCAL, "date-time-local"), (TIME, "time-local")], ids=["local", "time"]
)
def test_local_times_are_not_called_instants(kind: Any, form: str, mode: Any) -> None:
    described = kind.json_schema(mode=mode)
    assert described["format"] == form
    for example in described["examples"]:
        assert takes(kind, example)
        assert re.search(described["pattern"], example)


@pytest.mark.parametrize(
    "text", ["2026-03-02T11:00:00Z", "2026-03-02T11:00:00+01:00", "2026-03-02", "11:00Z", "noon"]
)
@pytest.mark.parametrize("kind", [LOCAL, TIME], ids=["local", "time"])
def test_what_has_an_offset_or_lacks_a_part_is_outside_of_both(kind: Any, text: str) -> None:
    assert not takes(kind, text)
    assert not re.search(kind.json_schema()["pattern"], text)


def test_what_is_published_fits_too() -> None:
    moment = LocalMoment(local=LOCAL.validate_json('"2026-03-02T11:00"'), zone="Europe/London")
    published = TypeAdapter(LocalMoment).dump_python(moment, mode="json")["local"]
    assert re.search(LOCAL.json_schema()["pattern"], published)


WRITTEN = [
    (INSTANT, ["2026-03-02T11:00:00Z", "2026-03-02T11:00:00.123456+01:00", "2026-03-02t11:00:00z"]),
    (LOCAL, ["2026-03-02T11:00", "2026-03-02T11:00:00.5"]),
    (TIME, ["11:00", "11:00:00"]),
    (DAY, ["2026-03-02"]),
]
SECONDS = ["0", "1", "3600", "1763251200", "1763251200.5", "-1", "2026-03-02 11:00:00Z"]


@pytest.mark.parametrize(("kind", "texts"), WRITTEN, ids=["instant", "local", "time", "day"])
def test_times_are_written_as_times_and_never_as_a_count_of_seconds(
    kind: Any, texts: list[str]
) -> None:
    assert [text for text in texts if not takes(kind, text)] == []
    assert [text for text in SECONDS if takes(kind, text)] == []


@pytest.mark.parametrize(("kind", "texts"), WRITTEN, ids=["instant", "local", "time", "day"])
def test_what_was_written_is_read_again(kind: Any, texts: list[str]) -> None:
    value = kind.validate_json(f'"{texts[0]}"')
    assert kind.validate_python(value) == value
    assert kind.validate_json(kind.dump_json(value)) == value
