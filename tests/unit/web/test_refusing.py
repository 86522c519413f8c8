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
RATE = b"/v1/assignments/1/readiness-ratings"
doors = Doors(1, service="refusing")
refuse = refusing(doors, Problems(), lambda: FRESH, [PRIVATE, *GUARDS])


@pytest.fixture
def full() -> Iterator[None]:
    doors.enter()
    yield
    doors.leave()


def told(answer: bytes | None) -> tuple[dict[str, str], bytes]:
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    assert first == "HTTP/1.1 503 Service Unavailable"
    return dict(line.split(": ", 1) for line in rest), body


def test_with_room_inside_nobody_is_refused() -> None:
    assert refuse(RATE, []) is None


@pytest.mark.usefixtures("full")
def test_the_answer_is_the_same_as_the_applications_own() -> None:
    headers, body = told(refuse(RATE, [(b"host", b"127.0.0.1")]))
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
def test_a_callers_own_correlation_and_trace_come_back() -> None:
    correlation = "01990000-0000-7000-8000-000000000001"
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"
    given = [(b"x-correlation-id", correlation.encode()), (b"traceparent", traceparent.encode())]
    headers, body = told(refuse(RATE, given))
    assert (headers["x-correlation-id"], headers["traceparent"]) == (correlation, traceparent)
    assert orjson.loads(body)["trace_id"] == "a" * 32


@pytest.mark.usefixtures("full")
def test_probes_documentation_and_browsers_are_left_to_the_application() -> None:
    assert refuse(b"/readyz", []) is None
    assert refuse(b"/docs", []) is None
    assert refuse(RATE, [(b"origin", b"http://localhost:3000")]) is None
