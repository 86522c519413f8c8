"""A pass opens one door, in one clinic, for a minute; whoever alters it has none."""

import pytest

from libs.access.passes import SECONDS, BadPass, holder, is_pass, signed
from libs.testing.cast import CLINIC, OTHER_CLINIC

KEY = b"only-for-tests-only-for-tests-32"
NOW = 1_772_442_000.0


def given(**otherwise: object) -> str:
    told = {"key": KEY, "tenant_id": CLINIC, "scope": "erasure:confirm", "now": NOW} | otherwise
    return signed(**told)  # type: ignore[arg-type]  # as a test says


def test_it_says_which_clinic_and_what_for() -> None:
    principal = holder(KEY, given(), now=NOW)
    assert principal.tenant_id == CLINIC
    assert principal.roles == {"integrator"}
    assert principal.scopes == {"erasure:confirm"}
    assert is_pass(given())


def test_it_holds_for_a_minute() -> None:
    holder(KEY, given(), now=NOW + SECONDS - 1)
    for now in (NOW + SECONDS, NOW + 10 * SECONDS):
        with pytest.raises(BadPass):
            holder(KEY, given(), now=now)


def test_nobody_signs_one_for_next_year() -> None:
    with pytest.raises(BadPass):
        holder(KEY, given(now=NOW + 365 * 86_400), now=NOW)


def test_of_another_key_it_is_none() -> None:
    with pytest.raises(BadPass):
        holder(b"another key of thirty-two bytes!", given(), now=NOW)


@pytest.mark.parametrize("at", range(0, len(given()), 7))
def test_whoever_changes_a_letter_of_it_has_none(at: int) -> None:
    good = given()
    other = "A" if good[at] != "A" else "B"
    with pytest.raises(BadPass):
        holder(KEY, good[:at] + other + good[at + 1 :], now=NOW)


def test_the_first_half_of_one_and_the_second_of_another_are_none() -> None:
    told, signature = given().rsplit(".", 1)
    elsewhere = given(tenant_id=OTHER_CLINIC).rsplit(".", 1)[1]
    assert signature != elsewhere
    with pytest.raises(BadPass):
        holder(KEY, f"{told}.{elsewhere}", now=NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "interlude-pass.",
        "interlude-pass..",
        "interlude-pass.x.y",
        "interlude-pass.\udcff.",
        "é",
    ],
)
def test_what_is_no_pass_at_all_is_refused_like_a_bad_one(token: str) -> None:
    with pytest.raises(BadPass):
        holder(KEY, token, now=NOW)
