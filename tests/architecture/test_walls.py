"""The walls between the rooms, and that each would be noticed if somebody broke it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIP = shutil.ignore_patterns("__pycache__", "static", "openapi", "*.pyc")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.fixture(scope="module")
def copy_of_the_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in ("libs", "services", "deploy"):
        shutil.copytree(ROOT / package, folder / package, ignore=SKIP)
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_every_wall_stands(copy_of_the_tree: Path) -> None:
    outcome = lint(copy_of_the_tree)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("room", "import_", "wall"),
    [
        ("services/diary/view.py", "import services.care.view", "No service imports another"),
        ("libs/web/limits.py", "import services.care.view", "Libraries know no service"),
        ("services/care/view.py", "import deploy.local", "Services do not know how"),
        ("services/review/domain", "import pydantic", "A domain imports the standard"),
        ("services/care/follow.py", "import kafka", "Only libs.messaging.kafka"),
        ("libs/eventstore/recorded.py", "import fastapi", "Roles that serve no HTTP"),
    ],
)
def test_a_breach_is_noticed(copy_of_the_tree: Path, room: str, import_: str, wall: str) -> None:
    file = copy_of_the_tree / room
    file = file / "__init__.py" if file.is_dir() else file
    file = file if file.exists() else file.with_suffix(".py")
    before = file.read_text()
    file.write_text(f"{before}\n{import_}\n")
    try:
        outcome = lint(copy_of_the_tree)
    finally:
        file.write_text(before)
    assert outcome.returncode != 0
    broken = [line for line in outcome.stdout.splitlines() if "BROKEN" in line]
    assert any(line.startswith(wall) for line in broken), outcome.stdout
