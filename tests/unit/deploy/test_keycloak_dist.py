"""Keycloak's zip: fetched once, checked always, and a sentence to act upon when there is none."""

import io
import threading
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from deploy.local import keycloak_dist
from deploy.local.fetching import default_cache
from deploy.local.keycloak_dist import KeycloakUnavailable, unpacked, wanted


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("keycloak-26.4.0/version.txt", "Keycloak")
    return content.getvalue()


ZIP = zipped()


class Repository:
    """What jgo would do: put the zip into its place, whatever it holds."""

    def __init__(self, content: bytes, before: Callable[[], object] = bool) -> None:
        self.content = content
        self.before = before
        self.fetched = 0

    def __call__(self, *, repo_cache: Path, timeout: int) -> "Repository":
        assert timeout
        self.cache = repo_cache
        return self

    def project(self, group: str, artifact: str) -> "Repository":
        assert (group, artifact) == (wanted().group, wanted().artifact)
        return self

    def at_version(self, version: str) -> "Repository":
        assert version == wanted().version
        return self

    def artifact(self, *, packaging: str) -> "Repository":
        assert packaging == "zip"
        return self

    def resolve(self) -> None:
        place = wanted().place(self.cache)
        place.parent.mkdir(parents=True, exist_ok=True)
        assert not place.exists()
        place.write_bytes(self.content)
        self.before()
        self.fetched += 1


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    coordinate = "org.keycloak:keycloak-quarkus-dist:26.4.0"
    line = f"{coordinate} {sha256(ZIP).hexdigest()} {len(ZIP)}"
    (tmp_path / "dist.txt").write_text(f"# one zip\n{line}\n")
    monkeypatch.setattr(keycloak_dist, "LIST", tmp_path / "dist.txt")
    return tmp_path / "cache"


Serve = Callable[[Repository], Repository]


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Serve:
    def served_by(made: Repository) -> Repository:
        monkeypatch.setattr(keycloak_dist, "MavenContext", made)
        return made

    return served_by


def test_it_is_fetched_and_unpacked(cache: Path, repository: Serve, tmp_path: Path) -> None:
    repository(Repository(ZIP))

    home = unpacked(tmp_path / "var", cache=cache, timeout=10)

    assert home == tmp_path / "var" / "keycloak-26.4.0"
    assert (home / "version.txt").read_text() == "Keycloak"
    assert [path.name for path in home.parent.iterdir()] == [home.name]


def test_what_was_fetched_serves_another_run(
    cache: Path, repository: Serve, tmp_path: Path
) -> None:
    unpacking = repository(Repository(ZIP))
    unpacked(tmp_path / "one", cache=cache, timeout=10)
    unpacked(tmp_path / "another", cache=cache, timeout=10)

    assert unpacking.fetched == 1


def test_what_is_unpacked_needs_no_zip(cache: Path, repository: Serve, tmp_path: Path) -> None:
    repository(Repository(ZIP))
    first = unpacked(tmp_path / "var", cache=cache, timeout=10)
    again = repository(Repository(b""))

    assert unpacked(tmp_path / "var", cache=tmp_path / "empty", timeout=10) == first
    assert again.fetched == 0


def test_how_far_it_is_can_be_seen(
    cache: Path, repository: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keycloak_dist, "_EVERY", 0.01)
    told: list[tuple[int, int]] = []
    seen = threading.Event()
    repository(Repository(ZIP, lambda: seen.wait(10)))

    def progress(done: int, of: int) -> None:
        told.append((done, of))
        seen.set()

    unpacked(tmp_path / "var", cache=cache, timeout=10, progress=progress)

    assert told[0] == (len(ZIP), len(ZIP))


def test_a_zip_that_was_cut_short_is_fetched_anew(
    cache: Path, repository: Serve, tmp_path: Path
) -> None:
    served = repository(Repository(ZIP))
    place = wanted().place(cache)
    place.parent.mkdir(parents=True)
    place.write_bytes(ZIP[:-1])

    unpacked(tmp_path / "var", cache=cache, timeout=10)

    assert served.fetched == 1


def test_an_unpacking_that_was_cut_short_begins_anew(
    cache: Path, repository: Serve, tmp_path: Path
) -> None:
    repository(Repository(ZIP))
    half = tmp_path / "var" / ".unpacking" / "keycloak-26.4.0"
    half.mkdir(parents=True)
    (half / "half").write_text("")

    home = unpacked(tmp_path / "var", cache=cache, timeout=10)

    assert not (home / "half").exists()


def test_a_zip_that_is_another_is_refused_and_not_kept(
    cache: Path, repository: Serve, tmp_path: Path
) -> None:
    repository(Repository(b"malice"))

    with pytest.raises(KeycloakUnavailable, match="SHA-256 differs"):
        unpacked(tmp_path / "var", cache=cache, timeout=10)

    assert not wanted().place(cache).exists()
    assert not (tmp_path / "var").exists()


def test_without_a_network_the_way_out_is_named(
    cache: Path, repository: Serve, tmp_path: Path
) -> None:
    def offline() -> None:
        raise ConnectionError

    repository(Repository(ZIP, offline))

    with pytest.raises(KeycloakUnavailable, match="leave IDENTITY out"):
        unpacked(tmp_path / "var", cache=cache, timeout=10)


def test_a_transfer_that_hangs_is_not_waited_for(
    cache: Path, repository: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keycloak_dist, "_EVERY", 0.01)
    go_on = threading.Event()
    repository(Repository(ZIP, go_on.wait))

    with pytest.raises(KeycloakUnavailable, match="did not arrive in time"):
        unpacked(tmp_path / "var", cache=cache, timeout=0.1)

    go_on.set()


def test_a_folder_that_cannot_be_used_is_named(cache: Path, tmp_path: Path) -> None:
    assert not cache.exists()
    (tmp_path / "file").write_text("")

    with pytest.raises(KeycloakUnavailable, match="KAFKA_JARS"):
        unpacked(tmp_path / "var", cache=tmp_path / "file" / "cache", timeout=10)


def test_it_is_kept_with_kafkas_jars(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAFKA_JARS", str(tmp_path))
    assert wanted().place(default_cache()).is_relative_to(tmp_path)


def test_the_version_has_a_sum_and_a_size() -> None:
    assert wanted().home == "keycloak-26.4.0"
    assert len(wanted().sha256) == 64
    assert wanted().size > 100_000_000
