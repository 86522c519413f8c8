"""Kafka's jars: fetched once, checked always, and a sentence to act upon when there are none."""

import threading
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from deploy.local import kafka_jars
from deploy.local.kafka_jars import KafkaUnavailable, class_path, default_cache, wanted

CLIENTS, SERVER = "org.apache.kafka:kafka-clients:4.3.1", "org.apache.kafka:kafka_2.13:4.3.1"
CONTENT = {CLIENTS: b"clients", SERVER: b"server"}


class Repository:
    """What jgo would do: put the jar into its place, whatever it holds."""

    def __init__(self, content: Mapping[str, bytes], before: Callable[[], object] = bool) -> None:
        self.content = content
        self.before = before
        self.fetched: list[str] = []

    def __call__(self, *, repo_cache: Path, timeout: int) -> "Repository":
        assert timeout
        self.cache = repo_cache
        return self

    def create_dependency(self, coordinate: str) -> "Jar":
        return Jar(self, coordinate)


class Jar:
    def __init__(self, repository: Repository, coordinate: str) -> None:
        self.repository, self.coordinate = repository, coordinate

    @property
    def artifact(self) -> "Jar":
        return self

    def resolve(self) -> None:
        self.repository.before()
        place = place_of(self.repository.cache, self.coordinate)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(self.repository.content[self.coordinate])
        self.repository.fetched.append(self.coordinate)


def place_of(cache: Path, coordinate: str) -> Path:
    _, artifact, version = coordinate.split(":")
    return cache / "org/apache/kafka" / artifact / version / f"{artifact}-{version}.jar"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    listed = "\n".join(f"{name} {sha256(jar).hexdigest()}" for name, jar in CONTENT.items())
    (tmp_path / "jars.txt").write_text(f"# two jars\n{listed}\n")
    monkeypatch.setattr(kafka_jars, "LIST", tmp_path / "jars.txt")
    return tmp_path / "jars"


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Callable[[Repository], Repository]:
    def served_by(made: Repository) -> Repository:
        monkeypatch.setattr(kafka_jars, "MavenContext", made)
        return made

    return served_by


Serve = Callable[[Repository], Repository]


def test_what_is_missing_is_fetched_and_progress_told(cache: Path, repository: Serve) -> None:
    served = repository(Repository(CONTENT))
    told: list[tuple[int, int]] = []

    path = class_path(cache, progress=lambda done, all_: told.append((done, all_)))

    assert path.split(":") == [str(place_of(cache, name)) for name in CONTENT]
    assert sorted(served.fetched) == sorted(CONTENT)
    assert told == [(1, 2), (2, 2)]


def test_what_is_there_is_not_fetched_again(cache: Path, repository: Serve) -> None:
    repository(Repository(CONTENT))
    class_path(cache)
    again = repository(Repository({}))

    class_path(cache)

    assert again.fetched == []


def test_a_jar_that_was_cut_short_is_fetched_anew(cache: Path, repository: Serve) -> None:
    served = repository(Repository(CONTENT))
    place = place_of(cache, SERVER)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"ser")

    class_path(cache)

    assert place.read_bytes() == b"server"
    assert SERVER in served.fetched


def test_a_jar_that_is_another_is_refused_and_not_kept(cache: Path, repository: Serve) -> None:
    repository(Repository({**CONTENT, SERVER: b"malice"}))

    with pytest.raises(KafkaUnavailable, match="SHA-256 differs"):
        class_path(cache)

    assert not place_of(cache, SERVER).exists()


def test_without_a_network_the_way_out_is_named(cache: Path, repository: Serve) -> None:
    def offline() -> None:
        raise ConnectionError

    repository(Repository(CONTENT, offline))

    with pytest.raises(KafkaUnavailable, match="BROKER=embedded"):
        class_path(cache)


def test_a_transfer_that_hangs_is_not_waited_for(cache: Path, repository: Serve) -> None:
    go_on = threading.Event()
    repository(Repository(CONTENT, go_on.wait))

    with pytest.raises(KafkaUnavailable, match="did not arrive in time"):
        class_path(cache, timeout=0.1)

    go_on.set()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(KafkaUnavailable, match="KAFKA_JARS"):
        class_path(tmp_path / "file" / "jars")


def test_the_folder_may_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KAFKA_JARS", str(tmp_path))
    assert default_cache() == tmp_path


def test_every_jar_of_the_list_has_a_version_and_a_sum() -> None:
    jars = wanted()
    assert SERVER in jars
    assert all(name.count(":") == 2 and len(sum_) == 64 for name, sum_ in jars.items())


def test_the_node_listens_on_loopback_only() -> None:
    settings = (kafka_jars.LIST.parent / "server.properties").read_text()
    listeners = [line for line in settings.splitlines() if "listeners=" in line]
    assert len(listeners) == 2
    for line in listeners:
        assert all("//127.0.0.1:" in place for place in line.partition("=")[2].split(","))
