"""All of Interlude with Keycloak as its identity provider: the same story, told with its tokens.

Started twice, on the embedded log. The last cases change Keycloak's keys.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from joserfc.jwk import RSAKey

from deploy.local import keycloak_tokens
from deploy.local.issuer import Issuer, kept_key
from deploy.local.people import CLINIC, PEOPLE
from deploy.local.ports import wait_until
from deploy.local.realm import PROGRAMS, accounts
from deploy.local.run_info import RunInfo
from libs.web.issuers import BACK_OFF, FRESH
from tests.system.fixtures import Once, told_by
from tests.system.keycloak import Keycloak, kid
from tests.system.people import Person
from tests.system.running import START_SECONDS, Interlude
from tests.system.topics import facts_by_stream, shapes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.system,
    pytest.mark.postgres,
    pytest.mark.timeout(1200),
]

WITHIN = START_SECONDS + 300
"""Seconds; the first time ever, Keycloak is fetched."""

MARGIN = 20.0
"""Seconds on top of a promised bound, for a machine that is busy with something else."""

REFUSED = httpx.codes.UNAUTHORIZED
everybody = pytest.mark.parametrize("name", PEOPLE)


@pytest.fixture(scope="module")
def first(folder: Path) -> Once:
    """In an empty folder, until somebody stops it."""
    interlude = Interlude(folder / "keycloak", "embedded", identity="keycloak")
    told = told_by(interlude, WITHIN)
    ended = interlude.stop()
    shutil.copytree(interlude.var.logs, folder / "keycloak-logs")
    return Once(interlude=interlude, told=told, ended=ended)


@pytest.fixture(scope="module")
def again(first: Once) -> Iterator[RunInfo]:
    """Where the first run was; it stays for all tests and must stop as well."""
    yield first.interlude.start(WITHIN)
    ended = first.interlude.stop()
    assert (ended.status, ended.left) == (0, []), ended.output


@pytest.fixture(scope="module")
def keycloak(first: Once, again: RunInfo) -> Keycloak:
    return Keycloak(again.issuer, accounts(first.interlude.var.keycloak))


def statuses(run: RunInfo, token: str | None) -> Mapping[str, int]:
    """What each process that serves answers to somebody with this token who asks for something
    that is not there.
    """
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    nothing = {
        "care": "patients",
        "assignment": "assignments",
        "diary": "entries",
        "review": "reviews",
    }
    asked = {
        name: httpx.get(f"{run.services[name]}/v1/{things}/{uuid4()}", headers=bearer, timeout=20)
        for name, things in nothing.items()
    }
    me = httpx.post(
        f"{run.gateway}/graphql", json={"query": "{ me { roles } }"}, headers=bearer, timeout=20
    )
    return {name: answer.status_code for name, answer in {**asked, "gateway": me}.items()}


def believed(run: RunInfo, token: str) -> bool:
    return REFUSED not in statuses(run, token).values()


def refused(run: RunInfo, token: str | None) -> bool:
    return set(statuses(run, token).values()) == {REFUSED}


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


def test_a_second_run_keeps_realm_and_keys_so_that_tokens_stay_good(
    first: Once, again: RunInfo
) -> None:
    yesterday = first.told.run
    assert again.issuer == yesterday.issuer
    assert again.story == yesterday.story
    assert kid(again.tokens["therapist"]) == kid(yesterday.tokens["therapist"])
    assert Person(yesterday, "therapist").sees("{ me { personId } }")


@everybody
def test_each_is_who_they_are_in_the_clinic(again: RunInfo, name: str) -> None:
    me = Person(again, name).sees("{ me { personId tenantId roles } }")["me"]
    assert me == {
        "personId": str(PEOPLE[name].id),
        "tenantId": str(CLINIC),
        "roles": [PEOPLE[name].role.upper()],
    }


def test_the_therapist_sees_her_patient_and_her_colleague_does_not(again: RunInfo) -> None:
    where = f"care/v1/patients/{again.story['patient']}"
    assert Person(again, "therapist").reads(where).json()["name"] == "Masha Orlova"
    assert Person(again, "other_therapist").reads(where).status_code == httpx.codes.NOT_FOUND


def test_status_shows_keycloak_beside_the_processes(first: Once, again: RunInfo) -> None:
    outcome = first.interlude.run("status")
    assert outcome.returncode == 0, outcome.stdout
    (row,) = [line.split() for line in outcome.stdout.splitlines() if line.startswith("Keycloak")]
    assert row[1] == again.issuer.split(":")[2].split("/")[0]
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
    first: Once, again: RunInfo, keycloak: Keycloak, what: str
) -> None:
    assert believed(again, keycloak.token("therapist"))
    assert refused(again, STRANGE[what](first, keycloak))


# --- Programs. ---


def test_the_integrator_does_what_its_scopes_say(again: RunInfo, keycloak: Keycloak) -> None:
    def reads_a_patient(scope: str) -> int:
        token = keycloak.token("integrator", scope=scope)
        url = f"{again.services['care']}/v1/patients/{again.story['patient']}"
        return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code

    assert reads_a_patient("care") == httpx.codes.OK
    assert reads_a_patient("assignment diary review") == httpx.codes.NOT_FOUND


def test_a_scope_that_is_not_the_integrators_is_not_given(keycloak: Keycloak) -> None:
    form = keycloak_tokens.form(keycloak.issuer, "analyst", keycloak.accounts, now=time.time())
    answer = keycloak.asked({**form, "scope": "care"})
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


def test_a_page_signs_a_patient_in(again: RunInfo, keycloak: Keycloak) -> None:
    given = keycloak.signed_in("patient").json()
    in_the_browser = replace(again, tokens={"patient": given["access_token"]})
    me = Person(in_the_browser, "patient").sees("{ me { personId } }")["me"]
    assert me["personId"] == str(PEOPLE["patient"].id)
    assert refused(again, given["id_token"])


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


def test_keycloak_is_reached_on_loopback_only(first: Once, again: RunInfo) -> None:
    pids = first.interlude.var.remembered("processes")
    assert pids is not None
    ports = {
        each.laddr.port: each.laddr.ip.removeprefix("::ffff:")
        for each in psutil.Process(pids["Keycloak"]).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    }
    assert first.interlude.ports.keycloak in ports
    assert set(ports.values()) == {"127.0.0.1"}
    assert again.issuer


# --- Keys that change while all runs. ---


def test_a_new_key_throws_nobody_out(again: RunInfo, keycloak: Keycloak) -> None:
    seen, unseen = keycloak.token("therapist"), keycloak.token("therapist")
    assert believed(again, seen)

    keycloak.add_key()
    signed_anew = keycloak.token("therapist")

    assert kid(signed_anew) != kid(seen)
    assert wait_until(lambda: believed(again, signed_anew), seconds=BACK_OFF + MARGIN, every=0.5)
    assert believed(again, seen)
    assert believed(again, unseen)


def test_a_key_is_believed_no_more_once_it_was_replaced(again: RunInfo, keycloak: Keycloak) -> None:
    """As after a theft: the first token of the new key has all look again."""
    unseen = keycloak.token("therapist")

    keycloak.add_key()
    keycloak.withdraw_key(kid(unseen))
    signed_anew = keycloak.token("therapist")

    assert kid(unseen) not in keycloak.published
    assert wait_until(lambda: believed(again, signed_anew), seconds=BACK_OFF + MARGIN, every=0.5)
    assert refused(again, unseen)


@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="A process that has verified a token believes it until it expires, also when its key "
    "is published no more.",
)
def test_a_token_that_was_seen_is_believed_no_longer_than_its_key(
    again: RunInfo, keycloak: Keycloak
) -> None:
    seen = keycloak.token("therapist")
    if not believed(again, seen):
        pytest.fail("never believed", pytrace=False)

    keycloak.add_key()
    keycloak.withdraw_key(kid(seen))
    signed_anew = keycloak.token("therapist")
    if not wait_until(lambda: believed(again, signed_anew), seconds=BACK_OFF + MARGIN, every=0.5):
        pytest.fail("the new key never came", pytrace=False)

    assert refused(again, seen)


def test_a_key_that_is_quietly_withdrawn_is_believed_until_keys_are_fetched_again(
    again: RunInfo, keycloak: Keycloak
) -> None:
    """Nothing new comes by that would have anybody look earlier. Ten minutes."""
    keycloak.add_key()
    seen = keycloak.token("therapist")
    unseen = [keycloak.token("therapist") for _ in range(int((FRESH + MARGIN) / 15) + 2)]
    assert wait_until(lambda: believed(again, seen), seconds=BACK_OFF + MARGIN, every=0.5)

    keycloak.add_key()
    keycloak.withdraw_key(kid(unseen[0]))

    def is_over() -> bool:
        return refused(again, unseen.pop())

    assert not is_over()
    assert wait_until(is_over, seconds=FRESH + MARGIN, every=15)
