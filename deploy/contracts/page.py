"""`events.html`: every event with its fields, for people. Made of the committed contracts alone."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from xml.etree.ElementTree import Element, tostring

import orjson

from deploy.contracts.asyncapi import PARTITIONS, readers
from deploy.contracts.catalogue import WRITERS, Published
from deploy.contracts.fields import (
    Field,
    added_since,
    fields_of,
    is_sealed_somewhere,
    shapes_of,
)
from deploy.contracts.headers import HEADERS
from libs.eventstore.versions import version_of
from libs.messaging.envelope import topic_of

Child = Element | str | None
Versions = Sequence[Published]
"""Of one fact, from the first on."""

_OWNS = {
    "care": "Who works with whom, and when they meet.",
    "assignment": "Why, what, how, how ready, and how it was adjusted.",
    "diary": "What the patient does and records between sessions.",
    "review": "What the next session makes of it.",
}
_SEALED = (
    "Sealed text is an object of key, nonce and ciphertext (AES-256-GCM, base64), under a key of"
    " the patient's own. When that key is destroyed, the text is gone from every copy."
)
_VERSIONS = (
    "A later version only adds fields that may be missing. Who can read one version can read all of"
    " them; topics keep every version that was ever written."
)


def page(facts: Iterable[Published]) -> bytes:
    told = {service: _told_by(service, facts) for service in WRITERS}
    body = _(
        "body",
        _("header", _("h1", "Interlude events"), _intro(), _search()),
        _("nav", *(_contents(service, told[service]) for service in WRITERS), aria_label="Events"),
        _("main", _envelope(), *(_section(service, told[service]) for service in WRITERS)),
    )
    html = _("html", _head(), body, lang="en")
    written: bytes = tostring(html, encoding="utf-8", method="html")
    return b"<!doctype html>\n" + written + b"\n"


def _(tag: str, *children: Child, **attributes: str) -> Element:
    """An element; text is escaped when it is written, whoever wrote it."""
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    element = Element(tag, names)
    for child in children:
        if isinstance(child, Element):
            element.append(child)
        elif child is not None and len(element):
            element[-1].tail = (element[-1].tail or "") + child
        elif child is not None:
            element.text = (element.text or "") + child
    return element


def _told_by(service: str, facts: Iterable[Published]) -> Sequence[Versions]:
    ours = [fact for fact in facts if fact.service == service]
    first_seen = {_short(fact): place for place, fact in reversed(list(enumerate(ours)))}
    ours.sort(key=lambda fact: (first_seen[_short(fact)], version_of(fact.name)))
    return [list(versions) for _name, versions in groupby(ours, _short)]


def _short(fact: Published) -> str:
    return fact.name.split(".")[2]


def _anchor(fact: Published) -> str:
    return f"{fact.service}-{_short(fact)}"


def _head() -> Element:
    return _(
        "head",
        _("meta", charset="utf-8"),
        _("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _("title", "Interlude events"),
        _("link", rel="stylesheet", href="/events/catalogue.css"),
        _("link", rel="icon", href="data:,"),
        _("script", src="/events/catalogue.js", defer="defer"),
    )


def _intro() -> Element:
    return _("p", "What happened in therapy homework, as it is published on Kafka. ", _VERSIONS)


def _search() -> Element:
    box = _(
        "input",
        type="search",
        id="filter",
        placeholder="An event, a field, a value…",
        autocomplete="off",
    )
    return _(
        "p",
        _("label", "Filter ", box),
        " ",
        _("output", for_="filter"),
        id="search",
        hidden="hidden",
    )


def _contents(service: str, told: Sequence[Versions]) -> Element:
    links = [
        _("li", _("a", _short(versions[-1]), href=f"#{_anchor(versions[-1])}")) for versions in told
    ]
    return _("section", _("h2", _("a", service, href=f"#{service}")), _("ul", *links))


def _envelope() -> Element:
    rows = [
        _(
            "tr",
            _("td", _("code", name)),
            _("td", about.get("description", about.get("const", ""))),
            _("td", "always" if name in HEADERS["required"] else "where there is one"),
        )
        for name, about in HEADERS["properties"].items()
    ]
    return _(
        "section",
        _("h2", "The envelope of every record"),
        _("p", HEADERS["description"]),
        _("details", _("summary", "Headers"), _table(("header", "what it is", "there"), rows)),
        _("p", _badge("sealed"), " ", _SEALED),
        id="envelope",
    )


def _section(service: str, told: Sequence[Versions]) -> Element:
    who = ", ".join(sorted(readers(service)))
    return _(
        "section",
        _("h2", service),
        _("p", _OWNS[service]),
        _(
            "p",
            _("code", topic_of(service)),
            f" · {PARTITIONS} partitions · kept for ever · written by {service}, read by {who}",
            class_="topic",
        ),
        *map(_event, told),
        id=service,
    )


def _event(versions: Versions) -> Element:
    newest = versions[-1]
    return _(
        "article",
        _(
            "h3",
            _("a", _short(newest), href=f"#{_anchor(newest)}"),
            " ",
            _("span", f"v{version_of(newest.name)}", class_="version"),
            " ",
            _badge("sealed") if is_sealed_somewhere(newest.schema) else None,
        ),
        _("p", *_words(newest.summary)),
        _(
            "p",
            _("code", newest.name),
            f" · written by {newest.service}, in streams ",
            _("code", f"{newest.category}-<uuid>"),
            class_="topic",
        ),
        _fields(newest.schema),
        *(_shape(name, schema) for name, schema in shapes_of(newest.schema).items()),
        _("details", _("summary", "Example"), _("pre", _json(newest.example))),
        _history(versions),
        id=_anchor(newest),
    )


def _history(versions: Versions) -> Element:
    first = _("li", _schema_link(versions[0]), " as first published")
    later = [
        _("li", _schema_link(new), " adds ", _listed(added_since(old.schema, new.schema)))
        for old, new in pairwise(versions)
    ]
    return _(
        "details",
        _("summary", "Version" if len(versions) == 1 else f"{len(versions)} versions"),
        _("ul", first, *later),
    )


def _schema_link(fact: Published) -> Element:
    return _("a", f"v{version_of(fact.name)}", href=f"/events/{fact.name}.schema.json")


def _listed(names: Sequence[str]) -> Element:
    return _("span", *(_("code", name, class_="value") for name in names))


def _fields(schema: Mapping[str, object]) -> Child:
    rows = [_row(field) for field in fields_of(dict(schema))]
    return _table(("field", "type", "what it is"), rows) if rows else _("p", "No fields.")


def _shape(name: str, schema: Mapping[str, object]) -> Element:
    about = str(schema.get("description", ""))
    return _(
        "details", _("summary", name), _("p", *_words(about)) if about else None, _fields(schema)
    )


def _row(field: Field) -> Element:
    need = None if field.required else _("span", "optional", class_="optional")
    default = f"{field.default} where it is missing" if field.default else None
    words = " · ".join(each for each in (field.about, *field.limits, default) if each)
    return _(
        "tr",
        _("td", _("code", field.name), " ", need),
        _(
            "td",
            _badge("sealed") if field.sealed and field.kind == "sealed text" else field.kind,
            " ",
            _listed(field.values),
        ),
        _("td", *_words(words)),
    )


def _words(text: str) -> Sequence[Child]:
    """What stands between backticks is a name."""
    return [_("code", part) if place % 2 else part for place, part in enumerate(text.split("`"))]


def _badge(word: str) -> Element:
    return _("span", word, class_=f"badge {word}")


def _table(heads: Sequence[str], rows: Sequence[Element]) -> Element:
    return _("table", _("thead", _("tr", *(_("th", head) for head in heads))), _("tbody", *rows))


def _json(content: object) -> str:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
