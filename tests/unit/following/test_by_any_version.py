"""What a reader means for a fact is found by whichever version of the fact comes."""

from libs.eventstore.versions import ByAnyVersion

meant = {"interlude.care.SessionScheduled.v1": "a row"}


def test_every_version_of_a_fact_finds_what_is_meant_for_its_first() -> None:
    known = ByAnyVersion(meant)
    assert known["interlude.care.SessionScheduled.v1"] == "a row"
    assert known["interlude.care.SessionScheduled.v12"] == "a row"


def test_what_a_reader_does_not_know_means_nothing_to_it() -> None:
    known = ByAnyVersion(meant)
    assert known["interlude.care.SessionScheduledAgain.v1"] is None
    assert known["interlude.care.PatientRegistered.v2"] is None
