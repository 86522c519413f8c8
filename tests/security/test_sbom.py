"""Whoever hears of a hole can look up what an image installs: `make sbom` lists all of it."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

pytestmark = pytest.mark.security("software supply")

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "deploy" / "requirements.lock").read_text()
_PINNED = re.compile(
    r"^([a-z0-9-]+)(?:\[[^]]*])?==(\S+)[^\n]*((?:\n    --hash=\S+(?: \\)?)+)", re.MULTILINE
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

PINNED = {name: (version, _HASH.findall(hashes)) for name, version, hashes in _PINNED.findall(LOCK)}
"""Version and hashes of each package that the image's lock names."""


@pytest.fixture(scope="module")
def sbom(tmp_path_factory: pytest.TempPathFactory) -> str:
    """By the very target, with the Python that runs the tests in the place of the one it makes."""
    return made(tmp_path_factory.mktemp("supply") / "made" / "sbom.json")


def made(file: Path) -> str:
    subprocess.run(
        ["make", "sbom", f"FILE={file}", f"PYTHON={sys.executable}", "LOCKED="],  # noqa: S607 - the make that a person would find
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return file.read_text()


@pytest.fixture(scope="module")
def components(sbom: str) -> Mapping[str, Any]:
    return {each["name"]: each for each in json.loads(sbom)["components"]}


def test_it_is_what_cyclonedx_says_that_it_is(sbom: str) -> None:
    document = json.loads(sbom)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom) is None


def test_it_names_all_that_is_pinned_and_nothing_else(components: Mapping[str, Any]) -> None:
    assert len(PINNED) == len(re.findall(r"^[a-z]", LOCK, re.MULTILINE))
    assert set(components) == set(PINNED)


def test_each_is_found_by_its_package_url(components: Mapping[str, Any]) -> None:
    told = {name: (each["version"], each["purl"]) for name, each in components.items()}
    assert told == {
        name: (version, f"pkg:pypi/{name}@{version}") for name, (version, _) in PINNED.items()
    }


def test_each_has_the_hashes_that_are_installed(components: Mapping[str, Any]) -> None:
    for name, (_, hashes) in PINNED.items():
        told = [
            each["content"]
            for reference in components[name]["externalReferences"]
            for each in reference.get("hashes", ())
        ]
        assert sorted(told) == sorted(hashes), name


def test_it_says_of_what_it_is(sbom: str) -> None:
    assert json.loads(sbom)["metadata"]["component"]["name"] == "interlude"


def test_it_tells_nothing_of_the_machine_that_made_it(sbom: str) -> None:
    for place in (str(ROOT), str(Path.home()), "file:", sys.prefix):
        assert place not in sbom


def test_it_comes_out_the_same_each_time(sbom: str, tmp_path: Path) -> None:
    assert made(tmp_path / "sbom.json") == sbom
