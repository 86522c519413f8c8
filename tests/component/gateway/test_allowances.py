"""Whoever asks for too much is told when to come again; everybody else is answered."""

from dataclasses import replace

import orjson
import pytest

from libs.process.admin import Readiness
from libs.web.allowances import admitting
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from tests.component.gateway.asking import Asking, Socket

pytestmark = pytest.mark.postgres

ME = orjson.dumps({"query": "{ me { roles } }"})


@pytest.fixture
def once_in_a_while(schema: Schema, parts: Parts) -> Asking:
    """One request of each person, and another after four seconds that never pass."""
    identity = admitting(parts.identity, rate=0.25, at_once=1, monotonic=lambda: 0.0)
    return Asking(create_app(schema, replace(parts, identity=identity), Readiness()))


async def test_too_many_requests_are_refused_with_when_to_come_again(
    once_in_a_while: Asking,
) -> None:
    assert (await once_in_a_while.post("anna", ME)).status_code == 200
    refused = await once_in_a_while.post("anna", ME)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "4")
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "TOO_MANY_REQUESTS"


async def test_nobody_waits_for_somebody_elses_haste(once_in_a_while: Asking) -> None:
    await once_in_a_while.post("anna", ME)
    assert (await once_in_a_while.post("masha", ME)).status_code == 200


async def test_a_connection_counts_like_a_request(schema: Schema, parts: Parts) -> None:
    identity = admitting(parts.identity, rate=0.25, at_once=1, monotonic=lambda: 0.0)
    app = create_app(schema, replace(parts, identity=identity), Readiness())
    async with Socket(app) as first:
        assert await first.hello("anna") == {"type": "connection_ack"}
    async with Socket(app) as second:
        assert await second.hello("anna") == 4403
