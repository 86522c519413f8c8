"""Care may refuse some of the gateway's confirmations for long; the others have their turn."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import Engine

from libs.testing.cast import CLINIC, NOW
from libs.testing.databases import Database
from services.gateway.confirming import AT_ONCE, Confirming
from tests.component.engines import engine_as

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]

REFUSED = [UUID(int=number) for number in range(1, AT_ONCE + 1)]
LAST = UUID(int=AT_ONCE + 1)


@pytest.fixture
def engine(own_database: Database) -> Iterator[Engine]:
    with psycopg.connect(own_database.url) as superuser:
        for who in (*REFUSED, LAST):
            superuser.execute(
                "INSERT INTO gateway.erased VALUES (%s, %s, now(), '{}')", [CLINIC, who]
            )
            superuser.execute(
                "INSERT INTO gateway.known_erased VALUES (%s, %s, now(), '{}')", [CLINIC, who]
            )
    with engine_as("gateway_projector", own_database) as engine:
        yield engine


def test_whom_care_refuses_keep_nobody_else_waiting(engine: Engine) -> None:
    asked: list[UUID] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(UUID(request.url.path.split("/")[3]))
        return httpx.Response(201 if asked[-1] == LAST else 409)

    care = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://care")
    confirming = Confirming(engine, care, b"only-for-tests", now=lambda: NOW)
    assert not confirming.once()
    assert asked == REFUSED
    assert not confirming.once()
    assert asked[AT_ONCE:] == [LAST, *REFUSED[:-1]]
    assert not confirming.once()
    assert asked[2 * AT_ONCE :] == [REFUSED[-1], *REFUSED[:-1]]
