"""Each process is given what it needs, and nothing else."""

import pytest

from deploy.local.processes import PROCESSES, Place, Ports, Process

PLACE = Place(
    ports=Ports(18000),
    url_as=lambda role: f"postgresql://{role}@127.0.0.1/interlude",
    broker_url="kafka://127.0.0.1:18092",
    issuer="http://127.0.0.1:18009",
    audience="interlude",
    master_key="bWFzdGVy",
)


def process(name: str) -> Process:
    return next(each for each in PROCESSES if each.name == name)


def test_a_relay_never_sees_a_key() -> None:
    environment = PLACE.environment(process("diary-relay"))
    assert "MASTER_KEY" not in environment
    assert "KEYRING_URL" not in environment


@pytest.mark.parametrize("name", ["gateway-projector", "gateway-analytics"])
def test_what_projects_cannot_reach_the_keyring(name: str) -> None:
    assert "KEYRING_URL" not in PLACE.environment(process(name))


def test_requests_are_served_without_a_broker() -> None:
    for service in ("care", "assignment", "diary", "review", "gateway"):
        assert "BROKER_URL" not in PLACE.environment(process(f"{service}-api"))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("care-api", "care_app"),
        ("care-relay", "care_relay"),
        ("care-follow", "care_app"),
        ("gateway-projector", "gateway_projector"),
        ("gateway-analytics", "gateway_analytics"),
        ("gateway-api", "gateway_app"),
    ],
)
def test_each_connects_as_its_own_database_role(name: str, role: str) -> None:
    url = PLACE.environment(process(name))["DATABASE_URL"]
    assert url == f"postgresql://{role}@127.0.0.1/interlude"


def test_care_alone_makes_keys_where_it_registers_people() -> None:
    makers = [
        each.name
        for each in PROCESSES
        if "keyring_writer" in PLACE.environment(each).get("KEYRING_URL", "")
    ]
    assert makers == ["care-api"]


def test_the_gateway_finds_the_services() -> None:
    environment = PLACE.environment(process("gateway-api"))
    assert environment["ASSIGNMENT_URL"] == "http://127.0.0.1:18002"


def test_one_number_moves_all_ports_and_none_meet() -> None:
    def ports(base: int) -> list[int]:
        at = Ports(base)
        backing = [at.issuer, at.postgres, at.kafka, at.kafka_controller]
        apis = [at.api(name) for name in ("gateway", "care", "assignment", "diary", "review")]
        return [*apis, *(at.admin(each) for each in PROCESSES), *backing]

    assert ports(8000)[:5] == [8000, 8001, 8002, 8003, 8004]
    assert len(set(ports(8000))) == len(ports(8000))
    assert ports(9000) == [port + 1000 for port in ports(8000)]
