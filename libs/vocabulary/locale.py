"""The language and region a person is spoken to in."""

import re
from typing import Annotated

from annotated_types import MaxLen

from libs.vocabulary.checked import Checked

_BCP47 = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def is_locale(tag: str) -> bool:
    return _BCP47.fullmatch(tag) is not None


Locale = Annotated[
    str,
    MaxLen(16),
    Checked(is_locale, code="not-a-locale", message="This takes a language tag such as en-GB."),
]
"""A BCP 47 tag: language, optional script, optional region."""
