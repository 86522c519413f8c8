"""Too many at once: refused before anything is made of the request, in the words of any problem."""

from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest

from libs.web.front import GUARDS, PRIVATE
from libs.web.limits import Doors
from libs.web.problems import Problem, Problems
from libs.web.refusing import refusing

FRESH = UUID("01990000-0000-7000-8000-00000000abcd")
RATE = "POST /v1/assignments/1/readiness-ratings"
doors = Doors(1, service="refusing")
refuse = refusing(doors, Problems(), lambda: FRESH, [PRIVATE, *GUARDS])


@pytest.fixture
def full() -> Iterator[None]:
    doors.enter()
    yield
    doors.leave()


def request(asked: str = RATE, *headers: str, body: str = "{}") -> bytes:
    head = [f"{asked} HTTP/1.1", "Host: 127.0.0.1", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", body]).encode()


def told(answer: bytes | None) -> tuple[dict[str, str], bytes]:
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    assert first == "HTTP/1.1 503 Service Unavailable"
    return dict(line.split(": ", 1) for line in rest), body


def test_with_room_inside_nobody_is_refused() -> None:
    assert refuse(request()) is None


@pytest.mark.usefixtures("full")
def test_the_answer_is_the_same_as_the_applications_own() -> None:
    headers, body = told(refuse(request()))
    own = Problems().reply(Problem("overloaded"), FRESH.hex)
    assert orjson.loads(body) == orjson.loads(own.body)
    assert (
        headers.items()
        >= {
            "retry-after": "1",
            "content-type": "application/problem+json",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "content-length": str(len(own.body)),
            "x-correlation-id": str(FRESH),
            "traceparent": f"00-{FRESH.hex}-{FRESH.hex[16:]}-01",
        }.items()
    )


@pytest.mark.usefixtures("full")
def test_a_callers_own_correlation_and_trace_come_back_whatever_digits_they_have() -> None:
    correlation = "01990000-0000-7000-8000-000000000001"
    traceparent = f"00-{'1' * 32}-{'b' * 16}-01"
    given = [f"X-Correlation-Id: {correlation}", f"traceparent: {traceparent}"]
    headers, body = told(refuse(request(RATE, *given)))
    assert (headers["x-correlation-id"], headers["traceparent"]) == (correlation, traceparent)
    assert orjson.loads(body)["trace_id"] == "1" * 32


@pytest.mark.usefixtures("full")
def test_a_reader_without_a_body_is_refused_too() -> None:
    assert refuse(b"GET /v1/assignments/1 HTTP/1.1\r\nHost: a\r\n\r\n") is not None


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "left",
    [
        pytest.param(request("GET /readyz"), id="a probe"),
        pytest.param(request("GET /docs"), id="documentation"),
        pytest.param(request(RATE, "Origin: http://localhost:3000"), id="a browser"),
        pytest.param(request(RATE, "Connection: close"), id="somebody who leaves"),
        pytest.param(request(RATE, "Expect: 100-continue"), id="somebody who asks first"),
        pytest.param(request(RATE, "Transfer-Encoding: chunked"), id="a body in chunks"),
        pytest.param(request()[:-1], id="a body of which more comes"),
        pytest.param(request()[:40], id="half a head"),
        pytest.param(request() + request(), id="two in one breath"),
        pytest.param(request().replace(b": 2", b": -2"), id="a length that is none"),
    ],
)
def test_all_else_is_left_to_the_application(left: bytes) -> None:
    assert refuse(left) is None
