"""What an operator does to keys while everybody works on: wraps all of them anew, or begins newer
ones. Whatever ends it on the way, it goes on from where it was.

CannotRotate
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.privacy.keyring import PostgresKeyring, key_name
from libs.privacy.keys import WrapBroken, Wrappers
from libs.privacy.sealing import SubjectErased
from libs.privacy.wrapping import (
    NOT_AT_ITS_HEAD,
    WrappingUnfit,
    begun,
    check_wrapping,
    proof_of,
)
from libs.privacy.writing_over import written_over

BATCH = 500
PATIENCE = "5s"
"""For the lock of somebody whose connection has gone, which the server notices a moment later."""

_SAMPLE = 10
_PAUSE = 0.05

Connection = Any
"""asyncpg ships no types."""
Progress = Callable[[int, int], None]
"""Keys that are done, and keys there are. May raise, to stop."""


class CannotRotate(Exception):  # noqa: N818 - the operator is told what to do first
    """Says what is in the way, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """All keys but the `spoilt` ones, which do not open, are wrapped by this `number` now; none is
    by those that were `left`.
    """

    number: int
    keys: int
    spoilt: int
    left: Sequence[int]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """`url` is of the role keyring_rotator."""
    connection = await asyncpg.connect(
        url, server_settings={"lock_timeout": PATIENCE, "application_name": "keys"}
    )
    try:
        await _must_be_the_rotators(connection)
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[Connection]:
    """Nobody else rotates keys meanwhile. The lock goes with the connection, however that ends."""
    async with connected(url) as connection:
        await _take_turn(connection)
        yield connection


async def rewrap(db: Connection, wrappers: Wrappers, progress: Progress) -> Rewrapped:
    """By the highest number there is. Raises `CannotRotate`, and `WrappingUnfit`."""
    await check_wrapping(db, wrappers)
    number = max(wrappers)
    await _prove(db, wrappers)
    await db.execute(
        "SELECT begin_wrapping($1, $2)", number, await proof_of(wrappers[number], number)
    )
    rewrapping = _Rewrapping(db, wrappers, number, progress)
    spoilt = await rewrapping.passed()
    while await rewrapping.waiting() > spoilt:
        # Somebody held a row just then, or made a key in the last moment of the former one.
        await asyncio.sleep(_PAUSE)
        spoilt = await rewrapping.passed()
    if not await written_over(db):
        raise CannotRotate(
            "Keys are in use, or somebody may still see them as they were (keys-in-use): all are "
            "wrapped anew, and the former wraps not yet written over. Run it again."
        )
    await db.execute(_LEAVE, number)
    standing = await begun(db)
    return Rewrapped(
        number=number,
        keys=await rewrapping.total(),
        spoilt=spoilt,
        left=[each.number for each in standing if each.left],
    )


async def status(db: Connection) -> Sequence[Mapping[str, Any]]:
    """A row for each number, the newest last: how many keys are wrapped by it."""
    rows = await db.fetch(_STATUS)
    return [
        {**row, "begun_at": row["begun_at"].isoformat(timespec="seconds")}
        for row in map(dict, rows)
    ]


async def now(db: Connection) -> datetime:
    told: datetime = await db.fetchval("SELECT clock_timestamp()")
    return told


async def renew(
    db: Connection,
    wrappers: Wrappers,
    *,
    chance: Callable[[int], bytes],
    clinic: UUID,
    person: UUID | None,
    made_before: datetime,
    progress: Progress,
) -> int:
    """Begins another generation of each living key that is older than that; how many there were.
    Of the whole clinic unless a person is named. Raises `CannotRotate`, and `WrappingUnfit`.
    """
    await check_wrapping(db, wrappers)
    keyring = PostgresKeyring(db, wrappers, chance=chance)
    if not await db.fetchval(_KNOWN, clinic, person):
        raise CannotRotate("There are no keys of whom that names (keys-not-found).")
    done, total = 0, await db.fetchval(_HOW_MANY_OLD, clinic, person, made_before)
    last, last_class = UUID(int=0), ""
    while rows := await db.fetch(_OLD, clinic, person, made_before, last, last_class, BATCH):
        for row in rows:
            progress(done, total)
            with suppress(SubjectErased):  # between our looking and now
                await keyring.follow(key_name(clinic, row))
                done += 1
        last, last_class = rows[-1]["subject_id"], rows[-1]["class"]
    progress(done, max(done, total))
    return done


async def _must_be_the_rotators(connection: Connection) -> None:
    may = await connection.fetchval(_MAY)
    if may is None:
        raise WrappingUnfit(NOT_AT_ITS_HEAD)
    if not may:
        raise CannotRotate("KEYRING_URL: this takes the role keyring_rotator (wrong-role).")


async def _take_turn(connection: Connection) -> None:
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtextextended('rotating', 0))")
    except asyncpg.LockNotAvailableError:
        raise CannotRotate("Keys are being rotated already (keys-busy): let that end.") from None


