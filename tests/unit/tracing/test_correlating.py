"""Every log line says which request or fact it is about, across services."""

from uuid import UUID

from libs.tracing.correlating import correlated, with_correlation

MONDAY = UUID(int=1)
TUESDAY = UUID(int=2)
TRACE = f"00-{'a' * 32}-{'1' * 16}-01"


def line(**said: str) -> dict[str, object]:
    return dict(with_correlation(None, "info", {"event": "parked", **said}))


def test_a_line_says_what_it_is_about() -> None:
    with correlated(MONDAY, TRACE):
        assert line() == {
            "event": "parked",
            "correlation_id": str(MONDAY),
            "trace_id": "a" * 32,
        }


def test_outside_of_any_there_is_nothing_to_say() -> None:
    with correlated(MONDAY, TRACE):
        pass
    assert line() == {"event": "parked"}


def test_one_within_another_is_the_nearer_one() -> None:
    with correlated(MONDAY, TRACE):
        with correlated(TUESDAY, TRACE):
            assert line()["correlation_id"] == str(TUESDAY)
        assert line()["correlation_id"] == str(MONDAY)


def test_what_the_line_says_itself_stands() -> None:
    with correlated(MONDAY, TRACE):
        assert line(trace_id="b")["trace_id"] == "b"
