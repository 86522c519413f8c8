"""A server that says goodbye while it answers: the driver loses count, and we do not."""

from contextlib import nullcontext
from typing import Any

import asyncpg
import pytest

from libs.eventstore.postgres import StoreOnConnections
from libs.eventstore.store import OutcomeUnknown, StoreUnavailable
from libs.testing.cast import CLINIC
from libs.testing.event_store_contract import append, new_stream


class LosingCount:
    async def fetch(self, *_: Any) -> Any:
        raise asyncpg.InternalClientError("_on_result: waiter is done")


store = StoreOnConnections(lambda: nullcontext(LosingCount()))


async def test_what_was_being_written_may_be_written() -> None:
    with pytest.raises(OutcomeUnknown):
        await store.append([append(new_stream(), 1)])


async def test_what_was_being_read_can_be_read_again_later() -> None:
    with pytest.raises(StoreUnavailable):
        await store.read(CLINIC, new_stream())
