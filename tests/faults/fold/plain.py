"""One form for what the log says in JSON and tables in their own types, so that both compare."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID


def instant(moment: str | datetime) -> str:
    """In UTC, with microseconds."""
    when = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def plain(value: Any) -> Any:
    """Null and left out say the same within JSON; a tuple is a list."""
    kind = type(value)
    return value if kind in _AS_IT_IS else _FORMS[kind](value)


def _object(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: plain(each) for name, each in content.items() if each is not None}


def _list(content: Any) -> Any:
    return [plain(each) for each in content]


_AS_IT_IS = frozenset({type(None), str, bool, int, float})
_FORMS: Mapping[type[Any], Callable[[Any], Any]] = {
    UUID: str,
    datetime: instant,
    date: date.isoformat,
    dict: _object,
    list: _list,
    tuple: _list,
}
