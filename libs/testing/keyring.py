"""A keyring without a database, held to the same contract as the real one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from uuid import UUID

from libs.privacy.keyring import SPOILT, TOMBSTONE, Found, Key, Tombstone
from libs.privacy.keys import CLASSES, KEY_BYTES, KeyName
from libs.privacy.private import KeyClass
from libs.privacy.sealer import KeyringSealer
from libs.privacy.sealing import KeyringUnavailable, SubjectErased, UnknownSubject


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
        self._erased: set[tuple[UUID, UUID]] = set()

    async def create_subject(self, tenant_id: UUID, subject_id: UUID) -> None:
        self._reached()
        self._must_live(tenant_id, subject_id)
        for key_class in CLASSES:
            self._keys.setdefault(KeyName(tenant_id, subject_id, key_class), self._drawn())

    async def find(self, names: Collection[KeyName]) -> Found:
        self._reached()
        return {name: self._keys[name] for name in names if name in self._keys}

    async def newest(
        self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass
    ) -> tuple[KeyName, Key] | None:
        self._reached()
        names = self._generations(KeyName(tenant_id, subject_id, key_class))
        return (names[-1], self._keys[names[-1]]) if names else None

    async def renewed(self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass) -> None:
        self._must_live(tenant_id, subject_id)
        found = await self.newest(tenant_id, subject_id, key_class)
        if found is None:
            raise UnknownSubject
        if isinstance(found[1], Tombstone):
            await self.follow(found[0])

    async def follow(self, name: KeyName) -> None:
        self._must_live(name.tenant_id, name.subject_id)
        if self._generations(name)[-1] == name:
            self._keys[name.next] = self._drawn()

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        self._reached()
        for key_class in classes:
            first = KeyName(tenant_id, subject_id, key_class)
            for name in [first, *self._generations(first)]:
                self._keys[name] = TOMBSTONE
        if set(classes) == set(CLASSES):
            self._erased.add((tenant_id, subject_id))

    def spoil(self, tenant_id: UUID, subject_id: UUID) -> None:
        """The subject's keys are there, and do not open any more."""
        for name in list(self._keys):
            if (name.tenant_id, name.subject_id) == (tenant_id, subject_id):
                self._keys[name] = SPOILT

    def _generations(self, name: KeyName) -> list[KeyName]:
        same = [each for each in self._keys if replace(each, generation=name.generation) == name]
        return sorted(same, key=lambda each: each.generation)

    def _drawn(self) -> bytes:
        return self._chance(KEY_BYTES)

    def _must_live(self, tenant_id: UUID, subject_id: UUID) -> None:
        if (tenant_id, subject_id) in self._erased:
            raise SubjectErased

    def _reached(self) -> None:
        self.asked += 1
        if self.down:
            raise KeyringUnavailable


def memory_sealer(
    keyring: MemoryKeyring, *, monotonic: Callable[[], float] = lambda: 0.0
) -> KeyringSealer:
    return KeyringSealer(keyring, chance=Counting(), monotonic=monotonic)
