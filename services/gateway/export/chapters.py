"""The chapters of a record, in their order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.gateway.export import shapes
from services.gateway.export.said import SAID_IN_REVIEWS, SAID_OF_HOMEWORK
from services.gateway.projections.shapes import Shape
from services.gateway.queries import record
from services.gateway.queries.reading import Json

Kinds = Mapping[str, tuple[str, type[Shape]]]


def _as_it_is(row: Json) -> Json:
    return row


def _with_parts(kinds: Kinds) -> Callable[[Json], Json]:
    def shaped(row: Json) -> Json:
        parts = row.pop("parts", {})
        for kind, (name, _) in kinds.items():
            if kind in parts:
                row[name] = parts[kind]
        return row

    return shaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """`heading` is the field by which people know one of its items."""

    name: str
    title: str
    shape: type[Shape]
    sql: str
    heading: str
    shaped: Callable[[Json], Json] = _as_it_is


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        name="relationships",
        title="Therapists",
        shape=shapes.Relationship,
        sql=record.RELATIONSHIPS,
        heading="therapist",
    ),
    Chapter(
        name="sessions",
        title="Sessions",
        shape=shapes.Session,
        sql=record.SESSIONS,
        heading="starts_at",
    ),
    Chapter(name="goals", title="Goals", shape=shapes.Goal, sql=record.GOALS, heading="statement"),
    Chapter(
        name="homework",
        title="Homework",
        shape=shapes.Homework,
        sql=record.HOMEWORK,
        heading="title",
        shaped=_with_parts(SAID_OF_HOMEWORK),
    ),
    Chapter(
        name="occurrences",
        title="When homework was asked for",
        shape=shapes.Occurrence,
        sql=record.OCCURRENCES,
        heading="opens_at",
    ),
    Chapter(
        name="entries",
        title="Diary",
        shape=shapes.Entry,
        sql=record.ENTRIES,
        heading="started_at",
    ),
    Chapter(
        name="reviews",
        title="What sessions made of homework",
        shape=shapes.Review,
        sql=record.REVIEWS,
        heading="opened_at",
        shaped=_with_parts(SAID_IN_REVIEWS),
    ),
    Chapter(
        name="notebook",
        title="Notebook",
        shape=shapes.NotebookItem,
        sql=record.NOTEBOOK,
        heading="kept_at",
    ),
    Chapter(
        name="ratings",
        title="Ratings, in the order of time",
        shape=shapes.RatingGiven,
        sql=record.RATINGS,
        heading="measure",
    ),
    Chapter(
        name="consents",
        title="What was allowed",
        shape=shapes.Consent,
        sql=record.CONSENTS,
        heading="scope",
    ),
    Chapter(
        name="history",
        title="Everything that was recorded, in the order of recording",
        shape=shapes.Fact,
        sql=record.HISTORY,
        heading="type",
    ),
)
