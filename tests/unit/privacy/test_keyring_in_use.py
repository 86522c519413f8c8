"""A keyring that is being written anew is away for a moment, and no error of ours."""

import asyncpg
import pytest

from libs.privacy.keyring import PostgresKeyring
from libs.privacy.sealing import KeyringUnavailable
from libs.testing.cast import CLINIC, MASHA


class Locked:
    """The pool of a server that gives up waiting for a lock before we do."""

    async def fetch(self, *_statement: object) -> None:
        raise asyncpg.LockNotAvailableError("canceling statement due to lock timeout")


async def test_whoever_wants_a_key_meanwhile_is_told_to_come_again() -> None:
    keyring = PostgresKeyring(Locked(), {}, chance=bytes)
    with pytest.raises(KeyringUnavailable):
        await keyring.newest(CLINIC, MASHA, "clinical")
