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

from libs.privacy.keys import CLASSES, KEY_BYTES, Chance, KeyName, WrapBroken, Wrapper
from libs.privacy.private import KeyClass
from libs.privacy.sealing import KeyringUnavailable, SubjectErased

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The key was destroyed, and none of this name will ever be made again."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A key is there and does not open: somebody moved or changed it, or the master key is another.
    That is one name's misfortune, not that of all who are asked for together.
    """


TOMBSTONE = Tombstone()
SPOILT = Spoilt()

Key = bytes | Tombstone | Spoilt
Found = Mapping[KeyName, Key]


class Keyring(Protocol):
    """Held to one contract: `MemoryKeyring` for tests, `PostgresKeyring` for everything else."""

    async def create_subject(self, tenant_id: UUID, subject_id: UUID, /) -> None:
        """Keys of both classes; already there is fine. Raises `SubjectErased`."""

    async def find(self, names: Collection[KeyName], /) -> Found:
        """In a round trip for each clinic. A name that is missing from the answer was never
        created.
        """

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES, /
    ) -> None:
        """Overwrites the keys and leaves tombstones, also where no key was ever made."""


_CREATE = "SELECT create_keys($1, $2, $3, $4) AS standing"
_FIND = "SELECT subject_id, class, generation, wrapped FROM find_keys($1, $2, $3, $4)"
_DESTROY = "SELECT destroy_keys($1, $2, $3)"

_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)


class PostgresKeyring:
    """`pool` is of the role keyring_app, or of keyring_writer for who makes and destroys keys.
    Raises `KeyringUnavailable` when nobody answers within `patience` seconds.
    """

    def __init__(
        self, pool: asyncpg.Pool, wrapper: Wrapper, *, chance: Chance, patience: float = 2.0
    ) -> None:
        self._pool = pool
        self._wrapper = wrapper
        self._chance = chance
        self._patience = patience

    async def create_subject(self, tenant_id: UUID, subject_id: UUID) -> None:
        names = [KeyName(tenant_id, subject_id, key_class) for key_class in CLASSES]
        wrapped = [
            await self._wrapper.wrap(self._chance(KEY_BYTES), _label(name)) for name in names
        ]
        made = await self._run(_CREATE, tenant_id, subject_id, list(CLASSES), wrapped)
        if made[0]["standing"] < len(CLASSES):
            raise SubjectErased

    async def find(self, names: Collection[KeyName]) -> Found:
        found: dict[KeyName, Key] = {}
        for tenant_id in {name.tenant_id for name in names}:
            wanted = [name for name in names if name.tenant_id == tenant_id]
            for row in await self._rows(tenant_id, wanted):
                name = _name(tenant_id, row)
                found[name] = await self._opened(name, row["wrapped"])
        return found

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        await self._run(_DESTROY, tenant_id, subject_id, list(classes))

    async def _rows(self, tenant_id: UUID, names: Sequence[KeyName]) -> Sequence[asyncpg.Record]:
        return await self._run(
            _FIND,
            tenant_id,
            [name.subject_id for name in names],
            [name.key_class for name in names],
            [name.generation for name in names],
        )

    async def _opened(self, name: KeyName, wrapped: bytes | None) -> Key:
        if wrapped is None:
            return TOMBSTONE
        with suppress(WrapBroken):
            return await self._wrapper.unwrap(wrapped, _label(name))
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


def _name(tenant_id: UUID, row: asyncpg.Record) -> KeyName:
    # The driver's own UUID class is slower to hash, and names are looked up for every field.
    subject = UUID(bytes=row["subject_id"].bytes)
    return KeyName(tenant_id, subject, row["class"], row["generation"])


def _label(name: KeyName) -> bytes:
    """Bound to the wrapped key, so that a row copied to another clinic or subject does not open."""
    return f"{name.tenant_id}/{name.id}".encode()
