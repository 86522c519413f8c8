"""The realm that Keycloak imports: the demo clinic's people as we know them, and no secret."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.local.people import CLINIC, PEOPLE
from deploy.local.realm import AUDIENCE, NAME, PROGRAMS, REALM, accounts, key_file, passwords_file
from libs.process.addresses import is_loopback

PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")
everybody = pytest.mark.parametrize("name", PEOPLE)


@cache
def realm() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(REALM.read_text())
    return content


def clients() -> Mapping[str, Mapping[str, Any]]:
    return {each["clientId"]: each for each in realm()["clients"]}


def users() -> Mapping[str, Mapping[str, Any]]:
    """By what they are called in run.json."""
    return {each.get("serviceAccountClientId", each["username"]): each for each in realm()["users"]}


def mappers() -> Mapping[str, Mapping[str, str]]:
    (scope,) = [each for each in realm()["clientScopes"] if each["name"] == "interlude"]
    return {each["name"]: each["config"] for each in scope["protocolMappers"]}


# --- The same people. ---


def test_it_has_the_people_of_the_demo_clinic_and_nobody_else() -> None:
    assert realm()["realm"] == NAME
    assert set(users()) == set(PEOPLE)


@everybody
def test_each_has_the_id_and_the_role_that_we_know_them_by(name: str) -> None:
    user = users()[name]
    assert (user["id"], user["realmRoles"]) == (str(PEOPLE[name].id), [PEOPLE[name].role])


@everybody
def test_each_is_of_the_clinic_by_being_in_its_group(name: str) -> None:
    (group,) = realm()["groups"]
    assert group["attributes"] == {"tenant_id": [str(CLINIC)]}
    assert users()[name]["groups"] == [f"/{group['name']}"]


def test_there_is_every_role_that_somebody_has() -> None:
    there = {role["name"] for role in realm()["roles"]["realm"]}
    assert there == {person.role for person in PEOPLE.values()}


def test_nobody_has_a_name() -> None:
    known = {"id", "username", "enabled", "credentials", "realmRoles", "groups"}
    for user in users().values():
        assert set(user) <= known | {"serviceAccountClientId"}


# --- Programs. ---


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_signs_with_its_own_key_and_has_no_other_way_in(program: str) -> None:
    client = clients()[program]
    assert client["clientAuthenticatorType"] == "client-jwt"
    assert "secret" not in client
    assert not any(
        client[way] for way in ("publicClient", "standardFlowEnabled", "directAccessGrantsEnabled")
    )
    assert "credentials" not in users()[program]


def test_the_integrator_may_ask_for_its_scopes_and_has_none_unasked() -> None:
    integrator = clients()["integrator"]
    assert integrator["optionalClientScopes"] == PEOPLE["integrator"].scope.split()
    assert set(integrator["optionalClientScopes"]) == {
        scope["name"] for scope in realm()["clientScopes"] if scope["name"] != "interlude"
    }
    assert integrator["defaultClientScopes"] == ["interlude"]


def test_nobody_else_may_ask_for_an_integrators_scopes() -> None:
    for name, client in clients().items():
        if name != "integrator":
            assert client["optionalClientScopes"] == []


# --- Pages and passwords. ---


def test_pages_prove_who_asked_and_are_on_loopback() -> None:
    web = clients()["web"]
    assert web["attributes"]["pkce.code.challenge.method"] == "S256"
    assert not web["directAccessGrantsEnabled"]
    for url in (*web["redirectUris"], *web["webOrigins"]):
        assert is_loopback(url.removesuffix("/*"))
        assert urlsplit(url).hostname in {"127.0.0.1", "localhost"}


def test_passwords_without_a_browser_are_for_the_local_demo_and_it_says_so() -> None:
    takes_passwords = [
        name for name, client in clients().items() if client["directAccessGrantsEnabled"]
    ]
    assert takes_passwords == ["local-demo"]
    assert "ONLY for `make run`" in clients()["local-demo"]["description"]


# --- Tokens. ---


def test_tokens_are_for_us_alone_and_name_the_clinic() -> None:
    assert mappers()["audience"]["included.custom.audience"] == AUDIENCE
    assert mappers()["clinic"]["user.attribute"] == mappers()["clinic"]["claim.name"] == "tenant_id"


def test_every_client_of_ours_gets_them() -> None:
    assert all(client["defaultClientScopes"] == ["interlude"] for client in clients().values())


def test_a_token_lasts_for_a_day_and_so_does_the_session_that_bounds_it() -> None:
    day = 24 * 3600
    for lasting in ("accessTokenLifespan", "ssoSessionIdleTimeout", "ssoSessionMaxLifespan"):
        assert realm()[lasting] == day


# --- What is secret. ---


def test_the_file_holds_placeholders_where_secrets_would_be(tmp_path: Path) -> None:
    assert set(PLACEHOLDER.findall(REALM.read_text())) == set(accounts(tmp_path).placeholders)
    for user in users().values():
        for credential in user.get("credentials", []):
            assert PLACEHOLDER.fullmatch(credential["value"])
    for program in PROGRAMS:
        key = clients()[program]["attributes"]["jwt.credential.public.key"]
        assert PLACEHOLDER.fullmatch(key)


def test_accounts_are_drawn_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first, again = accounts(tmp_path), accounts(tmp_path)
    assert again.placeholders == first.placeholders
    assert len(set(first.passwords.values())) == len(PEOPLE) - len(PROGRAMS) + 1
    for file in (passwords_file(tmp_path), *(key_file(tmp_path, name) for name in PROGRAMS)):
        assert file.stat().st_mode & 0o777 == 0o600


def test_accounts_do_not_show_up_where_they_are_printed(tmp_path: Path) -> None:
    made = accounts(tmp_path)
    assert not any(password in repr(made) for password in made.passwords.values())
    assert "PRIVATE" not in json.dumps(dict(made.placeholders))
