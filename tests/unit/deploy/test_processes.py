"""Each process is given what it needs, and nothing else."""

import subprocess
import sys
from dataclasses import replace
from importlib import import_module

import pytest

from deploy.local.processes import (
    PROCESSES,
    SERVICES,
    Place,
    Ports,
    Process,
    for_auditors,
    without_the_master,
)
from deploy.local.schemas import ROOT
from libs.process.following import Reacts
from libs.process.keys import DEVELOPMENT_MASTER_KEY, Derived, derived, master_key

PLACE = Place(
    ports=Ports(18000),
    url_as=lambda role: f"postgresql://{role}@127.0.0.1/interlude",
    broker_url="kafka://127.0.0.1:18092",
    issuer="http://127.0.0.1:18009",
    audience="interlude",
    master_key=DEVELOPMENT_MASTER_KEY,
)


def process(name: str) -> Process:
    return next(each for each in PROCESSES if each.name == name)


def test_a_relay_never_sees_a_key() -> None:
    environment = PLACE.environment(process("diary-relay"))
    assert "MASTER_KEY" not in environment
    assert "KEYRING_URL" not in environment


OPEN_NOTHING = [
    "gateway-projector",
    "gateway-analytics",
    "care-follow",
    "review-follow",
    "assignment-clock",
]


@pytest.mark.parametrize("name", OPEN_NOTHING)
def test_who_opens_nothing_has_neither_the_keyring_nor_the_key_that_leads_to_it(name: str) -> None:
    """Care's follower reaches the keyring, for it destroys keys; without the master key it opens
    none.
    """
    environment = PLACE.environment(process(name))
    assert ("KEYRING_URL" in environment) == (name == "care-follow")
    assert environment.keys().isdisjoint({"KEYRING_KEYS", "MASTER_KEY"})
    assert DEVELOPMENT_MASTER_KEY not in environment.values()


def test_analysts_names_can_be_worked_out_by_the_analytics_role_alone() -> None:
    holders = [each.name for each in PROCESSES if "ANALYTICS_KEYS" in PLACE.environment(each)]
    assert holders == ["gateway-analytics"]


def test_who_is_given_keys_has_the_ones_that_the_master_key_would_give() -> None:
    """Or nothing that was recorded or published before would be known again."""
    given = without_the_master(DEVELOPMENT_MASTER_KEY)
    master = master_key(DEVELOPMENT_MASTER_KEY)
    chains = Derived.read("chain", given["CHAIN_KEYS"])
    for service in ("care", "assignment", "diary", "review"):
        assert chains.key(f"chain:{service}") == derived(master, f"chain:{service}")
    epochs = Derived.read("analytics", given["ANALYTICS_KEYS"])
    assert epochs.key("analytics:1") == derived(master, "analytics:1")
    assert epochs.key("analytics:60") == derived(master, "analytics:60")
    assert Derived.read("keyring", given["KEYRING_KEYS"]).keys == {"1": derived(master, "keyring")}


def test_who_has_wrapped_keys_anew_says_by_which() -> None:
    """`KEYRING_KEYS=… make run`; the chains' keys follow from the master key as ever."""
    given = replace(PLACE, keyring_keys="1:former,2:latter").environment(process("diary-api"))
    assert given["KEYRING_KEYS"] == "1:former,2:latter"
    first = PLACE.environment(process("diary-api"))["KEYRING_KEYS"]
    assert first == without_the_master(DEVELOPMENT_MASTER_KEY)["KEYRING_KEYS"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_follower_is_given_what_it_reads_and_the_master_key_only_if_it_seals(
    service: str,
) -> None:
    following = import_module(f"services.{service}.following").FOLLOWING
    needs = process(f"{service}-follow").needs
    wanted = {
        name.upper()
        for name, field in following.settings.model_fields.items()
        if field.is_required()
    }
    assert wanted <= needs
    assert ("MASTER_KEY" in needs) == (following.settings is Reacts)
    assert (following.settings is Reacts) == (service in {"assignment", "diary"})


def test_an_operator_derives_them_from_the_master_key() -> None:
    told = {"MASTER_KEY": DEVELOPMENT_MASTER_KEY}
    derive = [sys.executable, "-m", "deploy.derived_keys"]
    done = subprocess.run(derive, cwd=ROOT, env=told, capture_output=True, text=True, check=True)
    assert dict(line.split("=", 1) for line in done.stdout.splitlines()) == {
        **without_the_master(DEVELOPMENT_MASTER_KEY),
        **for_auditors(DEVELOPMENT_MASTER_KEY),
    }
    refused = subprocess.run(derive, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("MASTER_KEY is not usable")


def test_requests_are_served_without_a_broker() -> None:
    for service in ("care", "assignment", "diary", "review", "gateway"):
        assert "BROKER_URL" not in PLACE.environment(process(f"{service}-api"))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("care-api", "care_app"),
        ("care-relay", "care_relay"),
        ("care-follow", "care_follow"),
        ("gateway-projector", "gateway_projector"),
        ("gateway-analytics", "gateway_analytics"),
        ("gateway-api", "gateway_app"),
    ],
)
def test_each_connects_as_its_own_database_role(name: str, role: str) -> None:
    url = PLACE.environment(process(name))["DATABASE_URL"]
    assert url == f"postgresql://{role}@127.0.0.1/interlude"


def test_care_alone_makes_keys_and_destroys_them() -> None:
    writers = [
        each.name
        for each in PROCESSES
        if "keyring_writer" in PLACE.environment(each).get("KEYRING_URL", "")
    ]
    assert writers == ["care-api", "care-follow"]
    makers = [each for each in writers if "MASTER_KEY" in PLACE.environment(process(each))]
    assert makers == ["care-api"]


def test_the_projector_alone_signs_passes() -> None:
    holders = [each.name for each in PROCESSES if "PASS_KEYS" in PLACE.environment(each)]
    assert holders == ["gateway-projector"]


def test_the_gateway_finds_the_services() -> None:
    environment = PLACE.environment(process("gateway-api"))
    assert environment["ASSIGNMENT_URL"] == "http://127.0.0.1:18002"


def test_one_number_moves_all_ports_and_none_meet() -> None:
    def ports(base: int) -> list[int]:
        at = Ports(base)
        backing = [at.issuer, at.keycloak, at.postgres, at.kafka, at.kafka_controller]
        apis = [at.api(name) for name in ("gateway", "care", "assignment", "diary", "review")]
        return [*apis, *(at.admin(each) for each in PROCESSES), *backing]

    assert ports(8000)[:5] == [8000, 8001, 8002, 8003, 8004]
    assert len(set(ports(8000))) == len(ports(8000))
    assert ports(9000) == [port + 1000 for port in ports(8000)]
