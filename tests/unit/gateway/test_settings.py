"""What the gateway shows of itself and whom it talks to, by the profile that it runs in."""

import pytest

from libs.process.settings import load
from services.gateway.settings import ApiSettings

MASTER_KEY = "kUd1TJuyLV8iwq1aFyh0zOr5M+zZaeXUXZTaPVUNXGc="
GIVEN = {
    "DATABASE_URL": "postgresql://gateway_app@127.0.0.1/interlude",
    "KEYRING_URL": "postgresql://keyring_app@127.0.0.1/interlude",
    "ISSUERS": "https://id.example/realms/riverside",
    "PORT": "8000",
    **{
        f"{name}_URL": "http://127.0.0.1:8001" for name in ("CARE", "ASSIGNMENT", "DIARY", "REVIEW")
    },
}


@pytest.mark.parametrize(
    ("profile", "said", "shown"),
    [
        ("local", None, True),
        ("production", None, False),
        ("local", "false", False),
        ("production", "true", True),
    ],
)
def test_strangers_see_no_schema_in_production_unless_it_is_said(
    monkeypatch: pytest.MonkeyPatch, profile: str, said: str | None, *, shown: bool
) -> None:
    for name, value in {**GIVEN, "MASTER_KEY": MASTER_KEY, "PROFILE": profile}.items():
        monkeypatch.setenv(name, value)
    if said is not None:
        monkeypatch.setenv("INTROSPECTION", said)
    assert load(ApiSettings).shows_schema == shown


@pytest.mark.parametrize(
    ("profile", "url", "trusted", "taken"),
    [
        ("local", "http://care.internal", "false", True),
        ("production", "http://care.internal", "false", False),
        ("production", "http://care.internal", "true", True),
        ("production", "https://care.internal", "false", True),
        ("production", "http://127.0.0.1:8001", "false", True),
    ],
)
def test_in_production_tokens_travel_encrypted_or_where_nobody_else_is(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    url: str,
    trusted: str,
    *,
    taken: bool,
) -> None:
    told = {"CARE_URL": url, "PROFILE": profile, "TRUSTED_NETWORK": trusted}
    for name, value in {**GIVEN, "MASTER_KEY": MASTER_KEY, **told}.items():
        monkeypatch.setenv(name, value)
    if taken:
        assert load(ApiSettings).services["care"] == url
        return
    with pytest.raises(SystemExit):
        load(ApiSettings)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("CARE_URL is not usable: beyond loopback the connection must be")
