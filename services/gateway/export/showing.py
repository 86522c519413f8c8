"""Values as people read them. What stands where is known from the schema of the record; whatever
somebody wrote is escaped, and kept from changing the direction of what stands around it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from libs.web.pages import UNSEEN, plain
from services.gateway.export.opening import ERASED, SEALED
from services.gateway.export.schema import document, is_text, resolved

Schema = Mapping[str, Any]
Json = dict[str, Any]

_REFERS = re.compile(r"_ids?$")
"""Fields that name other things of the record."""

_FOR_PROGRAMS = {"id", "contact_ref", "version", "definition_version", "told_at", "by"}
"""Not told as fields: what names things, what counts facts, and what stands in the last line."""

_LABELS = {
    "about_id": "About",
    "duration_max_min": "Minutes, at most",
    "duration_min": "Minutes",
    "every_weeks": "Every so many weeks",
    "if_text": "If",
    "modality_tags": "Related procedures",
    "n": "Step",
    "offset_min": "Minutes from the start of the session",
    "quantity": "Done, in percent",
    "then_text": "Then",
}
"""Where a field's own name does not say it to people."""


def text(value: Any) -> str:
    """What somebody wrote, or that it cannot be read any more."""
    if value == ERASED:
        return '<em class="gone">erased</em>'
    if value == SEALED:
        return '<em class="gone">sealed: it does not open</em>'
    return f'<bdi dir="auto">{plain(value)}</bdi>'


def words(code: str) -> str:
    """`first_component` and `ReadinessRated` as one reads them."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code.translate(UNSEEN)).replace("_", " ").lower()
    return escape(spaced, quote=True)


def label(field: str) -> str:
    return _LABELS.get(field) or title(_REFERS.sub("", field))


def title(code: str) -> str:
    said = words(code)
    return said[:1].upper() + said[1:]


class Showing:
    """`zone` is the IANA zone of the patient's days: every time of day is told in it."""

    def __init__(self, zone: str) -> None:
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            self.zone = ZoneInfo("UTC")

    def moment(self, value: str) -> str:
        try:
            at = datetime.fromisoformat(value)
            local = at.astimezone(self.zone) if at.tzinfo else at
        except (ValueError, OverflowError):
            return plain(value)
        return f"{_day(local)}, {local:%H:%M}"

    def value(self, value: Any, schema: Schema) -> str:
        """HTML."""
        if is_text(schema):
            return text(value)
        schema = resolved(schema)
        if "items" in schema:
            return self._listed(value, schema["items"])
        if schema.get("properties"):
            return self._described(value, schema)
        if schema.get("type") == "object":
            return self.anything(value)
        return self._one(value, schema)

    def fields(self, value: Json, schema: Schema, *, but: str = "") -> str:
        """Those that are for people, in the order of the schema."""
        shown = (
            f"<dt>{label(name)}</dt><dd>{self.field(name, value[name], inner)}</dd>"
            for name, inner in schema["properties"].items()
            if name in value and name not in {*_FOR_PROGRAMS, but}
        )
        anchor = f' id="{plain(value["id"])}"' if "id" in value and not but else ""
        return f"<dl{anchor}>{''.join(shown)}</dl>{self._told(value)}"

    def _told(self, value: Json) -> str:
        if "told_at" not in value:
            return ""
        by = f" by the {words(value['by'])}" if "by" in value else ""
        return f'<p class="told">Told{by} on {self.moment(value["told_at"])}.</p>'

    def field(self, name: str, value: Any, schema: Schema) -> str:
        if _REFERS.search(name):
            ids = value if isinstance(value, list) else [value]
            return ", ".join(f'<a href="#{plain(each)}">see there</a>' for each in ids)
        return self.value(value, schema)

    def anything(self, value: Any) -> str:
        """What no schema describes: the answers of worksheets."""
        if value in (ERASED, SEALED) or isinstance(value, str):
            return text(value)
        if isinstance(value, list):
            return _bullets(self.anything(each) for each in value)
        if _is_rating(value):
            return self._rating(value)
        if isinstance(value, dict):
            shown = (
                f"<dt>{label(name)}</dt><dd>{self.anything(inner)}</dd>"
                for name, inner in value.items()
                if name not in _FOR_PROGRAMS and not _REFERS.search(name)
            )
            return f"<dl>{''.join(shown)}</dl>"
        return _yes_or_no(value) if isinstance(value, bool) else plain(value)

    def _described(self, value: Json, schema: Schema) -> str:
        if _is_rating(value):
            return self._rating(value)
        if value.get("role") == "therapist":
            return text(value["name"]) if "name" in value else "a therapist"
        return self.fields(value, schema)

    def _listed(self, values: Any, schema: Schema) -> str:
        return _bullets(self.value(each, schema) for each in values)

    def _one(self, value: Any, schema: Schema) -> str:
        match schema:
            case {"format": "date-time"}:
                return self.moment(value)
            case {"format": "date"}:
                return _date(value)
            case {"format": "time"}:
                return plain(value[: len("hh:mm")])
            case {"enum": _} | {"const": _}:
                return words(str(value))
            case {"type": "boolean"}:
                return _yes_or_no(value)
        return plain(value)

    def _rating(self, value: Json) -> str:
        """With its scale and what the ends of it mean."""
        scale = value["scale"]
        ends = [
            f"{plain(scale[end])}: {text(scale[label])}"
            for end, label in (("min", "low_label"), ("max", "high_label"))
            if label in scale
        ]
        anchors = f" ({'; '.join(ends)})" if ends else ""
        said = f"{plain(value['value'])} on a scale from {plain(scale['min'])} to "
        return f"{said}{plain(scale['max'])}{anchors}{self._circumstances(value)}"

    def _circumstances(self, value: Json) -> str:
        told = [
            f"by the {words(value['rater_role'])}" if "rater_role" in value else "",
            words(value["phase"]) if "phase" in value else "",
            self.moment(value["rated_at"]) if "rated_at" in value else "",
        ]
        return "".join(f", {each}" for each in told if each)


def _is_rating(value: Any) -> bool:
    return isinstance(value, dict) and {"value", "scale"} <= value.keys()


def _bullets(items: Iterator[str]) -> str:
    shown = "".join(f"<li>{each}</li>" for each in items)
    return f"<ul>{shown}</ul>" if shown else "none"


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "yes" if value else "no"


def _date(value: str) -> str:
    try:
        return _day(date.fromisoformat(value))
    except ValueError:
        return plain(value)


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _day(value: date) -> str:
    """In full, so that nobody takes the month for the day."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


@cache
def chapter_schema(name: str) -> Schema:
    """Of one item of the chapter."""
    return resolved(document()["properties"][name]["items"])
