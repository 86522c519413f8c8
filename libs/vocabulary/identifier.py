"""By what another system knows somebody or something: its number, and whose number that is."""

import re
from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen, MinLen

from libs.privacy.private import Private
from libs.vocabulary.checked import Checked
from libs.vocabulary.text import Text

_SYSTEM = re.compile(r"[!-~]{1,200}")

System = Annotated[
    str,
    MinLen(1),
    MaxLen(200),
    Checked(
        lambda system: _SYSTEM.fullmatch(system) is not None,
        code="not-an-identifier-system",
        message="This takes a URI such as urn:oid:2.16.840.1, or a name without blanks.",
        described={"pattern": f"^{_SYSTEM.pattern}$"},
    ),
]
"""Who gave the number: no person's, and so not sealed."""

IdentifierValue = Annotated[Private, Text(1, 120)]
"""The number itself: it leads to a person, and is sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number with whose it is. The same number of two systems is two identifiers."""

    system: System
    value: IdentifierValue
