"""How long what people write may be. One marker serves validation, schemas and sealing."""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from libs.privacy.private import Private

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class Text:
    """From `least` to `most` characters after NFC, not blanks alone; no control characters but
    line breaks and tabs.

    Pydantic asks the marker for its schema, so a domain can use it and still import no framework.
    """

    least: int
    most: int

    def __get_pydantic_core_schema__(
        self,
        source: Any,
        handler: "GetCoreSchemaHandler",
    ) -> "CoreSchema":
        from libs.privacy.reading import text_schema  # noqa: PLC0415 - keeps pydantic out of the domain

        return text_schema(self.least, self.most, handler(source))

    def __get_pydantic_json_schema__(
        self, core: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        from libs.privacy.reading import text_json_schema  # noqa: PLC0415 - as above

        return text_json_schema(self.least, self.most, core, handler)


def normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text)


Prose = Annotated[Private, Text(1, 4000)]
"""Free text: up to 4,000 characters."""

Label = Annotated[Private, Text(1, 280)]
"""A short text: up to 280 characters."""
