"""All of Interlude with Keycloak as its identity provider: the same story, told with its tokens.

How long its keys are believed is tried elsewhere, for that changes them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx
import psutil
import pytest
from joserfc.jwk import RSAKey

from deploy.local import keycloak_tokens
from deploy.local.issuer import Issuer, kept_key
from deploy.local.people import CLINIC, PEOPLE
from deploy.local.realm import PROGRAMS
from deploy.local.run_info import RunInfo
from tests.system.believing import believed, refused
from tests.system.fixtures import Once
from tests.system.keycloak import Keycloak, kid
from tests.system.people import Person
from tests.system.topics import facts_by_stream, shapes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.system,
    pytest.mark.postgres,
    pytest.mark.timeout(1200),
]

everybody = pytest.mark.parametrize("name", PEOPLE)


@pytest.fixture
def first(first_with_keycloak: Once) -> Once:
    return first_with_keycloak


@pytest.fixture
def run(with_keycloak: RunInfo) -> RunInfo:
    return with_keycloak


# --- The same story. ---


def test_the_story_is_told_as_with_the_development_issuer(first: Once, fallen: Once) -> None:
    assert facts_by_stream(first.told.records) == facts_by_stream(fallen.told.records)
    assert shapes(first.told.records) == shapes(fallen.told.records)


def test_keycloak_is_fetched_started_and_shown(first: Once) -> None:
    shown = first.ended.output
    assert "✓ Keycloak" in shown
    assert first.told.run.issuer in shown
    assert str(first.interlude.var.keycloak / "passwords.json") in shown


def test_it_stops_with_the_rest(first: Once) -> None:
    assert (first.ended.status, first.ended.left) == (0, [])


def test_when_keycloak_is_killed_that_is_said_and_all_stops(first: Once) -> None:
    """The cases below come after it, and find realm and keys all the same."""
    first.interlude.start()
    first.interlude.kill("Keycloak")
    ended = first.interlude.end()
    assert (ended.status, ended.left) == (1, [])
    assert "Keycloak was killed (SIGKILL), so everything was stopped" in ended.output


def test_a_further_run_keeps_realm_and_keys_so_that_tokens_stay_good(
    first: Once, run: RunInfo
) -> None:
    yesterday = first.told.run
    assert run.issuer == yesterday.issuer
    assert run.story == yesterday.story
    assert kid(run.tokens["therapist"]) == kid(yesterday.tokens["therapist"])
    assert Person(yesterday, "therapist").sees("{ me { personId } }")


@everybody
def test_each_is_who_they_are_in_the_clinic(run: RunInfo, name: str) -> None:
    me = Person(run, name).sees("{ me { personId tenantId roles } }")["me"]
    assert me == {
        "personId": str(PEOPLE[name].id),
        "tenantId": str(CLINIC),
        "roles": [PEOPLE[name].role.upper()],
    }


def test_the_therapist_sees_her_patient_and_her_colleague_does_not(run: RunInfo) -> None:
    where = f"care/v1/patients/{run.story['patient']}"
    assert Person(run, "therapist").reads(where).json()["name"] == "Masha Orlova"
    assert Person(run, "other_therapist").reads(where).status_code == httpx.codes.NOT_FOUND


def test_status_shows_keycloak_beside_the_processes(first: Once, run: RunInfo) -> None:
    outcome = first.interlude.run("status")
    assert outcome.returncode == 0, outcome.stdout
    (row,) = [line.split() for line in outcome.stdout.splitlines() if line.startswith("Keycloak")]
    assert row[1] == run.issuer.split(":")[2].split("/")[0]
    assert "ready" in row


# --- Who is refused. ---


def _of_the_development_issuer(first: Once, _keycloak: Keycloak) -> str:
    var, ports = first.interlude.var, first.interlude.ports
    issuer = Issuer(f"http://127.0.0.1:{ports.issuer}", "interlude", kept_key(var.issuer_key))
    return issuer.token("therapist", now=time.time())


STRANGE: Mapping[str, Callable[[Once, Keycloak], str | None]] = {
    "nothing": lambda _first, _keycloak: None,
    "a token of another client, not for us": lambda _first, keycloak: keycloak.token(
        "therapist", client_id="admin-cli"
    ),
    "an ID token": lambda _first, keycloak: keycloak.tokens("therapist", scope="openid")[
        "id_token"
    ],
    "a refresh token": lambda _first, keycloak: keycloak.tokens("therapist")["refresh_token"],
    "a token of Keycloak's administrator": lambda _first, keycloak: keycloak.admin_token(),
    "a token of the development issuer": _of_the_development_issuer,
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_no_access_token_for_us_is_refused(
    first: Once, run: RunInfo, keycloak: Keycloak, what: str
) -> None:
    assert believed(run, keycloak.token("therapist"))
    assert refused(run, STRANGE[what](first, keycloak))


# --- Programs. ---


def test_the_integrator_does_what_its_scopes_say(run: RunInfo, keycloak: Keycloak) -> None:
    def reads_a_patient(scope: str) -> int:
        token = keycloak.token("integrator", scope=scope)
        url = f"{run.services['care']}/v1/patients/{run.story['patient']}"
        return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code

    assert reads_a_patient("care/patients.read") == httpx.codes.OK
    assert reads_a_patient("care/patients.write care/sessions.read") == httpx.codes.FORBIDDEN


def test_a_scope_that_is_not_the_integrators_is_not_given(keycloak: Keycloak) -> None:
    form = keycloak_tokens.form(keycloak.issuer, "analyst", keycloak.accounts, now=time.time())
    answer = keycloak.asked({**form, "scope": "care/patients.read"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_is_known_by_its_own_signature_only(keycloak: Keycloak, program: str) -> None:
    stranger = RSAKey.generate_key(2048)
    forged = keycloak_tokens.assertion(keycloak.issuer, program, stranger, now=time.time())
    form = keycloak_tokens.form(keycloak.issuer, program, keycloak.accounts, now=time.time())
    assert keycloak.asked({**form, "client_assertion": forged}).status_code == 400
    assert keycloak.asked({"grant_type": "client_credentials", "client_id": program}).is_error
    assert keycloak.asked(form).status_code == httpx.codes.OK


def test_a_signature_is_good_once(keycloak: Keycloak) -> None:
    form = keycloak_tokens.form(keycloak.issuer, "integrator", keycloak.accounts, now=time.time())
    assert keycloak.asked(form).status_code == httpx.codes.OK
    assert keycloak.asked(form).is_error


# --- A page in a browser. ---


def test_a_page_signs_a_patient_in(run: RunInfo, keycloak: Keycloak) -> None:
    given = keycloak.signed_in("patient").json()
    in_the_browser = replace(run, tokens={"patient": given["access_token"]})
    me = Person(in_the_browser, "patient").sees("{ me { personId } }")["me"]
    assert me["personId"] == str(PEOPLE["patient"].id)
    assert refused(run, given["id_token"])


def test_a_code_is_of_no_use_to_another_page(keycloak: Keycloak) -> None:
    answer = keycloak.signed_in("patient", proof="x" * 64)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_without_a_proof_a_page_is_sent_away(keycloak: Keycloak) -> None:
    answer = keycloak.page_asks()
    assert "error=invalid_request" in answer.headers["Location"]


def test_nobody_is_sent_to_a_page_elsewhere(keycloak: Keycloak) -> None:
    answer = keycloak.page_asks(redirect_uri="https://evil.example/")
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "Location" not in answer.headers


# --- What is secret. ---


def test_passwords_are_in_no_log_and_among_no_arguments(first: Once, keycloak: Keycloak) -> None:
    var = first.interlude.var
    said = [first.ended.output, (var.keycloak / "keycloak.log").read_text()]
    said += [log.read_text() for log in (var.folder.parent / "keycloak-logs").iterdir()]
    said += [" ".join(each.cmdline()) for each in first.interlude.family]
    assert any("kc.home.dir" in words for words in said)
    for password in keycloak.accounts.passwords.values():
        assert not any(password in words for words in said)


def test_keycloak_is_reached_on_loopback_only(first: Once, run: RunInfo) -> None:
    pids = first.interlude.var.remembered("processes")
    assert pids is not None
    ports = {
        each.laddr.port: each.laddr.ip.removeprefix("::ffff:")
        for each in psutil.Process(pids["Keycloak"]).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    }
    assert first.interlude.ports.keycloak in ports
    assert set(ports.values()) == {"127.0.0.1"}
    assert run.issuer
