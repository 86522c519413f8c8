"""Texts as a record shows them: what was erased, and what does not open, is said to be so."""

from typing import Any
from uuid import UUID

from libs.privacy.opening import Reading
from libs.privacy.private import Erased
from services.gateway.graphql.texts import Opener, spots

ERASED = {"erased": True}
SEALED = {"sealed": True}


async def opened(rows: Any, sealer: Opener, tenant_id: UUID) -> None:
    """Puts what people read where sealed values were, in place. Raises `KeyringUnavailable`."""
    found = list(spots(rows))
    if not found:
        return
    await sealer.ready([sealed for _, _, sealed in found], tenant_id=tenant_id)
    reading = Reading(sealer, tenant_id)
    for container, at, sealed in found:
        unreadable = reading.unreadable
        text = await reading.text(sealed)
        if isinstance(text, Erased):
            container[at] = dict(SEALED if reading.unreadable > unreadable else ERASED)
        else:
            container[at] = text
    reading.end()
