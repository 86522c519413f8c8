"""A token names streams and versions, and nothing that a client makes up gets through."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.consistency import MOST_STREAMS, BadToken, decode, encode
from libs.eventstore.recorded import stream_name

STREAMS = st.builds(
    stream_name, st.sampled_from(["goal", "assignment", "entry", "relationship"]), st.uuids()
)
TOLD = st.lists(st.tuples(STREAMS, st.integers(1, 2**31 - 1)), min_size=1, max_size=MOST_STREAMS)


@given(TOLD)
def test_what_was_told_is_understood(streams: list[tuple[str, int]]) -> None:
    token = encode(streams)
    assert decode(token) == streams
    assert token.isascii()
    assert not set(token) & set("+/=\n ")


@given(st.text(max_size=200))
def test_what_a_client_makes_up_is_a_bad_token_and_no_crash(token: str) -> None:
    with pytest.raises(BadToken):
        decode(token)


def _token(plain: str) -> str:
    return urlsafe_b64encode(plain.encode()).decode()


STREAM = "goal-00000000-0000-7000-8000-0000000000c1"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "=",
        "żółw",
        _token(""),
        _token(f"{STREAM}@0"),
        _token(f"{STREAM}@-1"),
        _token(f"{STREAM}@99999999999"),
        _token(f"{STREAM}@3000000000"),
        _token(f"{STREAM}@1\n"),
        _token(f"{STREAM}@1") + "!",
        _token(f"{STREAM.upper()}@1"),
        _token("goal-1@1"),
        _token(",".join([f"{STREAM}@1"] * (MOST_STREAMS + 1))),
        "A" * 5000,
    ],
)
def test_no_token_of_ours(token: str) -> None:
    with pytest.raises(BadToken):
        decode(token)


def test_a_token_holds_at_most_sixteen_streams() -> None:
    with pytest.raises(ValueError, match="at most 16"):
        encode([(STREAM, 1)] * (MOST_STREAMS + 1))
