"""What people write is `Private`, wherever it can enter: no fact, request or state holds plain text
of theirs. A string that is not must be in the list below, with the reason why it cannot be prose.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from types import UnionType
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.telling import LookedUp, Told
from libs.privacy.private import Sealed
from libs.vocabulary.checked import Checked
from libs.vocabulary.rating import Rating

pytestmark = pytest.mark.security("canaries")

SERVICES = ("care", "assignment", "diary", "review")

NOT_PROSE = {
    "zone": "an IANA time zone: requests take `Zone`, the rest is looked up",
    "locale": "a language tag: requests take `Locale`, the rest is looked up",
    "worksheet": "names one of the worksheets in services/diary/worksheets",
    "definition_version": "a version of that worksheet's definition, else the entry is refused",
    "text_version": "a reference to the clinic's text: requests take `TextVersion`",
    "slot": "made by services/assignment/domain/schedule.py from the plan's times",
    "ClinicRegistered.name": "an organisation's public name, not a person's",
    "RegisterClinic.name": "as above",
    "system": "names whose numbers these are: requests take `System`",
    "response_expectation": "a clinic's words to everybody, nobody's in particular: `ClinicText`",
    "ClinicSettingsChanged.crisis_texts[].text": "as above",
    "ChangeClinicSettings.crisis_texts[].text": "as above",
    "GroupCreated.name": "what the clinic calls a group, and nobody's own words",
    "CreateGroup.name": "as above",
    "ErasureConfirmed.removed[].what": "the name of a table of ours: requests take `Code`",
    "ErasureConfirmed.confirmation.removed[].what": "as above",
    "ErasureCertified.confirmations[].removed[].what": "as above",
    "ConfirmErasure.removed[].what": "as above",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that a kind can hold: its path, its type, and what is annotated to it."""

    path: str
    kind: Any
    marks: tuple[Any, ...]

    @property
    def is_private(self) -> bool:
        return Sealed in get_args(self.kind)

    @property
    def is_plain(self) -> bool:
        return self.kind in {str, Any, object} or not (
            self.is_private or isinstance(self.kind, type) or get_args(self.kind)
        )


def leaves(kind: Any, path: str, marks: tuple[Any, ...] = ()) -> Iterator[Leaf]:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from leaves(arguments[0], path, marks + arguments[1:])
    elif isinstance(kind, NewType):
        yield from leaves(kind.__supertype__, path, marks)
    elif origin in {Union, UnionType} and Sealed not in arguments:
        for each in arguments:
            yield from leaves(each, path, marks)
    elif origin in {tuple, list, frozenset}:
        yield from leaves(arguments[0], f"{path}[]", marks)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        for each in arguments:
            yield from leaves(each, f"{path}{{}}", marks)
    elif is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        for field in fields(kind):
            yield from leaves(hints[field.name], f"{path}.{field.name}")
    else:
        yield Leaf(path, kind, marks)


def aggregates() -> Iterator[Aggregate[Any, Any, Any]]:
    for service in SERVICES:
        module = import_module(f"services.{service}.wire")
        yield from (each for each in vars(module).values() if isinstance(each, Aggregate))


def facts() -> Iterator[Any]:
    for aggregate in aggregates():
        yield from aggregate.wire.names


def requests(kind: type[Any] = Told) -> Iterator[Any]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("services."):
            yield each
        yield from requests(each)


def states() -> Iterator[Any]:
    for aggregate in aggregates():
        hints = get_type_hints(aggregate.decider.evolve, include_extras=True)
        yield next(hint for name, hint in hints.items() if name != "return")


OF_NOBODY = {
    "TemplatePublished": "a clinic's catalogue: its own words, for whoever comes, about nobody",
    "TemplateRevised": "as above",
    "PublishTemplate": "as above",
    "ReviseTemplate": "as above",
}
"""Kinds that are no patient's, with all that they hold."""


def could_hold_prose(kinds: Iterator[Any]) -> AbstractSet[str]:
    return {
        leaf.path
        for kind in kinds
        for leaf in leaves(kind, kind.__name__)
        if leaf.is_plain
        and not any(isinstance(mark, LookedUp) for mark in leaf.marks)
        and not _is_listed(leaf.path)
    }


def _is_listed(path: str) -> bool:
    last = path.rsplit(".", 1)[-1]
    return path in NOT_PROSE or last in NOT_PROSE or path.split(".", 1)[0] in OF_NOBODY


def test_no_fact_holds_plain_text_of_somebodys() -> None:
    assert could_hold_prose(facts()) == set()


def test_no_request_takes_plain_text_into_anything_but_a_private_field() -> None:
    list(facts())  # imports every domain
    assert could_hold_prose(requests()) == set()


def test_a_request_checks_each_zone_and_locale_itself() -> None:
    list(facts())  # imports every domain
    unchecked = {
        leaf.path
        for request in requests()
        for leaf in leaves(request, request.__name__)
        if leaf.path.rsplit(".", 1)[-1] in {"zone", "locale"}
        and leaf.kind is str
        and "meeting" not in leaf.path  # looked up
        and not any(isinstance(mark, Checked) for mark in leaf.marks)
    }
    assert unchecked == set()


@pytest.mark.parametrize("state", list(states()), ids=str)
def test_no_state_remembers_what_somebody_wrote(state: Any) -> None:
    """Nor a rating: its labels are text, so rules keep the number."""
    assert [leaf.path for leaf in leaves(state, "") if leaf.is_private] == []


def test_every_reason_is_still_needed() -> None:
    held = {
        name
        for kind in (*facts(), *requests())
        for leaf in leaves(kind, kind.__name__)
        if leaf.is_plain
        for name in (leaf.path, leaf.path.rsplit(".", 1)[-1])
    }
    assert set(NOT_PROSE) <= held
    assert set(OF_NOBODY) <= {name.split(".", 1)[0] for name in held}


def test_the_walk_finds_text_in_every_shape() -> None:
    @dataclass(frozen=True)
    class Inner:
        remark: str | None
        ids: Mapping[str, int]

    @dataclass(frozen=True)
    class Outer:
        inner: tuple[Inner, ...]
        anything: Any
        rating: Rating

    assert could_hold_prose(iter([Outer])) == {
        "Outer.inner[].remark",
        "Outer.inner[].ids{}",
        "Outer.anything",
    }
