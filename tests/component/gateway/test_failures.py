"""What a failure leaves behind: a code for who asked, and in the log no word of theirs."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from libs.eventstore.store import StoreUnavailable
from libs.testing.cast import MASHA
from libs.testing.web import Following, consistency_token
from services.gateway.graphql.context import Parts
from tests.component.gateway.screens import HER

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

ALIASED = f"""query Canary {{ canary: patient(id: "{HER}") {{ canaryToo: name }} }}"""


class Bug(Exception):  # noqa: N818 - a bug of ours
    pass


async def fails(*_arguments: object, **_named: object) -> Any:
    raise Bug


async def is_away(*_arguments: object, **_named: object) -> Any:
    raise StoreUnavailable


async def test_a_failure_is_logged_by_the_schemas_name_not_by_the_clients(
    ask: Any, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.models, "rows", fails)
    with capture_logs() as logs:
        answer = await ask("masha", ALIASED)
    assert answer["errors"][0]["extensions"] == {"code": "INTERNAL"}
    (line,) = logs
    assert isinstance(line.pop("exc_info"), Bug)
    assert line == {"event": "field-failed", "field": "patient", "log_level": "error"}


async def test_while_nobody_can_say_how_far_the_read_models_are_one_is_told_to_come_again(
    ask: Any, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "wait", is_away)
    token = consistency_token((f"goal-{MASHA}", 3))
    query = "query($token: String) { canary: progress(consistency: $token) { completions } }"
    with capture_logs() as logs:
        answer = await ask("masha", query, token=token)
    assert answer["errors"][0]["extensions"]["code"] == "OVERLOADED"
    assert logs == []
