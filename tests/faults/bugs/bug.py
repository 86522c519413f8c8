"""What makes a function a bug that can be planted by its name."""

from collections.abc import Callable, Sequence

_BUGS: dict[str, Callable[[], None]] = {}


def bug(place: Callable[[], None]) -> Callable[[], None]:
    _BUGS[place.__name__.replace("_", "-")] = place
    return place


def plant(name: str) -> None:
    _BUGS[name]()


def names() -> Sequence[str]:
    return sorted(_BUGS)
