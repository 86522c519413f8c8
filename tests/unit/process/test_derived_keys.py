"""Who opens nothing is given keys that were derived for it, and can make no other from them."""

import base64

import pytest

from libs.process.keys import DEVELOPMENT_MASTER_KEY, Derived, KeyNotGiven, derived, master_key
from libs.process.settings import Checking, load

DRAWN = base64.b64encode(bytes(range(7, 39))).decode()
SECRET = "canary-password"  # noqa: S105 - no password of anybody


@pytest.fixture(autouse=True)
def _only_what_a_test_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Checking.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def refused(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as stopped:
        load(Checking)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert SECRET not in said
    return said.splitlines()


def test_who_only_checks_has_the_keys_that_it_was_given_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHAIN_KEYS", Derived.of(master_key(DRAWN), "chain", ["care"]).written())
    settings = load(Checking)
    assert settings.key("chain:care") == derived(master_key(DRAWN), "chain:care")
    for label in ("chain:diary", "keyring", "analytics:1", "fingerprint:care"):
        with pytest.raises(KeyNotGiven, match=f"^CHAIN_KEYS: there is none for {label}.$"):
            settings.key(label)
    assert "care" not in repr(settings)


@pytest.mark.parametrize("value", ["", SECRET, f"care:{SECRET}", f"care:{DRAWN},", f":{DRAWN}"])
def test_keys_that_cannot_be_read_are_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CHAIN_KEYS", value)
    (line,) = refused(capsys)
    assert line.startswith("CHAIN_KEYS is not usable: this takes name:key")
    assert DRAWN not in line


@pytest.mark.parametrize("master", [DEVELOPMENT_MASTER_KEY, DRAWN])
def test_production_refuses_keys_that_follow_from_a_known_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, master: str
) -> None:
    monkeypatch.setenv("PROFILE", "production")
    keys = Derived.of(master_key(master), "chain", ["care", "diary"])
    monkeypatch.setenv("CHAIN_KEYS", keys.written())
    if master == DRAWN:
        assert load(Checking).profile == "production"
    else:
        (line,) = refused(capsys)
        assert line.startswith("CHAIN_KEYS is not usable: a key in it is known")
