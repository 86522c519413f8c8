"""What a schema says of a field is what the field takes."""

import re
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from libs.vocabulary.moment import LocalMoment, WallClock
from services.assignment.domain.terms import TimeOfDay

LOCAL: Any = TypeAdapter(WallClock)
TIME: Any = TypeAdapter(TimeOfDay)


def takes(kind: Any, text: str) -> bool:
    try:
        kind.validate_json(f'"{text}"', strict=True)
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
    moment = LocalMoment(local=LOCAL.validate_python("2026-03-02T11:00"), zone="Europe/London")
    published = TypeAdapter(LocalMoment).dump_python(moment, mode="json")["local"]
    assert re.search(LOCAL.json_schema()["pattern"], published)
