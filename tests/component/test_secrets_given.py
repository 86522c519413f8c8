"""Every process and every command of an operator, given secrets for places that are not there:
whatever it says of that, it does not say them.
"""

import base64
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping

import pytest

from deploy.local.ports import wait_until
from deploy.local.processes import for_auditors, without_the_master
from tests.component.web.test_processes import ROOT
from tests.security.commands import RoleCommand, commands, rows
from tests.security.sweeping import Looking

pytestmark = [pytest.mark.security("secrets at start"), pytest.mark.timeout(120)]

COMMANDS = [each for each in commands() if each.service in {"care", "gateway"}]
"""The other services have the very same command line as care."""

PASSWORDS = {name: secrets.token_hex(16) for name in ("database", "keyring", "owner", "broker")}
MASTER_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
DERIVED = {**without_the_master(MASTER_KEY, epochs=2), **for_auditors(MASTER_KEY)}
NOWHERE = "127.0.0.1:1"
GIVEN = {
    "DATABASE_URL": f"postgresql://somebody:{PASSWORDS['database']}@{NOWHERE}/interlude",
    "KEYRING_URL": f"postgresql://keyring_app:{PASSWORDS['keyring']}@{NOWHERE}/interlude",
    "MIGRATION_DATABASE_URL": f"postgresql://owner:{PASSWORDS['owner']}@{NOWHERE}/interlude",
    "BROKER_URL": f"kafka+ssl://somebody:{PASSWORDS['broker']}@{NOWHERE}",
    "MASTER_KEY": MASTER_KEY,
    **DERIVED,
    "ISSUERS": f"http://{NOWHERE}",
    "PORT": "1",
    **{f"{name}_URL": f"http://{NOWHERE}" for name in ("CARE", "ASSIGNMENT", "DIARY", "REVIEW")},
}
SECRETS = {
    "DATABASE_URL",
    "KEYRING_URL",
    "MIGRATION_DATABASE_URL",
    "BROKER_URL",
    "MASTER_KEY",
    *DERIVED,
}
_KEYS = [pair.partition(":")[2] for each in DERIVED.values() for pair in each.split(",")]
SECRET = Looking([*PASSWORDS.values(), *_KEYS, MASTER_KEY, base64.b64decode(MASTER_KEY).hex()])


def said(command: RoleCommand, settings: Mapping[str, str]) -> str:
    """Until it ends by itself, or has said something and is asked to end."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"services.{command.service}",
                *command.words,
                *command.arguments,
            ],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LOG_FORMAT": "json", **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        wait_until(
            lambda: process.poll() is not None or os.fstat(output.fileno()).st_size > 0,
            seconds=30,
            every=0.1,
        )
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        output.seek(0)
        return output.read().decode()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_what_is_not_there_is_said_without_what_would_open_it(command: RoleCommand) -> None:
    needed = {name: GIVEN[name] for name in rows()[command.name].must_be_given}
    told = said(command, needed)
    assert told, "it said nothing at all"
    assert list(SECRET.here(command.name, told)) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_what_cannot_be_used_is_named_and_not_shown(
    command: RoleCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each setting with a secret in it is bent until it is none."""
    bent = rows()[command.name].must_be_given & SECRETS
    for name in rows()[command.name].must_be_given:
        monkeypatch.setenv(name, f"?{GIVEN[name]}" if name in bent else GIVEN[name])
    told = command.complains()
    assert {line.split()[0] for line in told.splitlines()} == bent
    assert list(SECRET.here(command.name, told)) == []
