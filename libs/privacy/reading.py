"""How pydantic reads and describes private text: for clients, in the store, in views."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from libs.privacy.private import Erased, Sealed

STORED: dict[str, bool] = {"stored": True}
"""Validation context of our own stores and topics; without it a sealed value is refused."""

Audience = Literal["client", "event", "view"]

_audience: ContextVar[Audience] = ContextVar("audience", default="client")

SEALED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Sealed",
    "description": "Text encrypted under the subject's own key (AES-256-GCM), base64.",
    "properties": {
        "key": {"type": "string"},
        "nonce": {"type": "string"},
        "ciphertext": {"type": "string"},
    },
    "required": ["key", "nonce", "ciphertext"],
}

ERASED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Erased",
    "description": "Text stood here. Its key was destroyed, or it does not open any more.",
    "properties": {"erased": {"const": True}},
    "required": ["erased"],
}


_DIRECTIONS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""They make the text that follows read in another order than it was written."""


@contextmanager
def described_for(audience: Audience) -> Iterator[None]:
    """JSON Schemas made inside describe private text as this audience meets it."""
    token = _audience.set(audience)
    try:
        yield
    finally:
        _audience.reset(token)


def text_schema(least: int, most: int, union: CoreSchema) -> CoreSchema:
    def read(value: Any, handler: Any, info: core_schema.ValidationInfo) -> Any:
        if isinstance(value, str):
            return _checked(value, least, most)
        if isinstance(value, Sealed | Erased):
            return value
        if info.context is STORED:
            return handler(value)
        raise PydanticCustomError("text-expected", "This must be text.")

    return core_schema.with_info_wrap_validator_function(read, union)


def text_json_schema(
    least: int, most: int, _core: CoreSchema, _handler: GetJsonSchemaHandler
) -> dict[str, Any]:
    text = {"type": "string", "minLength": least, "maxLength": most}
    match _audience.get():
        case "client":
            return text
        case "event":
            return dict(SEALED_SCHEMA)
        case "view":
            return {"anyOf": [text, dict(ERASED_SCHEMA)]}


def _checked(value: str, least: int, most: int) -> str:
    text = unicodedata.normalize("NFC", value)
    if not least <= len(text) <= most:
        raise PydanticCustomError(
            "text-length",
            "This takes {least} to {most} characters.",
            {"least": least, "most": most},
        )
    if all(char.isspace() or unicodedata.category(char) == "Cf" for char in text):
        raise PydanticCustomError("text-blank", "Blanks alone are no text.")
    if not text.isprintable() and any(_is_control(char) for char in text):
        raise PydanticCustomError("text-control-characters", "Control characters are not allowed.")
    return text


def _is_control(char: str) -> bool:
    if char in _DIRECTIONS:
        return True
    return unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t"
