"""On a running Interlude, whatever has been asked of it: as many records as accesses, every chain
whole, and the patient is told who looked.
"""

from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.ports import wait_until
from deploy.local.run_info import RunInfo
from deploy.local.var import Var
from libs.audit.verify import verify
from libs.process.keys import derived, master_key
from tests.system.fixtures import Running
from tests.system.looking import rows
from tests.system.people import Person

pytestmark = [
    pytest.mark.security("audit"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

SERVICES = ("care", "assignment", "diary", "review")
NOT_LET_IN = {
    "not-authenticated",
    "identity-unavailable",
    "too-many-requests",
    "overloaded",
    "audit-unavailable",
}
WHO_LOOKED = """{ whoLooked(first: 100) { nodes {
    therapist { name } role reason kind service action } } }"""


def metrics(run: RunInfo, service: str) -> dict[str, list[Any]]:
    text = httpx.get(f"{run.admin[f'{service}-api']}/metrics").text
    return {each.name: each.samples for each in text_string_to_metric_families(text)}


def accesses(run: RunInfo, service: str) -> tuple[float, float]:
    """Since when the process counts, and how many operations it has answered whom it knew. A batch
    is what it holds.
    """
    told = metrics(run, service)
    (start,) = told["process_start_time_seconds"]
    answered = sum(
        each.value
        for each in told["interlude_requests"]
        if each.name.endswith("_total")
        and each.labels["outcome"] not in NOT_LET_IN
        and (each.labels["operation"], each.labels["outcome"]) != ("sendCommands", "done")
    )
    return start.value, answered


def kept(run: RunInfo, service: str, since: float) -> int:
    (row,) = rows(
        run.database,
        f"SELECT count(*) AS kept FROM {service}_audit.records"  # noqa: S608 - our own names
        " WHERE recorded_at >= to_timestamp(%s)",
        since,
    )
    return int(row["kept"])


@pytest.mark.parametrize("service", SERVICES)
def test_there_are_as_many_records_as_accesses(run: RunInfo, service: str) -> None:
    """Of all tests that have asked this one for anything so far."""

    def agree() -> bool:
        since, answered = accesses(run, service)
        return kept(run, service, since) == answered

    assert wait_until(agree, seconds=10, every=0.2), (
        accesses(run, service),
        kept(run, service, accesses(run, service)[0]),
    )
    assert accesses(run, service)[1] > 0


def test_one_operation_leaves_one_record_wherever_it_is_asked(
    run: RunInfo, therapist: Person, masha: str
) -> None:
    """A command by the gateway is its service's, a screen the gateway's."""
    asked, told = str(uuid4()), str(uuid4())
    query = "query($who: ID!) { goals(patientId: $who, first: 1) { nodes { id } } }"
    therapist.sends_graphql(query, {"who": masha}, **{"X-Correlation-Id": asked})
    command = "mutation($input: SetGoalInput!) { setGoal(input: $input) { goal { id } } }"
    goal = {"patientId": masha, "statement": "marmalade that is written down"}
    therapist.sends_graphql(command, {"input": goal}, **{"X-Correlation-Id": told})
    assert found(run, asked) == [("gateway", "read", "goals")]
    assert found(run, told) == [("assignment", "write", "setGoal")]


def found(run: RunInfo, correlation: str) -> list[tuple[str, str, str]]:
    return [
        (service, row["verb"], row["action"])
        for service in (*SERVICES, "gateway")
        for row in rows(
            run.database,
            f"SELECT verb, action FROM {service}_audit.records WHERE correlation_id = %s",  # noqa: S608 - as above
            correlation,
        )
    ]


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_every_chain_is_whole(run: RunInfo, interlude: Running, service: str) -> None:
    key = derived(master_key(Var(interlude.var).master_key()), f"audit:{service}")
    with psycopg.connect(run.database) as superuser:
        checked = verify(superuser, service, key)
    assert checked.faults == []
    assert checked.records > 0


def test_the_patient_is_told_who_looked_and_why(
    therapist: Person, patient: Person, masha: str
) -> None:
    therapist.sees("query($who: ID!) { patient(id: $who) { name } }", who=masha)
    looks = patient.sees(WHO_LOOKED)["whoLooked"]["nodes"]
    newest = looks[0]
    assert newest["therapist"]["name"] == "Anna Keller"
    assert {name: newest[name] for name in ("role", "reason", "kind", "service", "action")} == {
        "role": "THERAPIST",
        "reason": "TREATMENT",
        "kind": "READ",
        "service": "gateway",
        "action": "patient",
    }
    assert {each["service"] for each in looks} >= {"care", "gateway"}
