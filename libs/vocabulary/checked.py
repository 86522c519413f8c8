"""A field's own rule, said in the type, answered with its own code when it is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Checked:
    """`Annotated[str, Checked(is_zone, code="unknown-zone", message=…)]`.

    A core schema is a plain dict, so pydantic gets what it asks for and a domain imports no
    framework.
    """

    holds: Callable[[Any], bool]
    code: str
    message: str

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

    def _must_hold(self, value: Any) -> Any:
        if not self.holds(value):
            raise ValueError(self.code)
        return value
