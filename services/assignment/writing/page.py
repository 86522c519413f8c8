"""A summary as a page fit to print: one file that loads nothing, runs nothing and links nowhere.

It is made from the Markdown that was issued, so that what is printed is what was signed for by its
digest. Only the few forms that `markdown` writes mean anything; all else is shown as it stands.
"""

import re
from collections.abc import Iterator

from libs.web.pages import plain, policy_for

STYLE = """
body { font: 17px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
li, p { overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
"""
POLICY = policy_for(STYLE)

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SLOT = re.compile(r"- \*\*(?P<asked>.+?)\*\*: (?P<answer>.*)")


def page(body_markdown: str, language: str) -> bytes:
    lines = body_markdown.splitlines()
    title = _text(lines[0].removeprefix("# ")) if lines else ""
    return (
        f'<!doctype html>\n<html lang="{plain(language)}"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{plain(POLICY)}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n"
        f"{''.join(_blocks(lines))}</body></html>\n"
    ).encode()


def _blocks(lines: list[str]) -> Iterator[str]:
    listing = False
    for one in lines:
        if one.startswith("- ") != listing:
            listing = not listing
            yield "<ul>\n" if listing else "</ul>\n"
        if one:
            yield _block(one)
    if listing:
        yield "</ul>\n"


def _block(one: str) -> str:
    if slot := _SLOT.fullmatch(one):
        return f"<li><b>{_text(slot['asked'])}</b>: {_said(slot['answer'])}</li>\n"
    for mark, tag in (("- ", "li"), ("## ", "h2"), ("# ", "h1")):
        if one.startswith(mark):
            return f"<{tag}>{_said(one.removeprefix(mark))}</{tag}>\n"
    return f"<p>{_said(one)}</p>\n"


def _said(markdown: str) -> str:
    """It may be written from right to left, whatever stands around it."""
    return f'<bdi dir="auto">{_text(markdown)}</bdi>'


def _text(markdown: str) -> str:
    return plain(_ESCAPED.sub(r"\1", markdown))
