"""An event's fields in words, read from its schema."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.eventstore.wire import Json

_FORMATS = {
    "uuid": "UUID",
    "date-time": "instant (RFC 3339, UTC)",
    "date-time-local": "local time, without offset",
    "time-local": "time of day, by the wall clock",
    "time": "time of day, by the wall clock",
    "date": "date",
}
_LIMITS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}
SEALED = "Sealed"
_EVERYWHERE = {
    "patient_id": "Whose it is.",
    "therapist_id": "The therapist whose patient this is.",
    "assignment_id": "The homework; its stream has the same id.",
    "session_id": "A therapy session of care.",
    "goal_ids": "Goals of the same patient.",
    "occurrence_id": "The occurrence that it is about.",
    "occurrence_ids": "The occurrences that it is about.",
    "because_rating_id": "The rating that led to it.",
    "contact_ref": "The patient's own number for another person.",
    "zone": "IANA time zone.",
    "locale": "BCP 47 language tag.",
    "duration_min": "Minutes.",
    "duration_max_min": "Minutes, at most.",
    "session_length_min": "Minutes.",
    "offset_min": "Minutes from the session's start.",
    "quantity": "Share of what was planned, in percent.",
    "plan_version": "From 1; a revision counts on.",
    "experienced_at": "When it was lived through, by the world's clock.",
    "starts_at": "The instant, by the rules that the zone had then.",
    "starts_local": "What was agreed on, by the wall clock of the zone.",
    "rater_role": "Who rated.",
    "scale": "The scale that it was rated on; numbers on different scales are never converted.",
    "value": "A whole number on its own scale.",
    "likelihood": "How likely it is, on its own scale.",
    "intensity": "How strong, where it was rated.",
    "visibility": "What is private is the patient's alone.",
    "supersedes": "What it takes the place of.",
}
"""Names that mean the same wherever they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`shape` names the object that it is, or that it is a list of; `values` are all there are."""

    name: str
    kind: str
    shape: str | None
    values: Sequence[str]
    limits: Sequence[str]
    required: bool
    default: str | None
    sealed: bool
    about: str


def fields_of(schema: Json) -> Sequence[Field]:
    needed = schema.get("required", ())
    return [
        _field(name, field, required=name in needed)
        for name, field in schema.get("properties", {}).items()
    ]


def shapes_of(schema: Json) -> Mapping[str, Json]:
    """The objects within it, by name. What is sealed is explained once for all."""
    return {name: one for name, one in schema.get("$defs", {}).items() if name != SEALED}


def added_since(old: Json, new: Json) -> Sequence[str]:
    """The fields that a version has more than the one before it, at any depth."""
    return sorted(set(_paths(new, new)) - set(_paths(old, old)))


def is_sealed_somewhere(schema: Json) -> bool:
    return SEALED in schema.get("$defs", {})


def _field(name: str, schema: Json, *, required: bool) -> Field:
    branches = [each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]
    inner = branches[0]
    element = inner.get("items", inner)
    shape = _shape(element)
    return Field(
        name=name,
        kind=" or ".join(dict.fromkeys(map(_kind, branches))),
        shape=None if shape == SEALED else shape,
        values=_values(element),
        limits=[*_limits(inner), *(_limits(element) if element is not inner else ())],
        required=required,
        default=_default(schema),
        sealed=shape == SEALED,
        about=str(schema.get("description", _EVERYWHERE.get(name, ""))),
    )


def _shape(schema: Json) -> str | None:
    reference = schema.get("$ref")
    return None if reference is None else str(reference).rpartition("/")[2]


def _kind(schema: Json) -> str:
    shape = _shape(schema)
    if shape is not None:
        return "sealed text" if shape == SEALED else shape
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    if "enum" in schema or "const" in schema:
        return "one of"
    return _FORMATS.get(schema.get("format", ""), str(schema.get("type", "anything")))


def _values(schema: Json) -> Sequence[str]:
    return [
        str(value) for value in schema.get("enum", [schema["const"]] if "const" in schema else [])
    ]


def _limits(schema: Json) -> Sequence[str]:
    return [words.format(schema[key]) for key, words in _LIMITS.items() if key in schema]


def _default(schema: Json) -> str | None:
    default = schema.get("default")
    return None if default is None or default == [] else str(default).lower()


def _paths(schema: Any, whole: Json, at: str = "", within: tuple[str, ...] = ()) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        place = f"{at}.{name}" if at else name
        yield place
        for branch in field.get("anyOf", [field]):
            element = branch.get("items", branch)
            shape = _shape(element)
            if shape is not None and shape not in within and shape != SEALED:
                yield from _paths(whole["$defs"][shape], whole, place, (*within, shape))
