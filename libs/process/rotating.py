"""What an operator asks of the keyring: which keys wrap its keys, and to rotate them."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from libs.privacy import rotating
from libs.privacy.rotating import Connection, Rewrapped, alone, connected
from libs.process.parts import wrappers_of
from libs.process.settings import Keyring, KeyringKeys
from libs.process.showing import shown

_GOES_ON = "Stopped, as asked: run it again, and it goes on from here."
_GOES_ON_BEFORE = (
    "Stopped, as asked: run it again with --made-before {0}, and it goes on from here."
)

Done = TypeVar("Done")


class Rotating(Keyring):
    """The keyring as `keyring_rotator`, and what wraps its keys: no master key."""

    keyring_keys: KeyringKeys


def status(settings: Keyring) -> Sequence[Mapping[str, Any]]:
    async def asked() -> Sequence[Mapping[str, Any]]:
        async with connected(settings.keyring_url.get_secret_value()) as db:
            return await rotating.status(db)

    return asyncio.run(asked())


def rewrapped(settings: Rotating) -> Rewrapped:
    async def work(db: Connection) -> Rewrapped:
        with shown("keys: wrapping anew", interrupted=_GOES_ON) as told:
            return await rotating.rewrap(db, wrappers_of(settings.keyring_keys.by_number), told)

    return _alone(settings, work)


def renewed(
    settings: Rotating, clinic: UUID, person: UUID | None, made_before: datetime | None
) -> int:
    """How many keys have a newer generation now."""

    async def work(db: Connection) -> int:
        before = made_before or await rotating.now(db)
        with shown(
            "keys: beginning newer ones", interrupted=_GOES_ON_BEFORE.format(before.isoformat())
        ) as told:
            return await rotating.renew(
                db,
                wrappers_of(settings.keyring_keys.by_number),
                chance=os.urandom,
                clinic=clinic,
                person=person,
                made_before=before,
                progress=told,
            )

    return _alone(settings, work)


def _alone(settings: Rotating, work: Callable[[Connection], Awaitable[Done]]) -> Done:
    async def done() -> Done:
        async with alone(settings.keyring_url.get_secret_value()) as db:
            return await work(db)

    return asyncio.run(done())
