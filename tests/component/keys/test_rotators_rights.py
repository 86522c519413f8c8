"""Who rotates keys destroys none, and who serves wraps none anew."""

from uuid import uuid4

import asyncpg
import pytest

from libs.testing.cast import CLINIC
from libs.testing.databases import Database
from tests.component.keys.wrapping import keyring_on, pooled

pytestmark = [pytest.mark.security("database roles"), pytest.mark.postgres]


@pytest.mark.parametrize("role", ["keyring_app", "keyring_writer"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT begin_wrapping(2, '')",
        "UPDATE subject_keys SET wrapped_by = 1",
        "DELETE FROM erased_subjects",
    ],
)
async def test_who_serves_wraps_nothing_anew_and_brings_nobody_back(
    own_database: Database, role: str, statement: str
) -> None:
    async with pooled(own_database, role) as pool, pool.acquire() as db, db.transaction():
        await db.execute("SELECT set_config('interlude.tenant', $1, true)", str(CLINIC))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(statement)


async def test_who_rotates_destroys_nothing(own_database: Database) -> None:
    masha, lev = uuid4(), uuid4()
    async with pooled(own_database, "keyring_writer") as pool:
        care = keyring_on(pool)
        for each in (masha, lev):
            await care.create_subject(CLINIC, each)
        await care.destroy(CLINIC, lev)
    async with pooled(own_database, "keyring_rotator") as pool:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await keyring_on(pool).destroy(CLINIC, masha)
        with pytest.raises(asyncpg.CheckViolationError):
            await pool.execute("UPDATE subject_keys SET wrapped = NULL WHERE wrapped IS NOT NULL")
        with pytest.raises(asyncpg.RaiseError):
            await pool.execute("UPDATE subject_keys SET wrapped_by = 1 WHERE wrapped IS NULL")
