"""What wraps the keys of a test, by number, and keyrings that hold some of it."""

import base64
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from libs.privacy.keyring import PostgresKeyring
from libs.privacy.keys import Wrappers, WrappingKey
from libs.process.keys import Derived
from libs.testing.databases import Database

KEYS = {number: bytes(range(number, number + 32)) for number in (1, 2, 3)}
WRONG = {1: bytes(range(99, 131))}


def wrappers(*numbers: int) -> Wrappers:
    return {number: WrappingKey(KEYS[number], nonce=os.urandom) for number in numbers}


def wrong_wrappers() -> Wrappers:
    return {1: WrappingKey(WRONG[1], nonce=os.urandom)}


class Stopped(Exception):  # noqa: N818 - as Ctrl-C would
    """In the midst."""


def stopping_after(so_many: int) -> Callable[[int, int], None]:
    def stop(done: int, _total: int) -> None:
        if done >= so_many:
            raise Stopped

    return stop


def unheard(_done: int, _total: int) -> None:
    """Nobody watches the bar."""


@asynccontextmanager
async def pooled(database: Database, role: str) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(database.url_as(role), min_size=1, max_size=4) as pool:
        yield pool


def keyring_on(pool: Any, *numbers: int) -> PostgresKeyring:
    return PostgresKeyring(pool, wrappers(*(numbers or (1,))), chance=os.urandom)


def written(*numbers: int) -> str:
    """As KEYRING_KEYS takes them."""
    return Derived("keyring", {str(number): KEYS[number] for number in numbers}).written()


def written_wrong() -> str:
    return f"1:{base64.b64encode(WRONG[1]).decode()}"
