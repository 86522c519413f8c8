"""What can be seen of a service from outside while it runs: traces, correlation, counts."""

import asyncio
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import structlog
from prometheus_client import REGISTRY

from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.measuring import Measured
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.store import OutcomeUnknown
from libs.testing.at_the_desk import Watched
from libs.testing.cast import CLINIC
from libs.testing.event_store_contract import append, new_stream
from libs.testing.traces import Traces, parent_of, traced, traceparent_of
from libs.testing.web import client, edge
from libs.tracing.correlating import with_correlation
from libs.web.limits import Doors
from libs.web.problems import Problem
from tests.component.web.practice import GIVE, RATE, app

MADE = UUID(int=0x51)
FROM_THE_PHONE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CORRELATION = "0af76519-16cd-43dd-8448-eb211c80319c"
GIVING = {"Idempotency-Key": "1", "traceparent": FROM_THE_PHONE, "X-Correlation-Id": CORRELATION}


@pytest.fixture
def traces() -> Iterator[Traces]:
    with traced() as traces:
        yield traces


@pytest.fixture
def store() -> InMemoryEventStore:
    return InMemoryEventStore()


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_fact_names_the_span_that_recorded_it(
    traces: Traces, store: InMemoryEventStore
) -> None:
    async with client(app(edge(), store), "anna") as anna:
        answer = await anna.post("/v1/practices", json={**GIVE, "id": str(MADE)}, headers=GIVING)
    served = traces.the("POST /v1/practices")
    (given,) = await store.read(CLINIC, f"practice-{MADE}")
    assert parent_of(served) == FROM_THE_PHONE
    assert given.traceparent == answer.headers["traceparent"] == traceparent_of(served)
    assert parent_of(traces.the("append practice")) == traceparent_of(served)


async def test_untraced_a_fact_names_what_the_client_sent(store: InMemoryEventStore) -> None:
    async with client(app(edge(), store), "anna") as anna:
        await anna.post("/v1/practices", json={**GIVE, "id": str(MADE)}, headers=GIVING)
    (given,) = await store.read(CLINIC, f"practice-{MADE}")
    assert (given.traceparent, str(given.correlation_id)) == (FROM_THE_PHONE, CORRELATION)


async def test_a_span_holds_no_id_no_query_and_no_text(traces: Traces) -> None:
    service = app(edge())
    async with client(service, "anna") as anna:
        await anna.post("/v1/practices", json={**GIVE, "id": str(MADE)}, headers=GIVING)
        await anna.get(f"/v1/practices/{MADE}?as_of=2026-01-01T00:00:00Z")
        await anna.post(f"/v1/practices/{MADE}/ratings", json=RATE, headers=GIVING)
        await anna.post("/v1/practices", json={**GIVE, "title": "bug"}, headers=GIVING)
    told = "".join(span.to_json() for span in traces.spans)
    assert "/v1/practices/{id}/ratings" in told
    for secret in (str(MADE), "as_of", "Larry", "teacup", str(GIVE["patient_id"])):
        assert secret not in told


async def test_probes_have_no_span(traces: Traces) -> None:
    async with client(app(edge())) as probe:
        assert (await probe.get("/livez")).status_code == 200
    assert traces.spans == ()


async def test_what_is_logged_of_a_request_says_which() -> None:
    async with client(app(edge()), "anna") as anna:
        with structlog.testing.capture_logs([with_correlation]) as lines:
            await anna.post("/v1/practices", json={**GIVE, "title": "bug"}, headers=GIVING)
    assert {line["event"] for line in lines} == {"bug", "failed"}
    assert {line["correlation_id"] for line in lines} == {CORRELATION}
    assert {line["trace_id"] for line in lines} == {FROM_THE_PHONE[3:35]}


async def test_each_command_of_a_batch_is_counted_by_itself() -> None:
    def done(operation: str) -> float:
        return counted(
            "interlude_requests_total", service="test", operation=operation, outcome="done"
        )

    before = done("givePractice"), done("sendCommands")
    queued = [
        {"operation": "givePractice", "idempotency_key": key, "body": GIVE} for key in ("1", "2")
    ]
    made_up = {"operation": "marmalade", "idempotency_key": "3", "body": {}}
    async with client(app(edge()), "anna") as anna:
        await anna.post("/v1/commands", json={"commands": [*queued, made_up]})
    assert (done("givePractice"), done("sendCommands")) == (before[0] + 2, before[1] + 1)
    assert not counted(
        "interlude_requests_total",
        service="test",
        operation="marmalade",
        outcome="unknown-operation",
    )


def test_who_is_inside_and_who_was_sent_away_is_counted() -> None:
    def counts() -> tuple[float, float]:
        return (
            counted("interlude_requests_in_flight", service="doors"),
            counted("interlude_requests_refused_total", service="doors"),
        )

    doors = Doors(1, service="doors")
    doors.enter()
    with pytest.raises(Problem, match="overloaded"):
        doors.enter()
    assert counts() == (1, 1)
    doors.leave()
    assert counts() == (0, 1)


async def test_appends_are_timed_and_what_travels_together_is_counted() -> None:
    def groups() -> tuple[float, float, float]:
        return (
            counted("interlude_append_group_commands_count", service="groups"),
            counted("interlude_append_group_commands_sum", service="groups"),
            counted("interlude_append_seconds_count", service="groups"),
        )

    store = GroupCommit(
        Measured(InMemoryEventStore(), service="groups", monotonic=standing_clock())
    )
    await asyncio.gather(*[store.append([append(new_stream(), 1)]) for _ in range(5)])
    assert groups() == (2, 5, 2)


async def test_an_append_that_was_lost_is_counted_by_its_code() -> None:
    broken = Watched(InMemoryEventStore())
    broken.lose_before = True
    store = Measured(broken, service="lost", monotonic=standing_clock())
    with pytest.raises(OutcomeUnknown):
        await store.append([append(new_stream(), 1)])
    assert counted("interlude_append_failures_total", service="lost", code="OutcomeUnknown") == 1
    assert not counted("interlude_append_seconds_count", service="lost")


def standing_clock() -> Callable[[], float]:
    """A clock that stands."""
    return lambda: 0.0
