"""Keycloak's keys change while all runs: who is believed, and until when."""

import pytest

from deploy.local.ports import wait_until
from deploy.local.run_info import RunInfo
from libs.web.issuers import BACK_OFF, FRESH
from tests.system.believing import believed, refused
from tests.system.keycloak import Keycloak, kid

pytestmark = [
    pytest.mark.slow,
    pytest.mark.system,
    pytest.mark.postgres,
    pytest.mark.timeout(1200),
]

MARGIN = 30.0
"""Seconds on top of a promised bound, for a machine that is busy with something else."""


@pytest.fixture
def run(with_keycloak: RunInfo) -> RunInfo:
    return with_keycloak


def comes_to_be_believed(run: RunInfo, token: str) -> bool:
    return wait_until(lambda: believed(run, token), seconds=BACK_OFF + MARGIN, every=0.5)


def test_a_new_key_throws_nobody_out(run: RunInfo, keycloak: Keycloak) -> None:
    seen, unseen = keycloak.token("therapist"), keycloak.token("therapist")
    assert comes_to_be_believed(run, seen)

    added = keycloak.add_key()
    signed_anew = keycloak.token("therapist")

    assert kid(signed_anew) == added != kid(seen)
    assert comes_to_be_believed(run, signed_anew)
    assert believed(run, seen)
    assert believed(run, unseen)


def test_a_key_is_believed_no_more_once_it_was_replaced(run: RunInfo, keycloak: Keycloak) -> None:
    """As after a theft: the first token of the new key has all look again."""
    unseen = keycloak.token("therapist")

    added = keycloak.add_key()
    keycloak.withdraw_key(kid(unseen))
    signed_anew = keycloak.token("therapist")

    assert kid(signed_anew) == added
    assert comes_to_be_believed(run, signed_anew)
    assert refused(run, unseen)


def test_a_token_that_was_seen_is_believed_no_longer_than_its_key(
    run: RunInfo, keycloak: Keycloak
) -> None:
    seen = keycloak.token("therapist")
    if not comes_to_be_believed(run, seen):
        pytest.fail("never believed", pytrace=False)

    keycloak.add_key()
    keycloak.withdraw_key(kid(seen))
    if not comes_to_be_believed(run, keycloak.token("therapist")):
        pytest.fail("the new key never came", pytrace=False)

    assert refused(run, seen)


def test_a_key_that_is_quietly_withdrawn_is_believed_until_keys_are_fetched_again(
    run: RunInfo, keycloak: Keycloak
) -> None:
    """Nothing new comes by that would have anybody look earlier. Ten minutes."""
    added = keycloak.add_key()
    seen = keycloak.token("therapist")
    unseen = [keycloak.token("therapist") for _ in range(int((FRESH + MARGIN) / 15) + 2)]
    assert {kid(token) for token in unseen} == {added}
    assert comes_to_be_believed(run, seen)

    keycloak.add_key()
    keycloak.withdraw_key(added)

    def is_over() -> bool:
        return refused(run, unseen.pop())

    assert not is_over()
    assert wait_until(is_over, seconds=FRESH + MARGIN, every=15)
