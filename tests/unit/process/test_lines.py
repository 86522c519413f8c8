"""What an operator types is looked at before anything is asked."""

from typing import Any

import pytest
import typer

from libs.process import lines


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def line(heard: list[str]) -> typer.Typer:
    line = lines.line("here", "Dismiss what a stranger wrote.")

    @line.command()
    def dismiss(place: lines.OnePlace) -> None:
        heard.append(place)

    return line


def _ended(line: typer.Typer, *words: str) -> Any:
    with pytest.raises(SystemExit) as ended:
        line(list(words))
    return ended.value.code


@pytest.mark.parametrize(
    "place", ["interlude.care.events.v1/0/7", "t-1.interlude.care.events.v1/11/123456789012345678"]
)
def test_a_place_is_a_topic_a_partition_and_an_offset(
    line: typer.Typer, heard: list[str], place: str
) -> None:
    assert _ended(line, place) in (None, 0)
    assert heard == [place]


@pytest.mark.parametrize(
    "place",
    [
        "",
        "7",
        "interlude.care.events.v1",
        "interlude.care.events.v1/0",
        "interlude.care.events.v1/0/7/1",
        "interlude.care.events.v1/0/seven",
        "interlude.care.events.v1/0/\u0667",
        "interlude.care.events.v1/-1/7",
        "interlude.care.events.v1/0/-7",
        "interlude.care.events.v1/0/7\n",
        "interlude.care.events.v1/0/9999999999999999999",
        "interlude.care.events.v1/4294967296/7",
        "a topic/0/7",
        "/0/7",
    ],
)
def test_whatever_else_is_refused_in_one_line(
    line: typer.Typer, heard: list[str], place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ended(line, "--", place) == 2
    assert capsys.readouterr().err == (
        "Invalid value for PLACE: this takes TOPIC/PARTITION/OFFSET, as `parked` lists it.\n"
    )
    assert heard == []


def test_without_a_place_it_says_what_is_missing(
    line: typer.Typer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ended(line) == 2
    assert capsys.readouterr().err == "Missing argument 'PLACE'.\n"
