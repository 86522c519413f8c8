"""A process says which setting is wrong, never what it holds, and stops."""

import base64
import json

import pytest

from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, guessable, master_key, wrapping
from libs.process.settings import Broker, Database, Identity, Listening, Secrets, load
from libs.process.trusting import Claims, Trusted
from libs.testing.cast import ANNA, CLINIC

DRAWN = base64.b64encode(bytes(range(7, 39))).decode()
SECRET = "canary-password"  # noqa: S105 - no password of anybody
GOOD = {
    "DATABASE_URL": "postgresql://care_app@127.0.0.1:5432/interlude",
    "BROKER_URL": "kafka://127.0.0.1:9092",
    "MASTER_KEY": DRAWN,
    "ISSUERS": "https://id.example/realms/a",
    "PORT": "8001",
}


class Everything(Database, Secrets, Broker, Identity, Listening):
    pass


@pytest.fixture(autouse=True)
def _only_what_a_test_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Everything.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def refused(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as stopped:
        load(Everything)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert SECRET not in said
    return said.splitlines()


TWO = "https://id.example/realms/a, https://id.example/realms/b"


def test_issuers_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISSUERS", TWO)
    assert load(Everything).issuers == (
        Trusted(url="https://id.example/realms/a"),
        Trusted(url="https://id.example/realms/b"),
    )


def test_an_issuer_has_its_clinics_and_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "url": "https://id.example/realms/a/",
        "tenants": [str(CLINIC)],
        "claims": {"roles": "realm_access.roles"},
        "roles": {"Psychotherapist": "therapist"},
    }
    monkeypatch.setenv("ISSUERS", json.dumps([told]))
    (issuer,) = load(Everything).issuers
    assert (issuer.url, issuer.only_tenant) == ("https://id.example/realms/a", CLINIC)
    assert issuer.claims == Claims(roles="realm_access.roles")
    assert issuer.role("Psychotherapist") == "therapist"


@pytest.mark.parametrize(
    "change",
    [
        {"url": SECRET},
        {"url": f"https://id.example/{SECRET}", "tenant": str(CLINIC)},
        {"tenants": []},
        {"tenants": [SECRET]},
        {"tenants": SECRET},
        {"roles": {SECRET: "wizard"}},
        {"roles": {SECRET: "system"}},
        {"claims": {SECRET: "sub"}},
        {"claims": {"person": ""}},
        {"audience": 7},
    ],
)
def test_an_issuer_that_is_described_wrongly_is_named_and_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    told = {"url": "https://id.example/realms/a", **change}
    monkeypatch.setenv("ISSUERS", json.dumps([told]))
    assert all(line.startswith("ISSUERS is not usable: ") for line in refused(capsys))


@pytest.mark.parametrize("value", ["[", "[]", "[7]", "[{}]", '{"url": "https://id.example"}'])
def test_issuers_are_a_list_of_descriptions_or_addresses(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ISSUERS", value)
    assert all(line.startswith("ISSUERS is not usable: ") for line in refused(capsys))


def test_what_is_wrong_in_a_list_is_found_by_its_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "ISSUERS", json.dumps([{"url": "https://id.example"}, {"tenants": [SECRET]}])
    )
    lacks, wrong = sorted(refused(capsys))
    assert lacks == "ISSUERS is not usable: Field required (`url` of entry 2)."
    assert wrong.endswith("(entry 2).")


def test_an_issuer_stands_there_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISSUERS", "https://id.example/a, https://id.example/a/")
    assert refused(capsys) == ["ISSUERS is not usable: each issuer stands here once."]


