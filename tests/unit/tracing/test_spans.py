"""One trace through everything that one request led to, and nothing of what somebody wrote."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from opentelemetry.trace import StatusCode

from libs.testing.cast import NOW
from libs.testing.traces import Traces, parent_of, traced, traceparent_of
from libs.tracing.spans import begun, carried

ROOT = Path(__file__).parents[3]

MASHA_RATES = f"00-{'a' * 32}-{'1' * 16}-01"
LEV_RATES = f"00-{'b' * 32}-{'2' * 16}-01"
UNSAMPLED = f"00-{'c' * 32}-{'3' * 16}-00"
LATER = NOW + timedelta(milliseconds=4)


@pytest.fixture
def traces() -> Iterator[Traces]:
    with traced() as traces:
        yield traces


def test_what_came_with_a_request_is_the_parent_of_its_span(traces: Traces) -> None:
    with begun("POST /v1/goals", "server", parent=MASHA_RATES) as span:
        caused = span.traceparent
    served = traces.the("POST /v1/goals")
    assert parent_of(served) == MASHA_RATES
    assert caused == traceparent_of(served)


@pytest.mark.parametrize("told", [None, "", "00-zz-1-01", f"00-{'0' * 32}-{'1' * 16}-01"])
def test_without_a_parent_that_can_be_one_a_trace_begins(traces: Traces, told: str | None) -> None:
    with begun("POST /v1/goals", "server", parent=told):
        pass
    assert traces.the("POST /v1/goals").parent is None


def test_what_is_done_within_a_span_stands_under_it(traces: Traces) -> None:
    with begun("POST /v1/goals", "server"), begun("append goal", "internal"):
        pass
    assert parent_of(traces.the("append goal")) == traceparent_of(traces.the("POST /v1/goals"))


def test_a_path_is_told_by_its_template(traces: Traces) -> None:
    with begun("POST /v1/assignments/{id}/plans", "client", attributes={"server.address": "x"}):
        pass
    assert dict(traces.spans[0].attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/assignments/{id}/plans",
        "server.address": "x",
    }


def test_an_answer_that_failed_is_told_by_its_code(traces: Traces) -> None:
    with begun("POST /v1/goals", "server") as span:
        span.answered(503, "store-unavailable")
    (served,) = traces.spans
    assert served.status.status_code == StatusCode.ERROR
    assert (served.attributes or {})["error.type"] == "store-unavailable"


def test_of_an_exception_only_its_class_is_told(traces: Traces) -> None:
    with pytest.raises(ValueError, match="marmalade"), begun("append goal", "internal"):
        raise ValueError("marmalade")
    (failed,) = traces.spans
    assert failed.status.status_code == StatusCode.ERROR
    assert "ValueError" in failed.to_json()
    assert "marmalade" not in failed.to_json()


def test_a_batch_of_one_cause_is_a_step_of_its_trace(traces: Traces) -> None:
    carried("publish topic", "producer", [MASHA_RATES, MASHA_RATES], began=NOW, ended=LATER)
    published = traces.the("publish topic")
    assert parent_of(published) == MASHA_RATES
    assert (published.end_time or 0) - (published.start_time or 0) == 4_000_000


def test_no_trace_ends_where_a_batch_begins(traces: Traces) -> None:
    carried("publish topic", "producer", [MASHA_RATES, LEV_RATES], began=NOW, ended=LATER)
    batch, *steps = traces.spans
    assert batch.parent is None
    assert [link.context.trace_id for link in batch.links] == [
        int("a" * 32, 16),
        int("b" * 32, 16),
    ]
    assert [parent_of(step) for step in steps] == [MASHA_RATES, LEV_RATES]
    assert [link.context for step in steps for link in step.links] == 2 * [batch.get_span_context()]


def test_what_was_not_sampled_stays_so(traces: Traces) -> None:
    with begun("POST /v1/goals", "server", parent=UNSAMPLED) as span:
        assert (span.traceparent or "").endswith("-00")
    carried("publish topic", "producer", [UNSAMPLED, ""], began=NOW, ended=LATER)
    assert traces.spans == ()


def test_untraced_there_is_no_parent_to_name() -> None:
    with begun("POST /v1/goals", "server", parent=MASHA_RATES) as span:
        span.answered(500, "bug")
        assert span.traceparent is None


@pytest.mark.parametrize(
    "module",
    ["libs.web.hosting", "libs.process.relaying", "libs.process.following", "services.gateway.app"],
)
def test_a_process_that_is_not_traced_loads_no_sdk(module: str) -> None:
    code = f"import sys, {module}; print('opentelemetry.sdk' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
