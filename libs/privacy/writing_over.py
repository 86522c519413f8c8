"""A page keeps what was in a row until something else is there: copies of keys, of which some may
be destroyed one day. Written anew, the table has none of them.
"""

import asyncio
from typing import Any

import asyncpg

PAUSES = (0.05, 0.2, 1.0, 4.0, 15.0, 40.0)
"""Seconds, in which whoever may still see what was there before ends what they are doing. That may
be somebody who writes something else, anywhere on this server: until they end, all keep what they
could look at.
"""

Connection = Any
"""asyncpg ships no types. Of the role keyring_rotator."""


async def written_over(db: Connection) -> bool:
    """Whether nothing of what was in a row before is on a page now. Whoever wants a key waits
    meanwhile, a moment for some 100,000.
    """
    changed = await db.fetchval(_CHANGED)
    try:
        for pause in PAUSES:
            if await written_anew(db, changed):
                return True
            await asyncio.sleep(pause)
        return await written_anew(db, changed)
    except asyncpg.LockNotAvailableError:
        return False


async def written_anew(db: Connection, changed: int) -> bool:
    """What a snapshot of before it was `changed` may still see is carried over instead."""
    await db.execute("VACUUM (FULL) subject_keys")
    done: bool = await db.fetchval(_DONE, changed)
    return done


# A number that is higher than those of all transactions that have changed something until now.
_CHANGED = "SELECT CAST(pg_current_xact_id() AS xid)"
# What ended before this number is not in a table that was written anew: nobody could see it.
_DONE = """
SELECT age(relfrozenxid) <= age(CAST($1 AS xid))
FROM pg_class WHERE oid = CAST('subject_keys' AS regclass)
"""
