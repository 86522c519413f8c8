"""The README's story is true: every snippet is pasted, in order, into one shell.

It comes last: what it tells changes what the other cases look at.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.system.conftest import Running

ROOT = Path(__file__).parents[2]
_SNIPPET = re.compile(r"```sh\n(?P<code>.*?)```(?:\n```text\n(?P<expected>.*?)```)?", re.DOTALL)
_BETWEEN = "--- snippet ---"


@dataclass(frozen=True, slots=True)
class Snippet:
    """`expected` lines hold `…` for what differs from run to run."""

    code: str
    expected: str


def snippets() -> list[Snippet]:
    story = (ROOT / "README.md").read_text().split("## The story")[1].split("\n## ")[0]
    return [
        Snippet(found["code"], (found["expected"] or "").strip())
        for found in _SNIPPET.finditer(story)
    ]


def pasted(running: Running) -> list[str]:
    """What each snippet printed. The ports and the folder are those of the instance under test."""
    script = f"\necho '{_BETWEEN}'\n".join(snippet.code for snippet in snippets())
    for offset in range(5):
        script = script.replace(f"127.0.0.1:{8000 + offset}", f"127.0.0.1:{running.base + offset}")
    script = script.replace("var/run.json", str(running.var / "run.json"))
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail"],
        input=script,
        cwd=ROOT,
        env={**os.environ, "INTERLUDE_VAR": str(running.var)},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return [part.strip() for part in done.stdout.split(_BETWEEN)]


def fits(expected: str, printed: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


@pytest.mark.system
@pytest.mark.kafka
def test_every_snippet_of_the_story_does_what_the_readme_says(interlude: Running) -> None:
    printed = pasted(interlude)
    assert len(printed) == len(snippets())
    for snippet, output in zip(snippets(), printed, strict=True):
        if snippet.expected:
            assert fits(snippet.expected, output), f"{snippet.code}\nprinted\n{output}"


def test_a_snippet_that_prints_something_else_is_noticed() -> None:
    assert fits('{"version":…}', '{"version":3}')
    assert not fits('{"version":…}', '{"code":"low-confidence"}')
