"""The field's own forms: one module per worksheet, one versioned definition each.

To add one: write its module, then name it in `Worksheet`, `Answers` and `DEFINITIONS`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from libs.eventstore.decider import Rejected
from libs.vocabulary.checked import Checked
from services.diary.worksheets import interpersonal_practice
from services.diary.worksheets.definition import Definition, Key
from services.diary.worksheets.interpersonal_practice import InterpersonalPractice

Worksheet = Annotated[
    Literal["interpersonal_practice"],
    Checked(
        lambda _worksheet: True,
        code="unknown-worksheet",
        message="There is no worksheet of this name.",
    ),
]

Answers = InterpersonalPractice

DEFINITIONS: Mapping[Key, Definition[Answers]] = {
    definition.key: definition for definition in (interpersonal_practice.DEFINITION,)
}


class UnknownWorksheetVersion(Rejected):
    """This worksheet has no such version."""

    code = "unknown-worksheet-version"
    pointer = "/definition_version"


def definition_of(worksheet: str, version: str) -> Definition[Answers]:
    if (worksheet, version) not in DEFINITIONS:
        raise UnknownWorksheetVersion
    return DEFINITIONS[worksheet, version]