@dataclass(slots=True)
class _Rewrapping:
    db: Connection
    wrappers: Wrappers
    number: int
    progress: Progress

    async def passed(self) -> int:
        """Once over all keys; how many do not open."""
        done, total, spoilt = await self.total() - await self.waiting(), await self.total(), 0
        last: Sequence[Any] = (UUID(int=0), UUID(int=0), "", 0)
        self.progress(done, total)
        while rows := await self.db.fetch(_WAITING_KEYS, self.number, *last, BATCH):
            changed = await self._change(rows)
            spoilt += len(rows) - len(changed)
            done += len(changed)
            last = [rows[-1][name] for name in ("tenant_id", "subject_id", "class", "generation")]
            self.progress(done, max(done, total))
        return spoilt

    async def total(self) -> int:
        count: int = await self.db.fetchval(_TOTAL)
        return count

    async def waiting(self) -> int:
        count: int = await self.db.fetchval(_WAITING, self.number)
        return count

    async def _change(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Those that open. What was changed or destroyed meanwhile is left as it is."""
        changed = [(row, new) for row in rows if (new := await self._wrapped_anew(row))]
        await self.db.execute(
            _CHANGE,
            [row["tenant_id"] for row, _ in changed],
            [row["subject_id"] for row, _ in changed],
            [row["class"] for row, _ in changed],
            [row["generation"] for row, _ in changed],
            [row["wrapped"] for row, _ in changed],
            [new for _, new in changed],
            self.number,
        )
        return changed

    async def _wrapped_anew(self, row: Any) -> bytes | None:
        label = key_name(UUID(bytes=row["tenant_id"].bytes), row).label
        try:
            key = await self.wrappers[row["wrapped_by"]].unwrap(row["wrapped"], label)
        except (WrapBroken, KeyError):
            return None
        return await self.wrappers[self.number].wrap(key, label)


async def _prove(db: Connection, wrappers: Wrappers) -> None:
    """From now on whoever holds another key under a number that wraps learns it at start."""
    for each in await begun(db):
        if each.proof is None and each.number in wrappers:
            wrapper = wrappers[each.number]
            rows = await db.fetch(_SOME, each.number, _SAMPLE)
            if rows and not [row for row in rows if await _opens(wrapper, row)]:
                raise CannotRotate(
                    f"KEYRING_KEYS: number {each.number} is another key (wrapping-key-differs) "
                    "than the one that wraps."
                )
            await db.execute(_PROVEN, each.number, await proof_of(wrapper, each.number))


async def _opens(wrapper: Any, row: Any) -> bool:
    with suppress(WrapBroken):
        label = key_name(UUID(bytes=row["tenant_id"].bytes), row).label
        return bool(await wrapper.unwrap(row["wrapped"], label))
    return False


_MAY = """
SELECT has_function_privilege(to_regprocedure('begin_wrapping(int, bytea)'), 'execute')
"""
_TOTAL = "SELECT count(*) FROM subject_keys WHERE wrapped IS NOT NULL"
_WAITING = f"{_TOTAL} AND wrapped_by <> $1"
_WAITING_KEYS = """
SELECT tenant_id, subject_id, class, generation, wrapped_by, wrapped FROM subject_keys
WHERE wrapped IS NOT NULL AND wrapped_by <> $1
  AND (tenant_id, subject_id, class, generation) > ($2, $3, $4, $5)
ORDER BY tenant_id, subject_id, class, generation LIMIT $6
"""
# A row that somebody is destroying is passed by: who waits while holding others may be waited for.
_CHANGE = """
WITH ours AS (
  SELECT k.tenant_id, k.subject_id, k.class, k.generation, told.wrapped
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::bytea[], $6::bytea[])
    AS told (tenant_id, subject_id, class, generation, before, wrapped)
  JOIN subject_keys k USING (tenant_id, subject_id, class, generation)
  WHERE k.wrapped = told.before
  FOR UPDATE OF k SKIP LOCKED
)
UPDATE subject_keys k SET wrapped = ours.wrapped, wrapped_by = $7 FROM ours
WHERE (k.tenant_id, k.subject_id, k.class, k.generation)
  = (ours.tenant_id, ours.subject_id, ours.class, ours.generation)
"""
_LEAVE = """
UPDATE wrapping_keys w SET left_at = now()
WHERE number < $1 AND left_at IS NULL AND NOT EXISTS (
  SELECT FROM subject_keys k WHERE k.wrapped_by = w.number AND k.wrapped IS NOT NULL)
"""
_STATUS = """
SELECT w.number, count(k.wrapped) AS keys, w.begun_at, w.left_at IS NULL AS needed
FROM wrapping_keys w LEFT JOIN subject_keys k ON k.wrapped_by = w.number
GROUP BY w.number ORDER BY w.number
"""
_SOME = """
SELECT tenant_id, subject_id, class, generation, wrapped FROM subject_keys
WHERE wrapped IS NOT NULL AND wrapped_by = $1 LIMIT $2
"""
_PROVEN = "UPDATE wrapping_keys SET proof = $2 WHERE number = $1 AND proof IS NULL"
_KNOWN = """
SELECT EXISTS (
  SELECT FROM subject_keys WHERE tenant_id = $1 AND ($2::uuid IS NULL OR subject_id = $2))
"""
_NEWEST_ONES = """
SELECT DISTINCT ON (subject_id, class) subject_id, class, generation, wrapped, made_at
FROM subject_keys WHERE tenant_id = $1 AND ($2::uuid IS NULL OR subject_id = $2)
ORDER BY subject_id, class, generation DESC
"""
_IS_OLD = "wrapped IS NOT NULL AND made_at < $3"
_HOW_MANY_OLD = f"SELECT count(*) FROM ({_NEWEST_ONES}) AS newest WHERE {_IS_OLD}"  # noqa: S608 - our own words
_OLD = f"""
SELECT subject_id, class, generation FROM ({_NEWEST_ONES}) AS newest
WHERE {_IS_OLD} AND (subject_id, class) > ($4, $5)
ORDER BY subject_id, class LIMIT $6
"""  # noqa: S608 - as above
