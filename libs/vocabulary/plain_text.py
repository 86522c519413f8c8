"""Text that is about nobody, and so is not sealed: what a clinic keeps in its catalogue."""

import unicodedata
from typing import Annotated

from annotated_types import MaxLen, MinLen

from libs.vocabulary.checked import Checked

_DIRECTIONS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""They make the text that follows read in another order than it was written."""


def is_plain_text(value: str) -> bool:
    """Not blanks alone; no control characters but line breaks and tabs."""
    seen = [char for char in value if not char.isspace() and unicodedata.category(char) != "Cf"]
    return bool(seen) and not any(_is_control(char) for char in value)


def _is_control(char: str) -> bool:
    if char in _DIRECTIONS:
        return True
    return unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t"


PlainTitle = Annotated[
    str,
    MinLen(1),
    MaxLen(200),
    Checked(
        is_plain_text,
        code="not-a-plain-title",
        message="This takes 1 to 200 characters, not blanks alone and no control characters.",
    ),
]
PlainLabel = Annotated[
    str,
    MinLen(1),
    MaxLen(280),
    Checked(
        is_plain_text,
        code="not-a-plain-label",
        message="This takes 1 to 280 characters, not blanks alone and no control characters.",
    ),
]
PlainProse = Annotated[
    str,
    MinLen(1),
    MaxLen(4000),
    Checked(
        is_plain_text,
        code="not-plain-prose",
        message="This takes 1 to 4,000 characters, not blanks alone and no control characters.",
    ),
]
