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

    async def create_subject(self, tenant_id: UUID, subject_id: UUID) -> None:
        """Keys of both classes; already there is fine. Raises `SubjectErased`."""

    async def find(self, names: Collection[KeyName]) -> Found:
        """In one round trip. A name that is missing from the answer was never created."""

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        """Overwrites the keys and leaves tombstones, also where no key was ever made."""


_CREATE = """
INSERT INTO subject_keys (tenant_id, subject_id, class, generation, wrapped)
SELECT $1, $2, made.class, 1, made.wrapped
FROM unnest($3::text[], $4::bytea[]) AS made(class, wrapped)
ON CONFLICT DO NOTHING
"""
_STANDING = """
SELECT count(*) AS standing FROM subject_keys
WHERE tenant_id = $1 AND subject_id = $2 AND wrapped IS NOT NULL
"""
_FIND = """
SELECT tenant_id, subject_id, class, generation, wrapped
FROM subject_keys JOIN unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[])
  AS wanted(tenant_id, subject_id, class, generation)
USING (tenant_id, subject_id, class, generation)
"""
_DESTROY = """
INSERT INTO subject_keys (tenant_id, subject_id, class, generation, wrapped, destroyed_at)
SELECT $1, $2, doomed.class, coalesce(made.generation, 1), NULL, clock_timestamp()
FROM unnest($3::text[]) AS doomed(class)
LEFT JOIN subject_keys made
  ON (made.tenant_id, made.subject_id, made.class) = ($1, $2, doomed.class)
ON CONFLICT (tenant_id, subject_id, class, generation)
DO UPDATE SET wrapped = NULL, destroyed_at = EXCLUDED.destroyed_at
WHERE subject_keys.destroyed_at IS NULL
"""


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
    """`pool` is of the role keyring_app. Raises `KeyringUnavailable` when nobody answers within
    `patience` seconds.
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
        await self._run(_CREATE, tenant_id, subject_id, list(CLASSES), wrapped)
        found = await self._run(_STANDING, tenant_id, subject_id)
        if found[0]["standing"] < len(CLASSES):
            raise SubjectErased

    async def find(self, names: Collection[KeyName]) -> Found:
        rows = await self._run(
            _FIND,
            [name.tenant_id for name in names],
            [name.subject_id for name in names],
            [name.key_class for name in names],
            [name.generation for name in names],
        )
        return {(name := _name(row)): await self._opened(name, row["wrapped"]) for row in rows}

    async def destroy(
        self, tenant_id: UUID, subject_id: UUID, classes: Sequence[KeyClass] = CLASSES
    ) -> None:
        await self._run(_DESTROY, tenant_id, subject_id, list(classes))

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


def _name(row: asyncpg.Record) -> KeyName:
    # The driver's own UUID class is slower to hash, and names are looked up for every field.
    tenant, subject = UUID(bytes=row["tenant_id"].bytes), UUID(bytes=row["subject_id"].bytes)
    return KeyName(tenant, subject, row["class"], row["generation"])


def _label(name: KeyName) -> bytes:
    """Bound to the wrapped key, so that a row copied to another clinic or subject does not open."""
    return f"{name.tenant_id}/{name.id}".encode()
