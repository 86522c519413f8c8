"""A changed copy: the named fields are new, all others as they were, the original untouched."""

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from libs.vocabulary.changing import changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Homework:
    title: str
    readiness: int = 0
    told: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Checked:
    least: int
    most: int

    def __post_init__(self) -> None:
        """Would not be asked."""


GIVEN = Homework(title="Conversations", readiness=7)


def test_it_is_what_replace_gives() -> None:
    assert changed(GIVEN, readiness=4) == replace(GIVEN, readiness=4)
    assert GIVEN.readiness == 7


def test_the_copy_is_as_frozen_as_the_original() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(GIVEN, readiness=4).readiness = 5  # type: ignore[misc]  # what is tested


def test_a_name_that_it_has_not_is_refused() -> None:
    with pytest.raises(KeyError):
        changed(GIVEN, mood=4)


def test_a_class_that_checks_itself_is_left_to_replace() -> None:
    with pytest.raises(TypeError, match="Checked"):
        changed(Checked(1, 2), least=0)