def test_in_production_two_issuers_cannot_speak_for_each_others_clinics(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILE", "production")
    monkeypatch.setenv("ISSUERS", TWO)
    (line,) = refused(capsys)
    assert line.startswith("ISSUERS is not usable: of several issuers each says its `tenants`")
    both = [
        {"url": f"https://id.example/realms/{name}", "tenants": [str(clinic)]}
        for name, clinic in (("a", CLINIC), ("b", ANNA))
    ]
    monkeypatch.setenv("ISSUERS", json.dumps(both))
    assert load(Everything).profile == "production"


def test_secrets_do_not_show_when_printed() -> None:
    assert DRAWN not in repr(load(Everything))
    assert "care_app" not in repr(load(Everything))


def test_everything_that_is_missing_is_named_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in GOOD:
        monkeypatch.delenv(name)
    assert sorted(refused(capsys)) == [f"{name} is missing." for name in sorted(GOOD)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"mysql://root:{SECRET}@127.0.0.1/x"),
        ("DATABASE_URL", SECRET),
        ("BROKER_URL", f"http://{SECRET}"),
        ("MASTER_KEY", SECRET),
        ("MASTER_KEY", base64.b64encode(b"short").decode()),
        ("KEYRING_KEYS", f"1:{SECRET}"),
        ("KEYRING_KEYS", f"0:{DRAWN}"),
        ("KEYRING_KEYS", f"01:{DRAWN}"),
        ("KEYRING_KEYS", f"first:{DRAWN}"),
        ("ISSUERS", SECRET),
        ("ISSUERS", ""),
        ("PORT", SECRET),
        ("PORT", "70000"),
        ("PROFILE", SECRET),
        ("TOPIC_PREFIX", f"{SECRET} with spaces"),
        ("DOCS", SECRET),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    (line,) = refused(capsys)
    assert line.startswith(f"{name} is not usable: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUERS", "http://127.0.0.1:8009"),
        ("ISSUERS", "http://id.example"),
        ("DATABASE_URL", f"postgresql://care_app:{SECRET}@db.internal/interlude"),
        ("DATABASE_URL", f"postgresql://care_app:{SECRET}@db.internal/x?sslmode=require"),
        ("DATABASE_URL", f"postgresql://care_app:{SECRET}@127.0.0.1/x?host=db.internal"),
        ("BROKER_URL", "kafka://kafka-1:9092,127.0.0.1:9092"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.internal:4318"),
        ("MASTER_KEY", DEVELOPMENT_MASTER_KEY),
        ("MASTER_KEY", base64.b64encode(bytes(32)).decode()),
        ("KEYRING_KEYS", wrapping(master_key(DEVELOPMENT_MASTER_KEY)).written()),
        ("KEYRING_KEYS", f"1:{DRAWN},2:{base64.b64encode(bytes(32)).decode()}"),
        ("DURABLE", "false"),
    ],
)
def test_production_refuses_what_is_fine_on_a_laptop(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert load(Everything).profile == "local"
    monkeypatch.setenv("PROFILE", "production")
    (line,) = refused(capsys)
    assert line.startswith(f"{name} is not usable: ")


def test_production_takes_encrypted_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE", "production")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@db.internal/x?sslmode=verify-full")
    monkeypatch.setenv("BROKER_URL", "kafka+ssl://kafka-1:9093,kafka-2:9093")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.internal:4318")
    settings = load(Everything)
    assert (settings.profile, settings.shows_docs) == ("production", False)


def test_somebody_may_vouch_for_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE", "production")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@db.internal/x")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.internal:4318")
    monkeypatch.setenv("TRUSTED_NETWORK", "true")
    assert load(Everything).trusted_network


def test_every_use_has_a_key_of_its_own() -> None:
    settings = load(Everything)
    assert settings.key("chain:care") == settings.key("chain:care")
    assert settings.key("chain:care") != settings.key("chain:diary")
    assert len(settings.key("chain:care")) == 32


def test_the_key_of_a_use_stays_what_it_is() -> None:
    """Written down, because a change here would make every chain and sealed text unreadable."""
    key = derived(master_key(DEVELOPMENT_MASTER_KEY), "chain:care")
    assert key.hex() == "3a732ebfcc95a9c350caf12b9528abd8d463c69230ad59b01dd0c25086cb55a4"


def test_until_others_are_given_what_wraps_follows_from_the_master_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    master = master_key(DRAWN)
    assert load(Everything).wrapping == {1: derived(master, "keyring")}
    another = base64.b64encode(bytes(range(50, 82))).decode()
    monkeypatch.setenv("KEYRING_KEYS", f"{wrapping(master).written()},2:{another}")
    settings = load(Everything)
    assert settings.wrapping == {1: derived(master, "keyring"), 2: master_key(another)}
    assert settings.key("chain:care") == derived(master, "chain:care"), "chains have to fit"
    assert another not in repr(settings)


def test_a_drawn_key_is_not_guessable() -> None:
    assert not guessable(master_key(DRAWN))


@pytest.mark.parametrize(
    ("profile", "said", "rate"),
    [("local", None, 0), ("production", None, 20), ("production", "0", 0), ("local", "2.5", 2.5)],
)
def test_how_often_somebody_may_ask_depends_on_the_profile_unless_it_is_said(
    monkeypatch: pytest.MonkeyPatch, profile: str, said: str | None, rate: float
) -> None:
    monkeypatch.setenv("PROFILE", profile)
    if said is not None:
        monkeypatch.setenv("REQUESTS_PER_SECOND", said)
    assert load(Everything).rate == rate
