"""Which pages in a browser may call: exact origins, as browsers name them, and no others."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from libs.process.addresses import is_loopback
from libs.process.hints import wrong

_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[::1\])(?::[1-9][0-9]{0,4})?")
_USUAL = (":80", ":443")


def _listed(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _exact(origins: Sequence[str]) -> Sequence[str]:
    """A port that is usual for its scheme is left out by every browser."""
    for origin in origins:
        if _ORIGIN.fullmatch(origin) is None or origin.endswith(_USUAL):
            raise wrong(
                "this takes exact origins as browsers name them (https://app.example),"
                " separated by commas: no *, no path, no slash at the end"
            )
    return tuple(dict.fromkeys(origins))


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_exact)]


def unsafe(origins: Sequence[str]) -> str | None:
    if all(origin.startswith("https://") and not is_loopback(origin) for origin in origins):
        return None
    return "production takes pages that came over https, from elsewhere than somebody's own machine"
