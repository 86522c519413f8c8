"""The development issuer knows the demo people, by id, and exists in the local profile only."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.issuer import ALGORITHM, LIFETIME, Issuer, create_app, kept_key
from deploy.local.people import CLINIC, PEOPLE

URL = "http://127.0.0.1:8009"
NOW = 1_772_442_000.0


@pytest.fixture
def issuer() -> Issuer:
    key = ECKey.generate_key("P-256", private=True)
    key.ensure_kid()
    return Issuer(URL, "interlude", key)


@pytest.fixture
def client(issuer: Issuer) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(issuer, lambda: NOW))
    return httpx.AsyncClient(transport=transport, base_url=URL)


async def test_a_token_verifies_with_the_published_keys(client: httpx.AsyncClient) -> None:
    discovery = (await client.get("/.well-known/openid-configuration")).json()
    keys = KeySet.import_key_set((await client.get(discovery["jwks_uri"])).json())
    answer = await client.post(discovery["token_endpoint"], data={"client_id": "therapist"})
    token = jwt.decode(answer.json()["access_token"], keys, algorithms=[ALGORITHM])
    assert discovery["issuer"] == URL
    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == URL
    assert token.claims["aud"] == "interlude"
    assert token.claims["tenant_id"] == str(CLINIC)
    assert token.claims["person_id"] == str(PEOPLE["therapist"].id)
    assert token.claims["roles"] == ["therapist"]
    assert token.claims["exp"] == NOW + LIFETIME


async def test_no_private_part_of_the_key_is_published(client: httpx.AsyncClient) -> None:
    (published,) = (await client.get("/jwks")).json()["keys"]
    assert "d" not in published


async def test_a_stranger_gets_no_token(client: httpx.AsyncClient) -> None:
    answer = await client.post("/token", data={"client_id": "somebody"})
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.json() == {"error": "invalid_client"}


async def test_a_program_may_ask_for_some_of_its_scopes_and_for_no_others(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    async def given(name: str, scope: str) -> httpx.Response:
        return await client.post("/token", data={"client_id": name, "scope": scope})

    narrow = (await given("integrator", "care/patients.read")).json()["access_token"]
    assert jwt.decode(narrow, issuer.key, algorithms=[ALGORITHM]).claims["scope"] == (
        "care/patients.read"
    )
    for name, scope in (("integrator", "review/reviews.read"), ("therapist", "care/patients.read")):
        refused = await given(name, scope)
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_scope"})


async def test_what_is_not_a_form_gets_no_token(client: httpx.AsyncClient) -> None:
    answer = await client.post("/token", content=b"\xff\x00client_id")
    assert answer.status_code == httpx.codes.UNAUTHORIZED


async def test_pages_on_localhost_may_ask_and_others_may_not(client: httpx.AsyncClient) -> None:
    async def allowed(origin: str) -> bool:
        answer = await client.get("/jwks", headers={"Origin": origin})
        return "access-control-allow-origin" in answer.headers

    assert await allowed("http://localhost:3000")
    assert not await allowed("http://localhost.evil.example")


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "issuer.pem"
    first = kept_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept_key(file).kid == first.kid


def test_nobody_is_in_the_clinic_twice() -> None:
    assert len({person.id for person in PEOPLE.values()}) == len(PEOPLE)


@pytest.mark.parametrize("profile", [{}, {"PROFILE": "production"}])
def test_it_refuses_to_start_outside_the_local_profile(
    profile: dict[str, str], tmp_path: Path
) -> None:
    key_file = tmp_path / "issuer.pem"
    environment = {"ISSUER": URL, "KEY_FILE": str(key_file), "PORT": "8009", **profile}
    started = subprocess.run(
        [sys.executable, "-m", "deploy.local.issuer"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert started.returncode == 2
    assert "PROFILE" in started.stderr
    assert not key_file.exists()


def test_names_never_reach_a_token(issuer: Issuer) -> None:
    token = jwt.decode(issuer.token("patient", now=NOW), issuer.key, algorithms=[ALGORITHM])
    assert "name" not in json.dumps(token.claims)
