"""What is somebody else's answers as what does not exist: status, headers and body are the same but
for ids, times and traces, however one asks.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.issuer import Issuer
from deploy.local.run_info import RunInfo
from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import EVERYBODYS, ROLES, Whose
from tests.security.asking import SERVICES, Asked, Manner, may, operations, refusal
from tests.security.clinics import Clinic, Clinics, an_entry
from tests.security.test_gateway import NODE, NODES, QUERIES, answered, known
from tests.system.people import global_id

pytestmark = [
    pytest.mark.security("foreign like missing"),
    pytest.mark.system,
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.timeout(400),
]

OF_ALL = [asked for service in SERVICES for asked in operations(service)]
TOLD_EACH_TIME = {"date", "x-correlation-id", "traceparent"}

MANNERS = {
    "on a version": Manner(headers={"If-Match": '"9"'}),
    "unless it is known": Manner(headers={"If-None-Match": "*"}),
    "as of a time": Manner(query={"as_of": "2026-01-02T03:04:05Z"}),
    "with a field too many": Manner(besides={"quincunx": True}),
    "of parts that are nobody's": Manner(besides={"goal_ids": [str(UUID(int=1))]}),
}
"""How a request may look at a thing before anybody looks at whose it is."""

Answer = tuple[int, Mapping[str, str], str]
TRACE = re.compile(r'"trace_id":"[0-9a-f]{32}"')


def whole(answer: httpx.Response) -> Answer:
    headers = {name: told for name, told in answer.headers.items() if name not in TOLD_EACH_TIME}
    return answer.status_code, headers, TRACE.sub("", answer.text)


def all_alike(answers: Iterable[Answer]) -> bool:
    first, *others = answers
    return all(each == first for each in others)


def of_everybody_elses(
    asked: Asked, role: Role, clinics: Clinics, manner: Manner | None = None
) -> list[Answer]:
    """Of all whose things this role may not reach by it."""
    return [
        whole(asked.send(clinics, role, whose, manner))
        for whose in EVERYBODYS
        if not may(asked, role, whose)
    ]


@pytest.mark.parametrize("asked", OF_ALL, ids=lambda asked: f"{asked.service}.{asked.name}")
def test_who_may_not_is_answered_as_if_nothing_were_there(asked: Asked, clinics: Clinics) -> None:
    """Without a cell, that the role has none; else the very answer that there is about nobody."""
    for role in ROLES:
        if told := of_everybody_elses(asked, role, clinics):
            assert all_alike(told), role
            assert f'"code":"{refusal(asked, role)}"' in told[0][2]


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("service", SERVICES)
def test_no_other_manner_of_asking_tells_them_apart(
    service: str, manner: Manner, clinics: Clinics
) -> None:
    apart = [
        f"{asked.name} as {role}"
        for asked in operations(service)
        for role in access.of(f"REST: {service}")[asked.name].relations
        if (told := of_everybody_elses(asked, role, clinics, manner)) and not all_alike(told)
    ]
    assert apart == []


@pytest.mark.parametrize("service", SERVICES)
def test_nor_does_a_batch(service: str, clinics: Clinics) -> None:
    commands = [each for each in operations(service) if each.aggregate and "{id}" in each.path]
    for role in ("patient", "therapist", "supervisor"):
        told = [
            whole(batch(commands, clinics, role, whose)) for whose in EVERYBODYS if whose != "mine"
        ]
        assert all_alike(told), role
        codes = re.findall(r'"code":"([a-z-]+)"', told[0][2])
        assert len(codes) == len(commands)
        assert set(codes) <= {"not-found", "role-not-allowed"}


def batch(commands: list[Asked], clinics: Clinics, role: Role, whose: Whose) -> httpx.Response:
    things = clinics.things[whose]
    queued = [
        {
            "operation": each.name,
            "id": str(each.named(things)),
            "idempotency_key": str(uuid4()),
            "body": each.body(things),
        }
        for each in commands
    ]
    return clinics.http.post(
        f"{clinics.run.services[commands[0].service]}/v1/commands",
        json={"commands": queued},
        headers={"Authorization": f"Bearer {clinics.tokens[role]}"},
    )


@pytest.mark.parametrize("name", sorted(set(QUERIES) - {"me", "caseload"}))
def test_a_query_answers_alike_to_whom_it_shows_nothing(name: str, clinics: Clinics) -> None:
    row = access.of("GraphQL: queries")[name]
    for role in ROLES:
        told = [
            whole(answered(clinics, role, QUERIES[name], known(clinics.things[whose])))
            for whose in EVERYBODYS
            if not row.opens(role, whose)
        ]
        assert all_alike(told), role


@pytest.mark.parametrize("name", sorted(NODES))
def test_a_node_answers_alike_to_whom_it_shows_nothing(name: str, clinics: Clinics) -> None:
    row = access.of("GraphQL: nodes")[name]
    for role in ROLES:
        told = [
            whole(answered(clinics, role, NODE, {"id": global_id(name, things[NODES[name]])}))
            for whose, things in clinics.things.items()
            if not row.opens(role, whose)
        ]
        assert all_alike(told), role


@pytest.mark.parametrize("who", ["therapist", "supervisor"])
def test_what_a_patient_keeps_for_herself_is_as_if_it_were_not_there(
    who: str, run: RunInfo, issuer: Issuer
) -> None:
    clinic = Clinic(run, issuer)
    things = clinic.patient("patient", "therapist", "supervisor")
    told = {**an_entry(), "visibility": "private"}
    kept = clinic.tell("patient", "diary/v1/entries", patient_id=things["patient"], **told)
    clinic.heard_by_all()
    ask = reading(clinic, who)
    assert whole(ask(things["entry"]))[0] == httpx.codes.OK
    assert whole(ask(kept)) == whole(ask(uuid4()))
    assert seen_as_node(clinic, who, kept) == seen_as_node(clinic, who, uuid4())


def reading(clinic: Clinic, who: str) -> Callable[[UUID], httpx.Response]:
    headers = {"Authorization": f"Bearer {clinic.token(who)}"}
    url = f"{clinic.run.services['diary']}/v1/entries"
    return lambda entry: httpx.get(f"{url}/{entry}", headers=headers, timeout=20)


def seen_as_node(clinic: Clinic, who: str, entry: UUID) -> Answer:
    return whole(
        httpx.post(
            f"{clinic.run.gateway}/graphql",
            json={"query": NODE, "variables": {"id": global_id("DiaryEntry", entry)}},
            headers={
                "Authorization": f"Bearer {clinic.token(who)}",
                "Interlude-After": clinic.told[-1],
            },
            timeout=20,
        )
    )
