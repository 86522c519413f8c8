"""Pages that show what people wrote: they load nothing and run nothing, and whatever is written in
them is escaped and kept from changing the direction of what stands around it.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

UNSEEN = dict.fromkeys(
    code
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x200E, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0x061C,
    )
    if code not in {0x09, 0x0A}
)
"""Controls, marks that turn the direction of text, halves of characters: left out of a page."""


def plain(value: Any) -> str:
    return escape(str(value).translate(UNSEEN), quote=True).replace("\n", "<br>")


def policy_for(style: str) -> str:
    """A content security policy: nothing but this style. Said in the page too, for it may be read
    from a disk, where no header comes with it.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
