"""Trusted documents: those that a clinic's own clients were built with, known by their SHA-256.

A client may send a document's name instead of its text, in every mode but `off`. What nobody has
named is counted in `log`, and in `enforce` refused before anybody reads it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import prometheus_client
import structlog

from libs.web.problems import Problem
from services.gateway.manifest import Manifest, Mode, named

log = structlog.get_logger()

MOST_COUNTED = 1_000
"""Unknown documents that are told apart, for whoever sends them makes them up."""

_UNKNOWN = prometheus_client.Counter(
    "interlude_unknown_documents_total",
    "GraphQL documents that no manifest names.",
    ["mode"],
)
_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    mode: Mode = "off"
    manifest: Manifest = field(default_factory=Manifest)
    unknown: Counter[str] = field(default_factory=Counter, repr=False)
    """How often each came, by its name: bounded."""

    def text(self, request: Mapping[str, Any]) -> str | None:
        """The document that a request means, by its text, its name or both; None for neither.

        Raises `Problem` (400) where it is none that may be asked for.
        """
        given, name = request.get("query"), _name_in(request)
        if name is not None:
            text = self.manifest.texts.get(name)
            if text is None or given not in (None, text):
                raise Problem("unknown-document")
            return text
        if given is not None and self.mode != "off":
            self._must_be_known(given)
        return given

    def _must_be_known(self, text: str) -> None:
        try:
            name = named(text)
        except UnicodeEncodeError:
            raise Problem("character-not-allowed") from None
        if name in self.manifest.texts:
            return
        self._count(name)
        if self.mode == "enforce":
            raise Problem("unknown-document")

    def _count(self, name: str) -> None:
        """Said the first time, and then ever more seldom."""
        _UNKNOWN.labels(self.mode).inc()
        if name not in self.unknown and len(self.unknown) >= MOST_COUNTED:
            return
        self.unknown[name] += 1
        times = self.unknown[name]
        if times == 10 ** (len(str(times)) - 1):
            log.warning("unknown-document", sha256=name, times=times)


NONE_NAMED = TrustedDocuments()


def is_named(request: Mapping[str, Any]) -> bool:
    return _name_in(request) is not None


def _name_in(request: Mapping[str, Any]) -> str | None:
    """As `documentId` (GraphQL over HTTP), or as Apollo's clients send it; else None."""
    told = request.get("documentId")
    if told is None:
        extensions = request.get("extensions")
        query = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        told = query.get("sha256Hash") if isinstance(query, dict) else None
    return told.removeprefix(_PREFIX).lower() if isinstance(told, str) else None
