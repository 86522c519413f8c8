"""What the README says is true: every snippet is pasted, in order, into one shell.

It comes last: what it tells changes what the other cases look at.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.system.fixtures import Running

ROOT = Path(__file__).parents[2]
_SNIPPET = re.compile(r"```sh\n(?P<code>.*?)```(?:\n```text\n(?P<expected>.*?)```)?", re.DOTALL)
_BETWEEN = "--- snippet ---"
PASTED = ("The story", "An analyst's first five minutes")

KCAT = """#!{python}
import json, sys
from kafka import KafkaConsumer

assert sys.argv[5:] == ["-C", "-e", "-q", "-J"]
topic = KafkaConsumer(sys.argv[4], bootstrap_servers=sys.argv[2], auto_offset_reset="earliest",
                      consumer_timeout_ms=3000)
for record in topic:
    headers = [part for name, value in record.headers for part in (name, value.decode())]
    print(json.dumps({{"topic": record.topic, "partition": record.partition,
                      "offset": record.offset, "headers": headers,
                      "key": record.key.decode(), "payload": record.value.decode()}}))
"""
"""Prints what kcat prints with `-J`, where there is no kcat."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """`expected` lines hold `…` for what differs from run to run."""

    code: str
    expected: str


def snippets() -> list[Snippet]:
    text = (ROOT / "README.md").read_text()
    pasteable = "\n".join(text.split(f"## {title}")[1].split("\n## ")[0] for title in PASTED)
    return [
        Snippet(found["code"], (found["expected"] or "").strip())
        for found in _SNIPPET.finditer(pasteable)
    ]


def pasted(running: Running, tools: Path) -> list[str]:
    """What each snippet printed. The ports and the folder are those of the instance under test;
    `tools` is a folder with a kcat.
    """
    script = f"\necho '{_BETWEEN}'\n".join(snippet.code for snippet in snippets())
    for offset in range(5):
        script = script.replace(f"127.0.0.1:{8000 + offset}", f"127.0.0.1:{running.base + offset}")
    script = script.replace("var/run.json", str(running.var / "run.json"))
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail"],
        input=script,
        cwd=ROOT,
        env={
            **os.environ,
            "INTERLUDE_VAR": str(running.var),
            "PATH": f"{os.environ['PATH']}:{tools}",
        },
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
def test_every_snippet_does_what_the_readme_says(interlude: Running, tmp_path: Path) -> None:
    kcat = tmp_path / "kcat"
    kcat.write_text(KCAT.format(python=sys.executable))
    kcat.chmod(0o755)
    printed = pasted(interlude, tmp_path)
    assert len(printed) == len(snippets())
    for snippet, output in zip(snippets(), printed, strict=True):
        if snippet.expected:
            assert fits(snippet.expected, output), f"{snippet.code}\nprinted\n{output}"


def test_a_snippet_that_prints_something_else_is_noticed() -> None:
    assert fits('{"version":…}', '{"version":3}')
    assert not fits('{"version":…}', '{"code":"low-confidence"}')
