"""A token names streams and versions, and nothing that a client makes up gets through."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.consistency import LABEL, MOST_STREAMS, BadToken, Tokens, decode, encode
from libs.eventstore.recorded import stream_name
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.testing.cast import CLINIC, OTHER_CLINIC

STREAMS = st.builds(
    stream_name, st.sampled_from(["goal", "assignment", "entry", "relationship"]), st.uuids()
)
TOLD = st.lists(st.tuples(STREAMS, st.integers(1, 2**31 - 1)), min_size=1, max_size=MOST_STREAMS)


MASTER = master_key(DEVELOPMENT_MASTER_KEY)
TOKENS = Tokens(derived(MASTER, LABEL))


@given(TOLD)
def test_what_was_told_is_understood(streams: list[tuple[str, int]]) -> None:
    token = TOKENS.token(CLINIC, encode(streams))
    assert TOKENS.streams(CLINIC, token) == streams
    assert len(token) <= 2048
    assert token.isascii()
    assert not set(token) & set("+/=\n ")


@given(TOLD)
def test_another_process_believes_what_this_one_gave(streams: list[tuple[str, int]]) -> None:
    given_here = TOKENS.token(CLINIC, encode(streams))
    assert Tokens(derived(MASTER, LABEL)).streams(CLINIC, given_here) == streams


@given(st.text(max_size=200) | st.characters(categories=["Cs"]))
def test_what_a_client_makes_up_is_a_bad_token_and_no_crash(token: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.streams(CLINIC, token)
    with pytest.raises(BadToken):
        decode(token)


@given(TOLD)
def test_streams_that_somebody_names_without_having_been_told_are_refused(
    streams: list[tuple[str, int]],
) -> None:
    unsigned = encode(streams)
    for token in (unsigned, f"{unsigned}.", f".{unsigned}", f"{unsigned}.{'A' * 22}"):
        with pytest.raises(BadToken):
            TOKENS.streams(CLINIC, token)


@given(TOLD)
def test_a_token_of_another_clinic_or_under_another_key_is_refused(
    streams: list[tuple[str, int]],
) -> None:
    foreign = TOKENS.token(OTHER_CLINIC, encode(streams))
    drawn_elsewhere = Tokens(derived(MASTER, "chain:care")).token(CLINIC, encode(streams))
    for token in (foreign, drawn_elsewhere):
        with pytest.raises(BadToken):
            TOKENS.streams(CLINIC, token)


@given(TOLD, st.data())
def test_a_token_with_one_character_changed_is_refused(
    streams: list[tuple[str, int]], data: st.DataObject
) -> None:
    token = TOKENS.token(CLINIC, encode(streams))
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("AQgw.-_09z").filter(lambda each: each != token[at]))
    with pytest.raises(BadToken):
        TOKENS.streams(CLINIC, token[:at] + other + token[at + 1 :])


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
    ],
)
def test_no_token_of_ours_says_this_even_signed(token: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.streams(CLINIC, TOKENS.token(CLINIC, token))


def test_a_token_that_is_too_long_is_refused_unread() -> None:
    long = TOKENS.token(CLINIC, encode([(STREAM, 1)]) + "A" * 2048)
    with pytest.raises(BadToken):
        TOKENS.streams(CLINIC, long)


def test_a_token_holds_at_most_sixteen_streams() -> None:
    with pytest.raises(ValueError, match="at most 16"):
        encode([(STREAM, 1)] * (MOST_STREAMS + 1))
