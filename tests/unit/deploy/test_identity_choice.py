"""Whom the processes of `make run` believe, and what is started for it."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local import database, identity, keycloak_tokens, realm
from deploy.local.broker import Chosen
from deploy.local.choices import Choices, IdentityKind
from deploy.local.ground import Ground
from deploy.local.identity import Identity
from deploy.local.people import PEOPLE
from deploy.local.ports import HOST
from deploy.local.processes import PROCESSES, Place, Ports
from deploy.local.realm import accounts
from deploy.local.run import children, must_be_free
from deploy.local.trouble import Trouble
from deploy.local.var import Var
from libs.process.keys import DEVELOPMENT_MASTER_KEY
from tests.system.running import free_ports

PORTS = Ports(18000)
ISSUER = "http://127.0.0.1:18080/realms/interlude"
KEYCLOAK = Identity(
    kind="keycloak", url=ISSUER, issuers=realm.issuers(ISSUER), token=lambda name: name
)
SERVES = [process.name for process in PROCESSES if "ISSUERS" in process.needs]


@pytest.fixture
def somewhere() -> Ports:
    return free_ports()


def ground(believed: Identity) -> Ground:
    place = Place(
        ports=PORTS,
        url_as=lambda role: f"postgresql://{role}@127.0.0.1:1/interlude",
        broker_url="kafka://127.0.0.1:1",
        issuer=believed.issuers,
        audience="interlude",
        master_key=DEVELOPMENT_MASTER_KEY,
    )
    return Ground(
        place=place,
        target=database.Target("postgresql://postgres@127.0.0.1:1/interlude", "master"),
        broker=Chosen(kind="embedded", url=place.broker_url),
        identity=believed,
        backings=(),
    )


def test_with_keycloak_nobody_else_is_believed(tmp_path: Path) -> None:
    started = children(Var(tmp_path), ground(KEYCLOAK))
    assert "issuer" not in started
    assert SERVES
    for name in SERVES:
        (trusted,) = json.loads(started[name][1]["ISSUERS"])
        assert trusted["url"] == ISSUER


def test_the_development_issuer_is_what_one_gets_without_asking(tmp_path: Path) -> None:
    started = children(Var(tmp_path), ground(identity.development(PORTS)))
    assert started["issuer"][1]["ISSUER"] == "http://127.0.0.1:18009"
    for name in SERVES:
        assert started[name][1]["ISSUERS"] == "http://127.0.0.1:18009"


def test_what_was_chosen_is_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY", "keycloak")
    for _, environment in children(Var(tmp_path), ground(KEYCLOAK)).values():
        assert "IDENTITY" not in environment


@pytest.mark.parametrize(
    ("chosen", "port", "who"),
    [
        ("keycloak", lambda at: at.keycloak, "Keycloak"),
        ("development", lambda at: at.issuer, "issuer"),
    ],
)
def test_its_port_must_be_free_and_the_others_need_not(
    chosen: IdentityKind, port: Callable[[Ports], int], who: str, somewhere: Ports
) -> None:
    wanted = Choices(identity=chosen, broker="embedded")
    other: IdentityKind = "development" if chosen == "keycloak" else "keycloak"
    with socket.create_server((HOST, port(somewhere))):
        with pytest.raises(Trouble, match=f"Port {port(somewhere)}, wanted for {who}, is taken"):
            must_be_free(somewhere, wanted)
        must_be_free(somewhere, replace(wanted, identity=other))


def test_people_give_their_password_to_the_client_of_the_demo(tmp_path: Path) -> None:
    drawn = accounts(tmp_path)
    form = keycloak_tokens.form(ISSUER, "patient", drawn, now=0)
    assert form["client_id"] == "local-demo"
    assert (form["username"], form["password"]) == ("patient", drawn.passwords["patient"])


@pytest.mark.parametrize("program", ["integrator", "analyst"])
def test_a_program_signs_for_this_realm_and_for_half_a_minute(tmp_path: Path, program: str) -> None:
    drawn = accounts(tmp_path)
    form = keycloak_tokens.form(ISSUER, program, drawn, now=1_000)
    told = jwt.decode(
        form["client_assertion"], KeySet([drawn.keys[program]]), algorithms=["RS256"]
    ).claims
    assert (told["iss"], told["sub"], told["aud"]) == (program, program, ISSUER)
    assert told["exp"] == 1_030
    assert form.get("scope", "") == PEOPLE[program].scope
    again = keycloak_tokens.form(ISSUER, program, drawn, now=1_000)
    assert form["client_assertion"] != again["client_assertion"]


def test_who_gets_no_token_is_told_what_to_do(tmp_path: Path) -> None:
    nobody = f"http://{HOST}:1/realms/interlude"
    with pytest.raises(Trouble, match=r"no token for patient.*make reset"):
        keycloak_tokens.token(nobody, "patient", accounts(tmp_path))
