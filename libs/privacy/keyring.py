"""Every subject's keys: made once by care, fetched by whoever seals or opens, destroyed for good.

Reached over KEYRING_URL as one would reach a KMS: nothing here joins the tables of a service.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import structlog

from libs.privacy.keys import CLASSES, KEY_BYTES, Chance, KeyName, WrapBroken, Wrappers
from libs.privacy.private import KeyClass
from libs.privacy.sealing import KeyringUnavailable, SubjectErased, UnknownSubject

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The key was destroyed, and none of this name will ever be made again."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A key is there and does not open: somebody moved or changed it, or what wraps it is not held
    here. That is one name's misfortune, not that of all who are asked for together.
    """


TOMBSTONE = Tombstone()
SPOILT = Spoilt()

Key = bytes | Tombstone | Spoilt
Found = Mapping[KeyName, Key]

_TRIES = 3
"""When keys begin to be wrapped by another one while some are being made, they are made again."""


class Keyring(Protocol):
    """Held to one contract: `MemoryKeyring` for tests, `PostgresKeyring` for everything else."""

    async def create_subject(self, tenant_id: UUID, subject_id: UUID, /) -> None:
        """Keys of both classes; already there is fine, and so is one that was destroyed by itself:
        it stays so. Raises `SubjectErased`.
        """

    async def find(self, names: Collection[KeyName], /) -> Found:
        """In a round trip for each clinic. A name that is missing from the answer was never
        created.
        """

    async def newest(
        self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass, /
    ) -> tuple[KeyName, Key] | None:
        """Under which text is sealed now; None if the subject never had one."""

    async def renewed(self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass, /) -> None:
        """A class whose keys were destroyed begins anew; where the newest lives nothing happens.
        Raises `SubjectErased` for a whole person, and `UnknownSubject`.
        """

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES, /
    ) -> None:
        """Overwrites every generation of these classes and leaves tombstones, also where no key was
        ever made. With all classes the person is erased, and no key of theirs is ever made again.
        """


_BEGUN = "SELECT max(number) AS number FROM wrapping_keys"
_MAKE = "SELECT make_keys($1, $2, $3, $4, $5, $6) AS outcome"
_FIND = "SELECT * FROM keys_named($1, $2, $3, $4)"
_NEWEST = "SELECT * FROM newest_key($1, $2, $3)"
_DESTROY = "SELECT destroy_keys($1, $2, $3)"
_ERASE = "SELECT erase_subject($1, $2, $3)"

_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
)


class PostgresKeyring:
    """`pool` is of the role keyring_app, or of one that makes keys: keyring_writer, which destroys
    them too, or keyring_rotator. Raises `KeyringUnavailable` when nobody answers within `patience`
    seconds.
    """

    def __init__(
        self, pool: asyncpg.Pool, wrappers: Wrappers, *, chance: Chance, patience: float = 2.0
    ) -> None:
        self._pool = pool
        self._wrappers = wrappers
        self._chance = chance
        self._patience = patience

    async def create_subject(self, tenant_id: UUID, subject_id: UUID) -> None:
        await self._make([KeyName(tenant_id, subject_id, key_class) for key_class in CLASSES])

    async def find(self, names: Collection[KeyName]) -> Found:
        found: dict[KeyName, Key] = {}
        for tenant_id in {name.tenant_id for name in names}:
            wanted = [name for name in names if name.tenant_id == tenant_id]
            for row in await self._rows(tenant_id, wanted):
                name = key_name(tenant_id, row)
                found[name] = await self._opened(name, row)
        return found

    async def newest(
        self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass
    ) -> tuple[KeyName, Key] | None:
        for row in await self._run(_NEWEST, tenant_id, subject_id, key_class):
            name = key_name(tenant_id, row)
            return name, await self._opened(name, row)
        return None

    async def renewed(self, tenant_id: UUID, subject_id: UUID, key_class: KeyClass) -> None:
        found = await self.newest(tenant_id, subject_id, key_class)
        if found is None:
            raise UnknownSubject
        name, key = found
        if key == TOMBSTONE:
            await self.follow(name)

    async def follow(self, name: KeyName) -> None:
        """The generation after this one, unless somebody else has begun it. Raises
        `SubjectErased`.
        """
        await self._make([name.next])

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        statement = _ERASE if set(classes) == set(CLASSES) else _DESTROY
        await self._run(statement, tenant_id, subject_id, list(classes))

    async def _make(self, names: Sequence[KeyName]) -> None:
        """Of one subject."""
        for _ in range(_TRIES):
            outcome = await self._made(names)
            if outcome == "erased":
                raise SubjectErased
            if outcome == "made":
                return
        raise KeyringUnavailable

    async def _made(self, names: Sequence[KeyName]) -> str:
        number: int = (await self._run(_BEGUN))[0]["number"]
        wrapper = self._wrappers.get(number)
        if wrapper is None:
            log.error("no-key-can-be-made", code="wrapping-key-missing", number=number)
            raise KeyringUnavailable
        made = await self._run(
            _MAKE,
            names[0].tenant_id,
            names[0].subject_id,
            [name.key_class for name in names],
            [name.generation for name in names],
            [await wrapper.wrap(self._chance(KEY_BYTES), name.label) for name in names],
            number,
        )
        return str(made[0]["outcome"])

    async def _rows(self, tenant_id: UUID, names: Sequence[KeyName]) -> Sequence[asyncpg.Record]:
        return await self._run(
            _FIND,
            tenant_id,
            [name.subject_id for name in names],
            [name.key_class for name in names],
            [name.generation for name in names],
        )

    async def _opened(self, name: KeyName, row: asyncpg.Record) -> Key:
        if row["wrapped"] is None:
            return TOMBSTONE
        wrapper = self._wrappers.get(row["wrapped_by"])
        if wrapper is None:
            log.error("key-does-not-open", code="wrapping-key-missing", number=row["wrapped_by"])
            return SPOILT
        with suppress(WrapBroken):
            return await wrapper.unwrap(row["wrapped"], name.label)
        log.error("key-does-not-open", code="wrap-broken")
        return SPOILT

    async def _run(self, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        try:
            rows: Sequence[asyncpg.Record] = await asyncio.wait_for(
                self._pool.fetch(statement, *arguments), self._patience
            )
        except _UNREACHABLE:
            raise KeyringUnavailable from None
        return rows


def key_name(tenant_id: UUID, row: asyncpg.Record) -> KeyName:
    # The driver's own UUID class is slower to hash, and names are looked up for every field.
    subject = UUID(bytes=row["subject_id"].bytes)
    return KeyName(tenant_id, subject, row["class"], row["generation"])
