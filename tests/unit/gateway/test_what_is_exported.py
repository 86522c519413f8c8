"""Whatever the read models hold of a patient is in their export, or it is said here why it is not.
A new read model, or a new column of one, has to be decided on.
"""

from collections.abc import Mapping

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Table

from services.gateway.export import schema
from services.gateway.export.chapters import CHAPTERS
from services.gateway.export.said import SAID_IN_REVIEWS, SAID_OF_HOMEWORK
from services.gateway.export.shapes import Person
from services.gateway.projections import assignment, review
from services.gateway.projections.everything import LIVE

TABLES: Mapping[str, Table] = {
    str(table.name): table for model in LIVE for table in model.tables if table.name
}

IN_CHAPTERS = {
    "relationships": "relationships",
    "sessions": "sessions",
    "goals": "goals",
    "assignments": "homework",
    "occurrences": "occurrences",
    "entries": "entries",
    "reviews": "reviews",
    "notebook": "notebook",
    "ratings": "ratings",
    "consents": "consents",
    "timeline": "history",
}
"""By the table: the chapter that shows it."""

ELSEWHERE = {
    "people": "the patient in the head; therapists by name, where they have a part",
    "clinics": "the patient's own by name, in the head",
    "assignment_parts": "within the homework",
    "review_parts": "within the review",
}

LEFT_OUT = {
    "supervisions": "between colleagues, about no patient",
    "departures": "of colleagues, about no patient",
    "templates": "of the clinic, about no patient: what was made from one says what it took over",
    "template_versions": "as the templates",
    "records_windows": "of the clinic, for colleagues who left",
    "feed": "in which order facts were delivered; each of them is in the history",
    "feed_heads": "as the feed; how far it goes is the head's live cursor",
    "erased": "of whoever was erased, and of them there is no record to export",
}

_NAMED_OTHERWISE = {"patient_id", "tenant_id"}
"""Of everything in it alike: whose record it is."""

COLUMNS_LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "relationships": {"relationship_id": "is `id`", "therapist_id": "a name"},
    "sessions": {
        "session_id": "is `id`",
        "therapist_id": "a name",
        "off": "is the status",
    },
    "goals": {"goal_id": "is `id`", "therapist_id": "whose words they are is `set_by`"},
    "assignments": {
        "assignment_id": "is `id`",
        "therapist_id": "a name",
        "course": "is the status",
        "agreed_by_patient": "is the agreements",
        "agreed_by_therapist": "is the agreements",
        "plan_version": "stands at the plans",
        "readiness": "a share of the last rating, which stands there",
        "confidence": "as readiness",
        "importance": "as readiness",
        "rated_at": "stands at the ratings",
        "suggested_at": "stands at the suggestions",
        "adjusted_at": "stands at the adjustments",
        "changed_at": "stands in the history",
    },
    "occurrences": {"occurrence_id": "is `id`", "told": "is the state"},
    "entries": {"entry_id": "is `id`"},
    "reviews": {"review_id": "is `id`", "therapist_id": "whose session it was says who"},
    "notebook": {"item_id": "is `id`", "recorded_at": "stands in the history"},
    "ratings": {"event_id": "of the fact in the history", "stream_id": "is the homework"},
    "consents": {"consent_id": "is `id`"},
    "timeline": {
        "event_id": "is `id`",
        "category": "is `about`",
        "stream_id": "is `about_id`",
        "actor_id": "somebody else's id; their role is `by`",
        "actor_role": "is `by`",
        "on_behalf_of": "is `by`",
        "visibility": "stands at the entry",
        "refs": "may name others; what it speaks of stands in the chapters",
        "excerpt": "what was written stands in the chapters, whole",
    },
}


def test_every_read_model_is_exported_or_left_out_for_a_reason() -> None:
    assert {*IN_CHAPTERS, *ELSEWHERE, *LEFT_OUT} == set(TABLES)
    assert set(IN_CHAPTERS.values()) == {chapter.name for chapter in CHAPTERS}


@pytest.mark.parametrize("table", sorted(IN_CHAPTERS))
def test_every_column_is_exported_or_left_out_for_a_reason(table: str) -> None:
    (chapter,) = [each for each in CHAPTERS if each.name == IN_CHAPTERS[table]]
    columns = {str(column.name) for column in TABLES[table].columns} - _NAMED_OTHERWISE
    assert columns - set(chapter.shape.model_fields) == set(COLUMNS_LEFT_OUT[table])


def test_a_person_is_told_all_that_is_kept_of_them() -> None:
    kept = {str(column.name) for column in TABLES["people"].columns}
    assert kept - set(Person.model_fields) == {"tenant_id", "person_id", "kind"}


def test_everything_that_is_said_about_homework_is_exported() -> None:
    assert set(SAID_OF_HOMEWORK) == {part.kind for part in assignment.PARTS.values()}
    assert set(SAID_IN_REVIEWS) == {part.kind for part in review.PARTS.values()}


def test_the_schema_is_one_and_lets_nothing_else_in() -> None:
    document = schema.document()
    Draft202012Validator.check_schema(document)
    loose = [
        name
        for name, each in document["$defs"].items()
        if "properties" in each and each.get("additionalProperties") is not False
    ]
    assert loose == []
    assert document["additionalProperties"] is False
    assert "complete" in document["required"]
