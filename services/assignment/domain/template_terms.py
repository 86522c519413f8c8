"""What a template is called by: its id and version, which homework that is made from it pins, and
the worksheet that goes with it.
"""

import re
from dataclasses import dataclass
from typing import Annotated, NewType
from uuid import UUID

from annotated_types import Ge, Le, MaxLen

from libs.vocabulary.checked import Checked

TemplateId = NewType("TemplateId", UUID)

_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def is_worksheet_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None


WorksheetKey = Annotated[
    str,
    MaxLen(64),
    Checked(
        is_worksheet_key,
        code="not-a-worksheet-key",
        message="This takes a worksheet's name in snake_case, such as worry_diary.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRef:
    """Which template, in which of its versions: never another one, however it is revised."""

    id: TemplateId
    version: Annotated[int, Ge(1), Le(1_000_000)]
