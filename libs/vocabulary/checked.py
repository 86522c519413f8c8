"""A field's own rules, said in the type, answered with their own code when they are broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema


def _no_more() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Checked:
    """`Annotated[str, Checked(is_zone, code="unknown-zone", message=…)]`.

    A core schema is a plain dict, so pydantic gets what it asks for and a domain imports no
    framework. `described` is what its JSON Schema says besides, or instead of what the bare type
    would say.
    """

    holds: Callable[[Any], bool]
    code: str
    message: str
    described: Mapping[str, Any] = field(default_factory=_no_more, hash=False, compare=False)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Callable[[Any], Any]
    ) -> dict[str, Any]:
        return {
            "type": "custom-error",
            "custom_error_type": self.code,
            "custom_error_message": self.message,
            "schema": {
                "type": "function-after",
                "function": {"type": "no-info", "function": self._must_hold},
                "schema": handler(source),
            },
        }

    def __get_pydantic_json_schema__(
        self, core: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        return {**handler(core), **self.described}

    def _must_hold(self, value: Any) -> Any:
        if not self.holds(value):
            raise ValueError(self.code)
        return value


@dataclass(frozen=True, slots=True)
class Spelled:
    """How JSON has to write it: `Annotated[datetime, Spelled("date-time", …), Checked(…)]`.

    Where it expects a time, pydantic also takes a count of seconds: "1" would be one in 1970.
    """

    form: str
    pattern: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Callable[[Any], Any]
    ) -> dict[str, Any]:
        value = handler(source)
        text = {"type": "str", "pattern": self.pattern}
        return {
            "type": "json-or-python",
            "json_schema": {"type": "chain", "steps": [text, {**value, "strict": False}]},
            "python_schema": value,
        }

    def __get_pydantic_json_schema__(
        self, _core: "CoreSchema", _handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        return {"type": "string", "format": self.form}
