"""A body is the request without what the edge knows better, and with ids made where none came."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Annotated, Literal
from uuid import UUID

import pytest

from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.testing.cast import MASHA, NOW
from libs.testing.web import Ids
from libs.vocabulary.moment import LocalMoment, Zone
from libs.vocabulary.text import Prose
from libs.web.problems import FieldsInvalid
from libs.web.shapes import NOWHERE, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    id: Annotated[UUID, MINTED]
    text: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: Annotated[UUID, MINTED]
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Told):
    id: Annotated[UUID, MINTED]
    question: Question
    more: tuple[Question, ...] = ()
    last: Question | None = None
    kind: Literal["open", "closed"] = "open"
    at: LocalMoment | None = None
    threshold: Annotated[float, LOOKED_UP] = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Told):
    zone: Zone


def test_ids_are_made_at_every_depth_and_kept_where_they_came() -> None:
    asked = {
        "question": {"answers": [{"text": "a"}, {"id": str(MASHA), "text": "b"}]},
        "more": [{"answers": [{"text": "c"}]}],
    }
    content = Shape(Ask).with_ids(asked, Ids())
    read = Shape(Ask).read(content, NOW).fields
    first, second = read["question"].answers
    made = {read["id"], read["question"].id, first.id, read["more"][0].id}
    assert len(made | {read["more"][0].answers[0].id}) == 5
    assert second.id == MASHA


def test_where_the_body_has_another_form_nothing_is_made() -> None:
    for broken in ({"question": 7}, {"question": [1]}, {"question": {"answers": {"a": 1}}}):
        with pytest.raises(FieldsInvalid):
            Shape(Ask).read(Shape(Ask).with_ids(broken, Ids()), NOW)


def test_what_the_edge_fills_in_is_no_part_of_the_body() -> None:
    for name in ("by", "happened_at", "now", "threshold"):
        with pytest.raises(FieldsInvalid):
            Shape(Ask).read(Shape(Ask).with_ids({"question": {}, name: 1}, Ids()), NOW)


def test_when_and_where_it_happened_are_now_and_nowhere_unless_told() -> None:
    read = Shape(Register).read({"zone": "Europe/London"}, NOW)
    assert (read.happened_at, read.zone) == (NOW, "Europe/London")
    read = Shape(Ask).read(Shape(Ask).with_ids({"question": {}}, Ids()), NOW)
    assert (read.happened_at, read.zone) == (NOW, NOWHERE)


def test_a_zone_of_the_requests_own_stays_with_it() -> None:
    assert Shape(Register).read({"zone": "Europe/London"}, NOW).fields == {"zone": "Europe/London"}


def test_five_minutes_ahead_is_how_clocks_go() -> None:
    body = {"zone": "Etc/UTC", "occurred_at": (NOW + timedelta(minutes=5)).isoformat()}
    assert Shape(Register).read(body, NOW).happened_at == NOW + timedelta(minutes=5)


def test_what_happened_is_kept_in_utc() -> None:
    body = {"zone": "Etc/UTC", "occurred_at": "2026-03-02T01:00:00-05:00"}
    happened_at = Shape(Register).read(body, NOW).happened_at
    assert happened_at.tzinfo is UTC
    assert happened_at.hour == 6


def test_the_thing_that_a_request_makes_is_its_own_first_id() -> None:
    assert Shape(Ask).thing == "id"
    assert Shape(Register).thing is None


def test_a_place_within_a_list_is_pointed_at_through_unions() -> None:
    body = {"id": str(MASHA), "question": {"id": str(MASHA)}, "last": {"id": 7, "answers": []}}
    with pytest.raises(FieldsInvalid) as invalid:
        Shape(Ask).read(body, NOW)
    assert [(each.pointer, each.code) for each in invalid.value.faults] == [
        ("/last/id", "wrong-type")
    ]


def test_not_more_faults_are_told_than_anybody_reads() -> None:
    body = {"question": {"id": str(MASHA), "answers": [{"id": str(MASHA), "text": 7}] * 100}}
    with pytest.raises(FieldsInvalid) as invalid:
        Shape(Ask).read({**body, "id": str(MASHA)}, NOW)
    assert len(invalid.value.faults) == 20
