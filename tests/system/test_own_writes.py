"""Who has just told something sees it, however far behind the read models are."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest

from deploy.local.var import Var
from libs.eventstore.consistency import LABEL, Tokens, decode, encode
from libs.process.keys import derived, master_key
from tests.system.fixtures import Running
from tests.system.people import Person

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

SET_GOAL = """mutation($input: SetGoalInput!) { setGoal(input: $input) {
    id version consistency userErrors { code } goal { statement } } }"""
LAST_GOAL = """query($who: ID!, $token: String, $strict: Boolean!) {
    goals(patientId: $who, last: 1, consistency: $token, strict: $strict) {
        nodes { id statement } } }"""


def goal_set(who: Person, patient: str, statement: str) -> Any:
    told = {"patientId": patient, "statement": statement}
    return who.sees(SET_GOAL, input=told)["setGoal"]


def test_a_command_s_token_shows_one_s_own_write_at_once(therapist: Person, masha: str) -> None:
    for number in range(10):
        done = goal_set(therapist, masha, f"marmalade {number}")
        answer = therapist.asks(LAST_GOAL, who=masha, token=done["consistency"], strict=True)
        assert answer["extensions"]["consistency"] == {"satisfied": True}
        (last,) = answer["data"]["goals"]["nodes"]
        assert (last["id"], last["statement"]) == (done["id"], f"marmalade {number}")
        assert done["goal"] == {"statement": f"marmalade {number}"}


def test_a_header_may_carry_the_token(therapist: Person, masha: str) -> None:
    done = goal_set(therapist, masha, "marmalade by header")
    asked = {"who": masha, "token": None, "strict": False}
    answer = therapist.sends_graphql(LAST_GOAL, asked, **{"Interlude-After": done["consistency"]})
    assert answer.json()["extensions"]["consistency"] == {"satisfied": True}
    assert answer.json()["data"]["goals"]["nodes"][0]["id"] == done["id"]


def test_what_has_not_come_in_time_is_said(
    therapist: Person, masha: str, interlude: Running
) -> None:
    encoded, _, _ = goal_set(therapist, masha, "marmalade to come")["consistency"].partition(".")
    ((stream, version),) = decode(encoded)
    master = master_key(Var(interlude.var).master_key())
    clinic = UUID(therapist.sees("{ me { tenantId } }")["me"]["tenantId"])
    never = Tokens(derived(master, LABEL)).token(clinic, encode([(stream, version + 998)]))
    late = therapist.asks(LAST_GOAL, who=masha, token=never, strict=False)
    assert late["extensions"]["consistency"] == {"satisfied": False}
    assert late["data"]["goals"]["nodes"]
    strict = therapist.asks(LAST_GOAL, who=masha, token=never, strict=True)
    assert strict["errors"][0]["extensions"]["code"] == "STALE_READ"


def test_who_does_not_treat_her_can_tell_nothing_about_her(
    person: Callable[[str], Person], masha: str
) -> None:
    refused = goal_set(person("other_therapist"), masha, "marmalade")
    assert refused["id"] is None
    assert refused["userErrors"] == [{"code": "not-known-yet"}]
    answer = person("patient").asks(SET_GOAL, input={"patientId": masha, "statement": "x" * 9000})
    codes = [each["code"] for each in answer["data"]["setGoal"]["userErrors"]]
    assert codes
    assert "xxx" not in orjson.dumps(answer).decode()
