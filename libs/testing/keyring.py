"""A keyring without a database, held to the same contract as the real one."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from libs.privacy.keyring import SPOILT, TOMBSTONE, Found, Key, Tombstone
from libs.privacy.keys import CLASSES, KEY_BYTES, KeyName
from libs.privacy.private import KeyClass
from libs.privacy.sealer import KeyringSealer
from libs.privacy.sealing import KeyringUnavailable, SubjectErased


class Counting:
    """Chance without chance: no answer twice, and the same ones in every run."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self, size: int) -> bytes:
        self._next += 1
        return self._next.to_bytes(size, "big")


class MemoryKeyring:
    """`down` makes it unreachable; `asked` counts the round trips."""

    def __init__(self) -> None:
        self.down = False
        self.asked = 0
        self._chance = Counting()
        self._keys: dict[KeyName, Key] = {}

    async def create_subject(self, tenant_id: UUID, subject_id: UUID) -> None:
        self._reached()
        for key_class in CLASSES:
            name = KeyName(tenant_id, subject_id, key_class)
            if isinstance(self._keys.get(name), Tombstone):
                raise SubjectErased
            self._keys.setdefault(name, self._chance(KEY_BYTES))

    async def find(self, names: Collection[KeyName]) -> Found:
        self._reached()
        return {name: self._keys[name] for name in names if name in self._keys}

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        self._reached()
        for key_class in classes:
            self._keys[KeyName(tenant_id, subject_id, key_class)] = TOMBSTONE

    def spoil(self, tenant_id: UUID, subject_id: UUID) -> None:
        """The subject's keys are there, and do not open any more."""
        for key_class in CLASSES:
            self._keys[KeyName(tenant_id, subject_id, key_class)] = SPOILT

    def _reached(self) -> None:
        self.asked += 1
        if self.down:
            raise KeyringUnavailable


def memory_sealer(
    keyring: MemoryKeyring, *, monotonic: Callable[[], float] = lambda: 0.0
) -> KeyringSealer:
    return KeyringSealer(keyring, chance=Counting(), monotonic=monotonic)
