"""A record as one JSON document, an item on each line."""

from collections.abc import Sequence

import orjson

from services.gateway.export.chapters import Chapter
from services.gateway.queries.reading import Json


class AsJson:
    media_type = "application/json"
    suffix = "json"

    def __init__(self) -> None:
        self._first = True

    def head(self, head: Json) -> bytes:
        return orjson.dumps(head)[:-1]

    def begin(self, chapter: Chapter) -> bytes:
        self._first = True
        return b',\n"%s":[' % chapter.name.encode()

    def items(self, chapter: Chapter, items: Sequence[Json]) -> bytes:
        del chapter
        lines = b",\n".join(map(orjson.dumps, items))
        separator = b"\n" if self._first else b",\n"
        self._first = False
        return separator + lines

    def end(self, chapter: Chapter, count: int) -> bytes:
        del chapter, count
        return b"]"

    def whole(self, counts: dict[str, int]) -> bytes:
        return b',\n"counts":%s,"complete":true}\n' % orjson.dumps(counts)

    def broken_off(self, code: str, *, inside: bool) -> bytes:
        said = {"complete": False, "code": code}
        return (b"]" if inside else b"") + b",\n" + orjson.dumps(said)[1:] + b"\n"
