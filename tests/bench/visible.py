"""From *acknowledged* to *visible in GraphQL*, as a client sees it, on all of Interlude at once."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.run_info import RunInfo
from tests.bench.commands import SCALED
from tests.bench.pairs import Job
from tests.bench.report import Spread
from tests.bench.stage import ROOT

SHARES = (0.3, 0.7)
"""Of the peak, which is what a closed loop of such pairs reaches."""

HOMEWORK = 64
CONNECTIONS = 16


def acknowledged_to_visible(
    run: RunInfo, *, rounds: int, seconds: float, progress: Callable[[str], None]
) -> dict[str, Any]:
    progress("visible in GraphQL: looking for the peak")
    paths, nodes = _homework(run)
    _measured(run, paths, nodes, seconds=1.0)  # statements prepared, states remembered
    peaks = [
        _measured(run, paths, nodes, seconds=seconds)["visible"]["rate"]
        for _ in range(min(rounds, 3))
    ]
    peak = sorted(peaks)[len(peaks) // 2]
    outcome: dict[str, Any] = {"peak, pairs a second": asdict(Spread.of(peaks))}
    for share in SHARES:
        found = []
        for number in range(rounds):
            progress(f"visible at {share:.0%} of the peak, round {number + 1} of {rounds}")
            found.append(_measured(run, paths, nodes, seconds=seconds, rate=peak * share))
        outcome[f"{share:.0%} of peak"] = {
            **{
                figure: asdict(Spread.of([each["visible"][figure] for each in found]))
                for figure in ("rate", "p50", "p95", "p99")
            },
            "unsatisfied": asdict(Spread.of([each["unsatisfied"] for each in found])),
            "not sent": asdict(Spread.of([each["not_sent"] for each in found])),
            "failures": asdict(Spread.of([each["visible"]["failures"] for each in found])),
        }
    return outcome


def _homework(run: RunInfo) -> tuple[list[str], list[str]]:
    """REST paths of ratings, and the ids of the same assignments."""
    paths, nodes = [], []
    headers = {"Authorization": f"Bearer {run.tokens['therapist']}"}
    with httpx.Client(base_url=run.services["assignment"], headers=headers) as http:
        for _ in range(HOMEWORK):
            answer = http.post(
                "/v1/homework",
                json={"patient_id": run.story["patient"], "title": "Conversations"},
                headers={"Idempotency-Key": uuid4().hex},
            )
            answer.raise_for_status()
            paths.append(f"/v1/assignments/{answer.json()['id']}/readiness-ratings")
            nodes.append(answer.json()["id"])
    return paths, nodes


def _measured(
    run: RunInfo,
    paths: list[str],
    nodes: list[str],
    *,
    seconds: float,
    rate: float | None = None,
) -> dict[str, Any]:
    job = Job(
        command_port=port_of(run.services["assignment"]),
        query_port=port_of(run.gateway),
        token=run.tokens["therapist"],
        body=SCALED,
        paths=paths,
        nodes=nodes,
        connections=CONNECTIONS,
        seconds=seconds,
        rate=rate,
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.pairs"],
        cwd=ROOT,
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def port_of(url: str) -> int:
    port = httpx.URL(url).port
    assert port is not None
    return port
