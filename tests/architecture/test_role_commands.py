"""Nothing can be run of Interlude that `openapi/access.md` does not say as whom, and with which
secrets.
"""

import os
import re

import pytest

from deploy.local.processes import PROCESSES
from tests.security.commands import RoleCommand, commands, rows

pytestmark = pytest.mark.security("who may do what")

ALL = {each.name: each for each in commands()}
_AS_WHOM = re.compile(r"(\w+_URL) \(as ([\w<>]+)\)")
KEYRING = {f"{each.service} {each.role}": each.keyring_role for each in PROCESSES}
"""Services share one command line, which cannot say it of each of them."""
ROTATE = {"care keys status", "care keys rewrap", "care keys renew"}
"""What an operator does to keys, in the keyring alone."""


@pytest.fixture
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)


def test_every_command_has_its_row_and_every_row_its_command() -> None:
    assert set(rows()) == set(ALL)


@pytest.mark.usefixtures("nothing_is_set")
@pytest.mark.parametrize("command", ALL.values(), ids=lambda command: command.name)
def test_a_command_must_be_given_what_its_row_says_and_nothing_else(command: RoleCommand) -> None:
    assert command.asks_for() == rows()[command.name].must_be_given


@pytest.mark.parametrize("command", ALL.values(), ids=lambda command: command.name)
def test_a_command_is_of_the_database_roles_that_its_help_names(command: RoleCommand) -> None:
    row = rows()[command.name]
    shared = {"KEYRING_URL": KEYRING[command.name]} if command.name in KEYRING else {}
    told = shared | {
        name: role.replace("<service>", command.service)
        for name, role in _AS_WHOM.findall(_help_of(command))
    }
    needed = [told[name] for name in sorted(row.must_be_given) if name in told]
    addresses = [name for name in row.must_be_given if name.endswith(("DATABASE_URL", "RING_URL"))]
    assert len(needed) == len(addresses), "its help does not say as whom it comes"
    assert set(row.database_roles) == set(needed)


@pytest.mark.parametrize("command", ALL.values(), ids=lambda command: command.name)
def test_help_names_every_setting_without_which_a_command_does_not_start(
    command: RoleCommand,
) -> None:
    shown = _help_of(command)
    assert [name for name in rows()[command.name].must_be_given if name not in shown] == []


def _help_of(command: RoleCommand) -> str:
    """As `--help` shows it."""
    said = " ".join(str(command.parsed.help).split())
    if "Reads what `rebuild` reads" in said:
        return _help_of(ALL["gateway projector rebuild"])
    return said


def test_a_process_of_a_running_interlude_has_the_database_role_of_its_row() -> None:
    told = {f"{each.service} {each.role}": each.database_role for each in PROCESSES}
    assert told == {name: rows()[name].database_roles[0] for name in told}


def test_who_opens_nothing_is_not_given_the_key_that_opens_everything() -> None:
    needs_it = {name for name, row in rows().items() if "MASTER_KEY" in row.must_be_given}
    reaches_keys = {name for name, row in rows().items() if "KEYRING_URL" in row.must_be_given}
    assert needs_it == reaches_keys - ROTATE - {"care follow"}, "care's follower only destroys"


def test_who_rotates_keys_reaches_no_text_and_forges_no_chain() -> None:
    for name in ROTATE:
        assert rows()[name].must_be_given <= {"KEYRING_URL", "KEYRING_KEYS"}
    assert "KEYRING_KEYS" not in rows()["care keys status"].must_be_given


def test_a_relay_never_holds_a_key() -> None:
    """Nor does whoever only looks how far a reader has come."""
    for name, row in rows().items():
        if name not in ROTATE and name.endswith(
            ("relay", "republish", "status", "parked", "retry", "migrate", "rotate")
        ):
            assert row.must_be_given.isdisjoint({"MASTER_KEY", "KEYRING_URL"}), name
