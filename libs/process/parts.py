"""What the processes of a service that read or write its streams are built from."""

import asyncio
import os
import platform
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from libs.access.identifying import LABEL, KnownIdentifiers
from libs.audit.keeping import AuditLog
from libs.eventstore import channels
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.desk import Desk
from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.measuring import Measured
from libs.eventstore.pool import Pool, open_pool, schema_version
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.revisions import head_of
from libs.eventstore.store import EventStore
from libs.eventstore.waking import Waking
from libs.privacy.keyless import NoKeyring
from libs.privacy.keyring import Keyring, PostgresKeyring
from libs.privacy.keys import Wrappers, WrappingKey
from libs.privacy.sealer import KeyringSealer
from libs.privacy.wrapping import check_wrapping
from libs.process.admin import Check
from libs.process.settings import Checking, Database, Secrets
from libs.process.settings import Keyring as KeyringSettings

_KEYRING_CONNECTIONS = 4
_ANSWER_WITHIN = 2.0
"""Seconds that a probe waits."""


class Streams(Database, Secrets, KeyringSettings):
    """The settings of whoever reads or writes streams."""


class Signs(Database, Checking):
    """Of whoever writes only what has no private text in it: the keys of the chains will do."""


class Destroys(Signs, KeyringSettings):
    """Of whoever destroys keys besides, and opens none."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`pool` is of the service's own role, `store` appends in groups."""

    service: str
    settings: Streams | Signs
    pool: Pool
    store: EventStore
    keyring: Keyring
    sealer: KeyringSealer
    clock: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    new_id: Callable[[], UUID] = uuid7

    def at_head(self) -> Check:
        return at_head(self.pool, self.service)

    def audit(self) -> AuditLog:
        """One for the whole process: its records are one chain."""
        return AuditLog(
            self.pool,
            self.service,
            key=self.settings.key(f"audit:{self.service}"),
            host=platform.node(),
            clock=self.clock,
            new_id=self.new_id,
        )

    def identifiers(self) -> KnownIdentifiers:
        """By the numbers of other systems."""
        return KnownIdentifiers(self.pool, key=self.settings.key(f"{LABEL}:{self.service}"))

    def desk(self, aggregate: Aggregate[Command, State, Event]) -> Desk[Command, State, Event]:
        return Desk(
            aggregate,
            self.store,
            self.sealer,
            chain_key=self.settings.key(f"chain:{self.service}"),
            new_id=self.new_id,
        )


def at_head(pool: Pool, service: str) -> Check:
    """For the readiness of a process with an event loop: the schema is there, at the head that this
    code knows. Asked from the admin's thread, and a loop that is stuck does not answer.
    """
    loop, head = asyncio.get_running_loop(), head_of(service)

    async def asked() -> bool:
        return await schema_version(pool) == head

    def check() -> bool:
        return asyncio.run_coroutine_threadsafe(asked(), loop).result(_ANSWER_WITHIN)

    return check


@asynccontextmanager
async def opened(
    service: str, role: str, settings: Streams | Signs, *, size: int
) -> AsyncIterator[Parts]:
    """Connections to the service's schema (at most `size`) and, where the settings name it, to the
    keyring, while inside.
    """
    application = f"{service}-{role}"
    pool = await open_pool(
        settings.database_url.get_secret_value(),
        size=size,
        application=application,
        durable=settings.durable,
    )
    try:
        async with _keyring(settings, application) as keyring:
            yield Parts(
                service=service,
                settings=settings,
                pool=pool,
                store=GroupCommit(
                    Waking(
                        Measured(
                            PostgresEventStore(pool), service=service, monotonic=time.monotonic
                        ),
                        lambda: pool.execute(f'NOTIFY "{channels.outbox(service)}"'),
                        monotonic=time.monotonic,
                    )
                ),
                keyring=keyring,
                sealer=KeyringSealer(keyring, chance=os.urandom, monotonic=time.monotonic),
            )
    finally:
        await pool.close()


@asynccontextmanager
async def _keyring(settings: Streams | Signs, application: str) -> AsyncIterator[Keyring]:
    if not isinstance(settings, KeyringSettings):
        yield NoKeyring()
        return
    pool: Any = await open_pool(
        settings.keyring_url.get_secret_value(),
        size=_KEYRING_CONNECTIONS,
        application=application,
        durable=settings.durable,
    )
    try:
        wrappers: Wrappers = {}  # whoever only destroys keys makes none, and opens none
        if isinstance(settings, Secrets):
            wrappers = wrappers_of(settings.wrapping)
            await check_wrapping(pool, wrappers)
        yield PostgresKeyring(pool, wrappers, chance=os.urandom)
    finally:
        await pool.close()


def wrappers_of(keys: Mapping[int, bytes]) -> Wrappers:
    """As the settings give them, by number."""
    return {number: WrappingKey(key, nonce=os.urandom) for number, key in keys.items()}
