"""What a projector tells those who wait: ids and versions, in pieces that NOTIFY can carry."""

from uuid import UUID, uuid4

from libs.eventstore.changes import Changes, changes_in, heard, payload
from libs.testing.cast import CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.streams import Told, stream

NOTE: Told = ("interlude.diary.NoteAdded.v1", {"text": "films"})
UUID_1 = UUID("00000000-0000-7000-8000-00000000d001")


def test_a_stream_is_told_with_the_version_that_it_reached() -> None:
    (changes,) = changes_in(stream("entry", UUID_1, NOTE, NOTE))
    assert changes == Changes(
        tenant_id=CLINIC, streams={f"entry-{UUID_1}": 2}, subjects=frozenset({MASHA})
    )


def test_each_clinic_is_told_apart() -> None:
    told = [*stream("entry", UUID_1, NOTE), *stream("entry", UUID_1, NOTE, tenant=OTHER_CLINIC)]
    assert [changes.tenant_id for changes in changes_in(told)] == [CLINIC, OTHER_CLINIC]


def test_what_is_told_is_heard() -> None:
    (changes,) = changes_in(
        [*stream("entry", UUID_1, NOTE), *stream("entry", uuid4(), NOTE, subject=LEV)]
    )
    assert heard(payload(changes)) == changes


def test_a_stream_about_nobody_names_nobody() -> None:
    (changes,) = changes_in(stream("clinic", CLINIC, NOTE, subject=None))
    assert changes.subjects == frozenset()


def test_however_much_changes_every_notice_fits() -> None:
    told = [
        one
        for _ in range(1000)
        for one in stream("exposure_hierarchy_of_a_very_long_name", uuid4(), NOTE, subject=uuid4())
    ]
    notices = [payload(changes) for changes in changes_in(told)]
    assert max(map(len, notices)) < 8000
    assert sum(len(heard(notice).streams) for notice in notices) == 1000


def test_no_word_of_a_fact_is_told() -> None:
    assert "films" not in payload(next(changes_in(stream("entry", UUID_1, NOTE))))
