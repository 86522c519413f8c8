"""A field's own rule, said in the type, answered with its own code when it is broken."""

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
