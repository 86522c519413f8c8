"""Finds again what another system knows by a number of its own, without keeping the number.

Kept is a digest under a key that the database does not have, equal only within one clinic. It is
in no fact: it would outlive the erasure of whom it names.
"""

from pathlib import Path
from typing import Protocol
from uuid import UUID

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, Text, Uuid, text

from libs.access.erasing import TOGETHER
from libs.eventstore.migrations import run_script
from libs.eventstore.pool import UNREACHABLE, Pool, within, writing
from libs.eventstore.store import StoreUnavailable
from libs.privacy.keys import lookup_digest
from libs.privacy.sealing import SubjectErased

LABEL = "identifiers"
"""Of the key that digests are made with, before the service's name; from the master key."""

identifiers = Table(
    "identifiers",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("thing_id", Uuid, nullable=False),
    Column("patient_id", Uuid),
)
"""`patient_id`: whom the thing is about, and whose erasure removes the row."""

_TABLE = """
CREATE TABLE identifiers (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    thing_id uuid NOT NULL,
    patient_id uuid,
    PRIMARY KEY (tenant_id, kind, digest)
);
CREATE INDEX identifiers_of ON identifiers (tenant_id, patient_id);
"""
_WALLS = Path(__file__).parent / "identifiers.sql"

_FIND = "SELECT thing_id FROM identifiers WHERE tenant_id = $1 AND kind = $2 AND digest = $3"
_TAKE = """
INSERT INTO identifiers (tenant_id, kind, digest, thing_id, patient_id)
SELECT $1, $2, $3, $4, $5
WHERE NOT EXISTS (SELECT FROM known_erased WHERE tenant_id = $1 AND patient_id = $5)
ON CONFLICT DO NOTHING
"""


class Identifiers(Protocol):
    """`kind` is of the thing (`patient`), `system` whose number `value` is."""

    async def find(self, tenant_id: UUID, kind: str, system: str, value: str) -> UUID | None:
        """What goes by this number here."""

    async def take(
        self,
        tenant_id: UUID,
        kind: str,
        system: str,
        value: str,
        *,
        thing_id: UUID,
        patient_id: UUID | None,
    ) -> UUID:
        """From now on this thing goes by it, unless another does: that one's id. Raises
        `SubjectErased`.
        """


class KnownIdentifiers:
    """On the service's own table, for its role `<service>_app`. `patience` is a time in seconds.
    Raises `StoreUnavailable`.
    """

    def __init__(self, pool: Pool, *, key: bytes, patience: float = 2.0) -> None:
        self._pool = pool
        self._key = key
        self._patience = patience

    async def find(self, tenant_id: UUID, kind: str, system: str, value: str) -> UUID | None:
        digest = digest_of(self._key, tenant_id, kind, system, value)
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                found: UUID | None = await connection.fetchval(_FIND, tenant_id, kind, digest)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return found

    async def take(
        self,
        tenant_id: UUID,
        kind: str,
        system: str,
        value: str,
        *,
        thing_id: UUID,
        patient_id: UUID | None,
    ) -> UUID:
        digest = digest_of(self._key, tenant_id, kind, system, value)
        try:
            async with writing(self._pool, tenant_id, self._patience) as connection:
                # Whoever is being erased meanwhile is erased afterwards, with this row.
                await connection.execute(TOGETHER)
                await connection.execute(_TAKE, tenant_id, kind, digest, thing_id, patient_id)
                taken: UUID | None = await connection.fetchval(_FIND, tenant_id, kind, digest)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        if taken is None:
            raise SubjectErased
        return taken


def digest_of(key: bytes, tenant_id: UUID, kind: str, system: str, value: str) -> bytes:
    return lookup_digest(key, tenant_id, f"{kind}:{system}", value)


def create_identifiers(connection: Connection, service: str) -> None:
    """With their walls. Taken by `<service>_app`, removed by `<service>_follow`."""
    connection.execute(text(_TABLE))
    run_script(connection, _WALLS, app=f"{service}_app", follow=f"{service}_follow")
