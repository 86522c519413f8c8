"""A reader declares what it needs of a fact, and nothing else reaches it."""

from dataclasses import replace
from uuid import UUID

import pytest
from pydantic import ValidationError

from libs.eventstore.reading import Fact, read_as, told
from libs.privacy.private import Sealed
from libs.testing.streams import stream
from libs.vocabulary.changing import changed
from libs.vocabulary.text import Prose

ENTRY = UUID("00000000-0000-7000-8000-00000000d001")
SEALED = {"key": "k", "nonce": "n", "ciphertext": "c"}


class Step(Fact):
    text: Prose


class NoteAdded(Fact):
    mood: int
    steps: tuple[Step, ...] = ()


READS = {"interlude.diary.NoteAdded.v1": NoteAdded}


def test_fields_of_no_interest_are_let_pass() -> None:
    (note,) = stream("entry", ENTRY, ("interlude.diary.NoteAdded.v1", {"mood": 4, "more": []}))
    assert read_as(note, READS) == NoteAdded(mood=4)


def test_a_fact_of_no_interest_is_none() -> None:
    (note,) = stream("entry", ENTRY, ("interlude.diary.Other.v1", {"mood": 4}))
    assert read_as(note, READS) is None


def test_sealed_text_stays_sealed_and_knows_where_it_stood() -> None:
    (note,) = stream(
        "entry",
        ENTRY,
        ("interlude.diary.NoteAdded.v1", {"mood": 4, "steps": [{"text": SEALED}]}),
    )
    read = read_as(note, READS)
    assert read is not None
    assert read.steps[0].text == Sealed(**SEALED, found_at=f"{note.event_id}/steps.0.text")


def test_it_is_read_once_for_all_who_read_it() -> None:
    (note,) = stream("entry", ENTRY, ("interlude.diary.NoteAdded.v1", {"mood": 4}))
    assert read_as(note, READS) is read_as(note, READS)
    assert told(note) is told(note)


def test_what_is_changed_in_it_is_read_anew() -> None:
    (note,) = stream("entry", ENTRY, ("interlude.diary.NoteAdded.v1", {"mood": 4}))
    read_as(note, READS)
    for copied in (changed, replace):
        other = copied(note, data=b'{"mood":7}')
        assert read_as(other, READS) == NoteAdded(mood=7)


def test_a_fact_that_lacks_what_is_needed_is_refused() -> None:
    (note,) = stream("entry", ENTRY, ("interlude.diary.NoteAdded.v1", {}))
    with pytest.raises(ValidationError):
        read_as(replace(note, data=b'{"mood":"very"}'), READS)
