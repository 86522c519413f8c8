"""A record as a page to read: one file that loads nothing, runs nothing and links nowhere else."""

from collections.abc import Sequence

from libs.web.pages import plain, policy_for
from services.gateway.export.chapters import Chapter
from services.gateway.export.showing import Showing, chapter_schema, text, title, words
from services.gateway.queries.reading import Json

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid #bbb; margin-top: 1.5rem; }
h2 { margin-top: 3rem; }
dl { margin: 0 0 0 1rem; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 0 1rem; overflow-wrap: anywhere; }
.gone { color: #767676; }
.broken { border: 3px solid #b00; padding: 1rem; font-weight: 600; }
.told { color: #767676; font-size: .85rem; margin: 0 0 .5rem 1rem; }
"""

POLICY = policy_for(STYLE)

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head><body>
<h1>{title}</h1>
<p>Of {name}{clinic}. As of {moment}. Times are those of {zone}.</p>
<p>It is whole only if its last line says so.</p>
<p>{about}</p>
"""

_OF_ONESELF = "Everything that is recorded about you, with what you have shared with nobody."
_OF_A_CASE = "What is recorded about a patient, without what they have shared with nobody."

_TITLES = {"record": "My record", "case": "Record of a case"}


class AsPage:
    media_type = "text/html; charset=utf-8"
    suffix = "html"

    def __init__(self) -> None:
        self._showing = Showing("UTC")

    def head(self, head: Json) -> bytes:
        person, clinic = head["person"], head.get("clinic")
        self._showing = Showing(person["zone"])
        return _HEAD.format(
            policy=plain(POLICY),
            title=_TITLES[head["kind"]],
            style=STYLE,
            name=text(person["name"]) if "name" in person else "somebody without a name",
            clinic=f" at {text(clinic['name'])}" if clinic else "",
            moment=self._showing.moment(head["exported_at"]),
            zone=plain(person["zone"]),
            about=_OF_ONESELF if head["kind"] == "record" else _OF_A_CASE,
        ).encode()

    def begin(self, chapter: Chapter) -> bytes:
        return f'<section id="{chapter.name}"><h2>{chapter.title}</h2>\n'.encode()

    def items(self, chapter: Chapter, items: Sequence[Json]) -> bytes:
        return "".join(self._article(chapter, item) for item in items).encode()

    def end(self, chapter: Chapter, count: int) -> bytes:
        del chapter
        return b"</section>\n" if count else b"<p>Nothing.</p></section>\n"

    def whole(self, counts: dict[str, int]) -> bytes:
        return (
            f"<p>This record is whole: {sum(counts.values())} items.</p></body></html>\n".encode()
        )

    def broken_off(self, code: str, *, inside: bool) -> bytes:
        del inside
        return (
            '<p class="broken">THIS RECORD IS NOT WHOLE. It broke off here'
            f" ({plain(code)}). Ask for it again.</p></body></html>\n"
        ).encode()

    def _article(self, chapter: Chapter, item: Json) -> str:
        if chapter.name == "history":
            return self._line(item)
        schema = chapter_schema(chapter.name)
        anchor = f' id="{plain(item["id"])}"' if "id" in item else ""
        heading = self._heading(chapter, item)
        fields = self._showing.fields(item, schema, but=chapter.heading)
        return f"<article{anchor}><h3>{heading}</h3>{fields}</article>\n"

    def _line(self, fact: Json) -> str:
        when, by = self._showing.moment(fact["occurred_at"]), words(fact["by"])
        told = f'<a href="#{plain(fact["about_id"])}">{title(fact["type"])}</a>'
        return f"<p>{when}: {told}, by the {by}.</p>\n"

    def _heading(self, chapter: Chapter, item: Json) -> str:
        named = item.get(chapter.heading)
        if named is None:
            return title(chapter.name)
        if chapter.heading in {"measure", "scope", "type"}:
            return title(named)
        return self._showing.value(
            named, chapter_schema(chapter.name)["properties"][chapter.heading]
        )
