"""What `make security` says at its end."""

from tests.security.table import Line, Outcome, lines, table


def test_cases_are_summed_up_by_their_class() -> None:
    outcomes = [
        Outcome(kind="forged tokens", tried=1, held=True),
        Outcome(kind="who may do what", tried=28, held=True),
        Outcome(kind="forged tokens", tried=1, held=True),
    ]
    assert lines(outcomes) == {
        "forged tokens": Line(tests=2, tried=2, held=2),
        "who may do what": Line(tests=1, tried=28, held=28),
    }


def test_of_a_test_that_failed_no_case_has_held() -> None:
    assert lines([Outcome(kind="canaries", tried=9, held=False)]) == {
        "canaries": Line(tests=1, tried=9, held=0)
    }


def test_what_was_left_out_was_not_tried() -> None:
    left_out = Outcome(kind="canaries", tried=1, held=True, left_out=True)
    assert lines([left_out]) == {"canaries": Line(tests=1, left_out=1)}


def test_the_table_shows_what_did_not_hold() -> None:
    _, row = table({"canaries": Line(tests=2, tried=10, held=9)})
    assert row.split() == ["canaries", "2", "10", "9", "1", "0"]
