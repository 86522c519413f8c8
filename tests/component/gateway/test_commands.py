"""Mutations are passed on to the service that owns the facts, and answered in one form."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from prometheus_client import REGISTRY

from libs.testing.cast import MASHA
from libs.testing.traces import parent_of, traced, traceparent_of
from libs.testing.web import Following, consistency_token
from services.gateway.graphql.ids import to_global
from tests.component.gateway.asking import Answers
from tests.component.gateway.telling import ASSIGNMENT

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

RATING = UUID(int=0x77)
RATE = """mutation($input: RateReadinessInput!) {
    rateReadiness(input: $input) {
        id version consistency userErrors { code message field } notices { code field }
        assignment { id status }
    }
}"""
WITHOUT_NODE = RATE.replace("assignment { id status }", "")
HOMEWORK = to_global("Assignment", ASSIGNMENT)


def rating(**more: Any) -> dict[str, Any]:
    confidence = {"value": 4, "scale": {"min": 0, "max": 10}}
    return {"assignmentId": HOMEWORK, "readiness": confidence, **more}


def done(service: Answers, **more: Any) -> None:
    service.content = {
        "id": str(RATING),
        "version": 35,
        "consistency": consistency_token((f"assignment-{ASSIGNMENT}", 35)),
        "notices": [],
        **more,
    }


async def test_a_command_goes_on_with_the_callers_own_token(ask: Any, service: Answers) -> None:
    done(service)
    goal = to_global("Goal", UUID(int=0x91))
    told = rating(idempotencyKey="k1", expectedVersion=34, goalIds=[goal])
    answer = await ask("masha", RATE, input=told)
    assert answer["data"]["rateReadiness"] == {
        "id": str(RATING),
        "version": 35,
        "consistency": service.content["consistency"],
        "userErrors": [],
        "notices": [],
        "assignment": {"id": HOMEWORK, "status": "COMPLETED"},
    }
    (sent,) = service.seen
    assert sent.url.path == f"/v1/assignments/{ASSIGNMENT}/readiness-ratings"
    assert sent.headers["authorization"] == "Bearer masha"
    assert sent.headers["idempotency-key"] == "k1"
    assert sent.headers["if-match"] == '"34"'
    assert orjson.loads(sent.content) == {
        "readiness": {"value": 4, "scale": {"min": 0, "max": 10}},
        "goal_ids": [str(UUID(int=0x91))],
    }


async def test_what_the_request_must_not_be_older_than_goes_along(
    ask: Any, service: Answers
) -> None:
    done(service)
    token = consistency_token((f"goal-{UUID(int=1)}", 1))
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = orjson.dumps({"query": WITHOUT_NODE, "variables": {"input": rating()}})
    await ask.post("masha", body, **{"Interlude-After": token, "traceparent": trace})
    assert service.seen[0].headers["interlude-after"] == token
    assert service.seen[0].headers["traceparent"] == trace
    assert service.seen[0].headers["idempotency-key"]


async def test_service_and_answer_name_one_correlation_although_the_client_sent_none(
    ask: Any, service: Answers
) -> None:
    done(service)
    body = orjson.dumps({"query": WITHOUT_NODE, "variables": {"input": rating()}})
    answer = await ask.post("masha", body)
    (sent,) = service.seen
    assert sent.headers["x-correlation-id"] == answer.headers["x-correlation-id"]
    assert sent.headers["traceparent"] == answer.headers["traceparent"]


async def test_the_services_span_stands_under_the_gateways(ask: Any, service: Answers) -> None:
    done(service)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = orjson.dumps({"query": WITHOUT_NODE, "variables": {"input": rating()}})
    with traced() as traces:
        await ask.post("masha", body, traceparent=trace)
    passed_on = traces.the("POST /v1/assignments/{id}/readiness-ratings")
    served = traces.the("POST /graphql")
    assert service.seen[0].headers["traceparent"] == traceparent_of(passed_on)
    assert parent_of(passed_on) == traceparent_of(served)
    assert parent_of(served) == trace
    told = "".join(span.to_json() for span in traces.spans)
    assert str(ASSIGNMENT) not in told
    assert "rateReadiness" not in told


async def test_overload_behind_the_gateway_is_said_with_when_to_come_back(
    ask: Any, service: Answers
) -> None:
    def overloaded() -> float:
        labels = {"service": "gateway", "operation": "graphql", "outcome": "overloaded"}
        return REGISTRY.get_sample_value("interlude_requests_total", labels) or 0.0

    before = overloaded()
    service.status = 503
    body = orjson.dumps({"query": WITHOUT_NODE, "variables": {"input": rating()}})
    answer = await ask.post("masha", body)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert overloaded() == before + 1


async def test_a_rule_that_says_no_is_a_user_error(ask: Any, service: Answers) -> None:
    service.status = 409
    service.content = {
        "code": "scales-differ",
        "title": "Scales differ",
        "detail": "Ratings that are told together are told on one scale.",
        "errors": [
            {"pointer": "/why_not_lower/0", "code": "scales-differ", "message": "One scale."}
        ],
    }
    answer = await ask("masha", RATE, input=rating())
    assert answer["data"]["rateReadiness"]["userErrors"] == [
        {"code": "scales-differ", "message": "One scale.", "field": ["whyNotLower", "0"]}
    ]
    assert answer["data"]["rateReadiness"]["assignment"] is None


async def test_a_refusal_of_the_whole_names_no_field(ask: Any, service: Answers) -> None:
    service.status = 404
    service.content = {"code": "not-found", "title": "Not found", "detail": "No.", "errors": []}
    answer = await ask("lev", RATE, input=rating())
    assert answer["data"]["rateReadiness"]["userErrors"] == [
        {"code": "not-found", "message": "No.", "field": None}
    ]


async def test_notices_come_with_what_was_done(ask: Any, service: Answers) -> None:
    done(service, notices=[{"code": "no-rationale", "pointer": "/goal_ids"}])
    answer = await ask("masha", WITHOUT_NODE, input=rating())
    assert answer["data"]["rateReadiness"]["notices"] == [
        {"code": "no-rationale", "field": ["goalIds"]}
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "UNAUTHENTICATED"), (429, "OVERLOADED"), (503, "OVERLOADED"), (500, "UNAVAILABLE")],
)
async def test_what_is_not_the_commands_fault_is_an_error_of_the_request(
    ask: Any, service: Answers, status: int, code: str
) -> None:
    service.status, service.content = status, {"code": "canary", "detail": "canary"}
    answer = await ask("masha", RATE, input=rating())
    assert answer["errors"][0]["extensions"]["code"] == code
    assert "canary" not in str(answer)


@pytest.mark.parametrize("status", [503, 500])
async def test_what_may_have_happened_is_repeated_with_the_key_that_the_gateway_chose(
    ask: Any, service: Answers, status: int
) -> None:
    service.status, service.content = status, {"code": "outcome-unknown"}
    told = (await ask("masha", RATE, input=rating()))["errors"][0]["extensions"]
    assert told["idempotencyKey"] == service.seen[-1].headers["Idempotency-Key"]
    again = rating(idempotencyKey=told["idempotencyKey"])
    repeated = (await ask("masha", RATE, input=again))["errors"][0]["extensions"]
    assert service.seen[-1].headers["Idempotency-Key"] == told["idempotencyKey"]
    assert "idempotencyKey" not in repeated, "they have it already"


async def test_a_service_out_of_reach(ask: Any, service: Answers) -> None:
    service.broken = True
    answer = await ask("masha", RATE, input=rating())
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_what_was_done_stays_done_when_it_is_not_visible_in_time(
    ask: Any, service: Answers, following: Following
) -> None:
    done(service)
    following.applied = False
    answer = await ask("masha", RATE, input=rating())
    assert answer["data"]["rateReadiness"]["version"] == 35
    assert answer["data"]["rateReadiness"]["assignment"] is None
    assert answer["extensions"] == {"consistency": {"satisfied": False}}


async def test_a_node_that_nobody_asked_for_is_not_waited_for(
    ask: Any, service: Answers, following: Following
) -> None:
    done(service)
    await ask("masha", WITHOUT_NODE, input=rating())
    assert following.asked == []


@pytest.mark.parametrize("id_", ["canary", to_global("Patient", MASHA), ""])
async def test_an_id_that_is_no_assignments_is_not_passed_on(
    ask: Any, service: Answers, id_: str
) -> None:
    answer = await ask("masha", RATE, input=rating() | {"assignmentId": id_})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_ID"
    assert service.seen == []


async def test_a_key_that_no_header_can_hold_is_not_passed_on(ask: Any, service: Answers) -> None:
    answer = await ask("masha", RATE, input=rating(idempotencyKey="a\r\nb: c"))
    assert answer["errors"][0]["extensions"]["code"] == "BAD_IDEMPOTENCY_KEY"
    assert service.seen == []


async def test_without_a_token_nothing_is_passed_on(ask: Any, service: Answers) -> None:
    answer = await ask(None, RATE, input=rating())
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert service.seen == []


async def test_one_of_several_forms_is_sent_as_the_service_takes_it(
    ask: Any, service: Answers
) -> None:
    done(service)
    query = "mutation($input: SetDueInput!) { setDue(input: $input) { id } }"
    told = {"assignmentId": HOMEWORK, "due": {"nextSession": True}, "reason": "A_B"}
    await ask("anna", query, input=told)
    assert orjson.loads(service.seen[0].content) == {
        "due": {"kind": "next_session"},
        "reason": "a_b",
    }
    told["due"] = {"at": {"local": "2026-03-02T11:00:00", "zone": "Europe/London"}}
    await ask("anna", query, input=told)
    assert orjson.loads(service.seen[1].content)["due"] == {
        "kind": "at",
        "local": "2026-03-02T11:00:00",
        "zone": "Europe/London",
    }
