"""A key that was destroyed is remembered for a while by whoever had fetched it: until when, is not
said too early, however long it took to destroy it.
"""

import inspect
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.eventstore.reacting import Cause, Telling, system_actor
from libs.privacy.keyring import PostgresKeyring
from libs.privacy.keys import CLASSES
from libs.privacy.private import KeyClass
from libs.privacy.sealer import HELD_FOR
from libs.testing.cast import MASHA, NOW
from libs.testing.keyring import MemoryKeyring
from libs.testing.streams import stream
from services.care import reactions
from services.care.domain.erasure import ErasePatient

LONGEST = inspect.signature(PostgresKeyring).parameters["patience"].default
"""Seconds that the keyring is waited for."""

RELEASED = "interlude.care.ErasureReleased.v1"


class Slow(MemoryKeyring):
    """Destroys as late as somebody still waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        self.now += timedelta(seconds=LONGEST)
        await super().destroy(tenant_id, subject_id, classes)


async def test_unreadable_is_never_said_of_a_moment_when_somebody_may_remember_a_key() -> None:
    keyring = Slow()
    erases = await wished(keyring, now=NOW)
    destroyed_at = keyring.now
    assert destroyed_at > NOW
    assert erases.unreadable_from >= destroyed_at + timedelta(seconds=HELD_FOR)


async def wished(keyring: MemoryKeyring, now: datetime) -> ErasePatient:
    unused: Any = None
    [erases] = reactions.reactions(unused, keyring, unused)[RELEASED]
    [released] = stream("erasure", MASHA, (RELEASED, {"patient_id": str(MASHA)}))
    cause = Cause(
        recorded=released,
        fact=reactions.ErasureReleased(patient_id=MASHA),
        telling=Telling(by=system_actor("care"), happened_at=now, now=now),
    )
    assert erases.first is not None
    await erases.first(cause)
    [wish] = erases.wishes(cause, unused)
    command: ErasePatient = wish.command
    return command
