"""Whatever holds a secret may be printed: by a failing test, or by somebody in a hurry."""

import base64
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.local.broker import Chosen
from deploy.local.choices import choices
from deploy.local.database import Target
from deploy.local.processes import Place, Ports, for_auditors, without_the_master
from deploy.local.run_info import RunInfo
from libs.process.settings import Settings, complaints

pytestmark = pytest.mark.security("secrets at start")

PASSWORD = "correct-horse-battery-staple"  # noqa: S105 - of nobody's
MASTER_KEY = base64.b64encode(bytes(range(11, 43))).decode()
DATABASE = f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/interlude"
BROKER = f"kafka+ssl://somebody:{PASSWORD}@127.0.0.1:1"
DERIVED = {**without_the_master(MASTER_KEY, epochs=2), **for_auditors(MASTER_KEY)}
KEYS = [pair.partition(":")[2] for each in DERIVED.values() for pair in each.split(",")]
GIVEN = {
    "PROFILE": "local",
    "DATABASE_URL": DATABASE,
    "KEYRING_URL": DATABASE,
    "MIGRATION_DATABASE_URL": DATABASE,
    "BROKER_URL": BROKER,
    "MASTER_KEY": MASTER_KEY,
    **DERIVED,
    "ISSUERS": "http://127.0.0.1:1",
    "ISSUER": "http://127.0.0.1:1",
    "KEY_FILE": "issuer.pem",
    "PORT": "8001",
    **{f"{name}_URL": "http://127.0.0.1:1" for name in ("CARE", "ASSIGNMENT", "DIARY", "REVIEW")},
}
READ_BY = ("libs.process.following", "libs.process.relaying", "libs.process.dismissing",
           "libs.process.tending", "libs.process.rotating", "libs.process.auditing",
           "libs.web.hosting", "services.gateway.settings", "deploy.local.issuer")  # fmt: skip
"""Where the settings of all processes and commands are described."""


def settings() -> Iterator[type[Settings]]:
    for module in READ_BY:
        import_module(module)
    yield from _below(Settings)


def _below(kind: type[Settings]) -> Iterator[type[Settings]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(("libs.", "services.", "deploy.")):
            yield each
        yield from _below(each)


OF_ALL = sorted(set(settings()), key=lambda kind: (kind.__module__, kind.__name__))


@pytest.fixture(autouse=True)
def _given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def shows(said: str) -> bool:
    return any(secret in said for secret in (PASSWORD, MASTER_KEY, PASSWORD.encode().hex(), *KEYS))


@pytest.mark.parametrize("kind", OF_ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_settings_show_none(kind: type[Settings]) -> None:
    made = kind()
    for said in (repr(made), str(made), f"{made!r:>10}", made.model_dump_json(), str(vars(made))):
        assert not shows(said)


def test_all_settings_are_looked_at() -> None:
    read = {name.upper() for kind in OF_ALL for name in kind.model_fields}
    assert set(GIVEN) <= read
    assert len(OF_ALL) > 15


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "KEYRING_URL", "BROKER_URL", "MASTER_KEY", *DERIVED]
)
def test_nor_does_what_is_wrong_about_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, f"?{GIVEN[name]}")
    for kind in OF_ALL:
        if name.lower() in kind.model_fields:
            with pytest.raises(ValidationError) as wrong:
                kind()
            assert not shows("\n".join(complaints(wrong.value)))
            assert not shows(str(wrong.value))
            assert not shows(repr(wrong.value))


def what_a_run_passes_on() -> Iterator[Any]:
    target = Target(DATABASE, MASTER_KEY)
    yield target
    yield choices({"DATABASE_URL": DATABASE, "BROKER_URL": BROKER, "MASTER_KEY": MASTER_KEY})
    yield Chosen(kind="given", url=BROKER)
    yield Place(
        ports=Ports(),
        url_as=target.url_as,
        broker_url=BROKER,
        issuer="http://127.0.0.1:1",
        audience="interlude",
        master_key=MASTER_KEY,
    )
    yield RunInfo(
        gateway="",
        services={},
        admin={},
        broker=BROKER,
        database=DATABASE,
        issuer="",
        tokens={"therapist": PASSWORD},
    )


@pytest.mark.parametrize("told", list(what_a_run_passes_on()), ids=lambda told: type(told).__name__)
def test_nor_does_what_a_run_passes_on(told: Any) -> None:
    assert not shows(repr(told))
