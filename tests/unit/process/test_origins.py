"""Which pages may call from a browser: named exactly, or the process does not start."""

import pytest

from libs.process.settings import Listening, load


def started(
    monkeypatch: pytest.MonkeyPatch, origins: str, profile: str = "production"
) -> Listening:
    for name, value in {"ORIGINS": origins, "PROFILE": profile, "PORT": "8000"}.items():
        monkeypatch.setenv(name, value)
    return load(Listening)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ()),
        ("https://app.example", ("https://app.example",)),
        (
            "https://app.example, https://staff.example:8443",
            ("https://app.example", "https://staff.example:8443"),
        ),
        ("https://app.example https://app.example", ("https://app.example",)),
    ],
)
def test_origins_are_a_list(
    monkeypatch: pytest.MonkeyPatch, given: str, read: tuple[str, ...]
) -> None:
    assert started(monkeypatch, given).origins == read


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "null",
        "https://*",
        "https://*.example",
        "app.example",
        "//app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://app.example?x",
        "https://app.example#x",
        "https://App.example",
        "https://app.example:443",
        "https://app.example:0",
        "https://app.example:port",
        "https://user@app.example",
        "https://app..example",
        "ftp://app.example",
        "https://",
        "https://app.example, *",
        "https://app.example;https://b.example",
        "https://app.example\\n",
    ],
)
@pytest.mark.parametrize("profile", ["local", "production"])
def test_what_no_browser_calls_an_origin_stops_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: str,
    profile: str,
) -> None:
    with pytest.raises(SystemExit):
        started(monkeypatch, given, profile)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ORIGINS is not usable: this takes exact origins")


@pytest.mark.parametrize(
    "given", ["http://app.example", "http://localhost:3000", "https://127.0.0.1:3000"]
)
def test_in_production_pages_come_over_https_from_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    assert started(monkeypatch, given, "local").origins == (given,)
    with pytest.raises(SystemExit):
        started(monkeypatch, given)
    assert "ORIGINS is not usable: production takes" in capsys.readouterr().err
