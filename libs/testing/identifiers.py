"""Identifiers in memory, for tests without a database."""

from uuid import UUID

from libs.access.identifying import digest_of

_KEY = b"identifiers"


class MemoryIdentifiers:
    """Implements `Identifiers`."""

    def __init__(self) -> None:
        self._taken: dict[tuple[UUID, str, bytes], UUID] = {}

    async def find(self, tenant_id: UUID, kind: str, system: str, value: str) -> UUID | None:
        return self._taken.get(_place(tenant_id, kind, system, value))

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
        del patient_id
        return self._taken.setdefault(_place(tenant_id, kind, system, value), thing_id)


def _place(tenant_id: UUID, kind: str, system: str, value: str) -> tuple[UUID, str, bytes]:
    return tenant_id, kind, digest_of(_KEY, tenant_id, kind, system, value)
