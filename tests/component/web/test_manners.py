"""What every answer has in common, and what is counted and logged of it."""

import io
import json
import logging as standard
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import structlog
from prometheus_client import REGISTRY

from libs.process import logging
from libs.process.admin import Readiness, serving
from libs.testing.cast import MASHA
from libs.testing.web import client, edge
from libs.web.service import Manners
from tests.component.web.practice import GIVE, app


async def test_answers_are_for_the_one_who_asked() -> None:
    async with client(app(edge()), "anna") as anna:
        answer = await anna.post("/v1/practices", json=GIVE, headers={"Idempotency-Key": "1"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in answer.headers


async def test_production_asks_for_https_and_lets_no_page_call() -> None:
    async with client(app(edge(), manners=Manners(local=False)), "anna") as anna:
        answer = await anna.get("/livez", headers={"Origin": "http://localhost:3000"})
    assert "strict-transport-security" in answer.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1:8000", True),
        ("https://localhost", True),
        ("http://localhost.evil.example", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
async def test_locally_pages_of_this_machine_may_call(origin: str, *, allowed: bool) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key,content-type",
    }
    async with client(app(edge())) as browser:
        answer = await browser.options("/v1/practices", headers=asked)
    assert ("access-control-allow-origin" in answer.headers) is allowed


async def test_requests_are_counted_by_operation_and_outcome() -> None:
    def count(outcome: str) -> float:
        labels = {"service": "test", "operation": "givePractice", "outcome": outcome}
        return REGISTRY.get_sample_value("interlude_requests_total", labels) or 0.0

    done, invalid = count("done"), count("invalid-request")
    async with client(app(edge()), "anna") as anna:
        await anna.post("/v1/practices", json=GIVE, headers={"Idempotency-Key": "1"})
        await anna.post("/v1/practices", json={}, headers={"Idempotency-Key": "2"})
    assert (count("done"), count("invalid-request")) == (done + 1, invalid + 1)


def asked(port: int | None, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_the_admin_port_answers_probes_and_metrics() -> None:
    here = True
    readiness = Readiness({"database": lambda: here}, hopes={"nothing-parked": lambda: here})
    with serving(readiness, port=0) as port:
        assert asked(port, "/livez")[0] == 200
        assert json.loads(asked(port, "/readyz")[1]) == {"status": "ready"}
        assert "python_info" in asked(port, "/metrics")[1]
        assert asked(port, "/secrets")[0] == 404


def test_what_does_not_hold_is_named_and_no_more() -> None:
    def broken() -> bool:
        raise RuntimeError("password=canary")

    with serving(Readiness({"database": broken, "here": lambda: True}), port=0) as port:
        status, body = asked(port, "/readyz")
    assert (status, json.loads(body)) == (503, {"status": "not ready", "failing": ["database"]})


def test_what_somebody_should_look_at_does_not_end_readiness() -> None:
    with serving(Readiness({}, hopes={"nothing-parked": lambda: False}), port=0) as port:
        status, body = asked(port, "/readyz")
    assert (status, json.loads(body)) == (
        200,
        {"status": "degraded", "failing": ["nothing-parked"]},
    )


def test_who_is_stopping_is_not_ready() -> None:
    readiness = Readiness()
    readiness.stop()
    with serving(readiness, port=0) as port:
        assert asked(port, "/readyz")[0] == 503


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    out = io.StringIO()
    root = standard.getLogger()
    before = (root.handlers, root.level)
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.excepthook", None)
    logging.configure("test", "api", "json")
    yield out
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_log_is_a_line_of_json_that_says_who_speaks(written: io.StringIO) -> None:
    structlog.get_logger("here").info("parked", event_id="e-1")
    line = json.loads(written.getvalue())
    assert (line["event"], line["event_id"], line["level"]) == ("parked", "e-1", "info")
    assert (line["service"], line["role"], line["logger"]) == ("test", "api", "here")


def test_exceptions_are_told_without_their_words(written: io.StringIO) -> None:
    try:
        int("canary of masha")
    except ValueError:
        standard.getLogger("driver").exception("failed")
        structlog.get_logger("here").exception("failed")
    assert "canary" not in written.getvalue()
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["error"] for line in lines] == ["ValueError", "ValueError"]
    assert all("test_manners" in line["at"] for line in lines)


@pytest.mark.parametrize("sent", ["practices/{}?as_of=canary", "canary/{}", "practices/{}/canary"])
def test_access_lines_have_ids_and_the_words_of_our_paths_alone(
    written: io.StringIO, sent: str
) -> None:
    logging.know_path("/v1/practices/{id}")
    access = standard.getLogger("uvicorn.access")
    access.setLevel(standard.INFO)
    path = f"/v1/{sent.format(MASHA)}"
    access.info('%s - "%s %s HTTP/%s" %d', "1.2.3.4:5", "GET", path, "1.1", 200)
    assert str(MASHA) in written.getvalue()
    assert "/v1/" in written.getvalue()
    assert "canary" not in written.getvalue()
