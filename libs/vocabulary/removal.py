"""What was removed somewhere when a patient was erased: what it was, and how much."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from libs.vocabulary.checked import Checked

_CODE = re.compile(r"[a-z][a-z_]{0,39}")

Code = Annotated[
    str,
    Checked(
        lambda text: _CODE.fullmatch(text) is not None,
        code="not-a-code",
        message="This takes 1 to 40 small letters and underscores.",
        described={"pattern": "^[a-z][a-z_]{0,39}$"},
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """`what` names a kind of row (`known_sessions`), `count` how many there were."""

    what: Code
    count: Annotated[int, Ge(0), Le(2**53)]


def removed(counts: Mapping[str, int]) -> Sequence[Removed]:
    """In the order of their names, nothing left out: none is a count, too."""
    return tuple(Removed(what=what, count=count) for what, count in sorted(counts.items()))
