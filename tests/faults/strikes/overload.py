"""Three times what a service can take, for half a minute."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict

from tests.bench.stage import ROOT
from tests.faults.fault import Fault
from tests.faults.flood import Flood, Poured, Told, told_by
from tests.faults.history import Attempt, Command
from tests.faults.scene import Scene

PEAK_CONNECTIONS = 64
FLOOD_CONNECTIONS = 700
"""More than a service lets in at once."""

TIMES = 3
GOOD = 0.8
"""The share of the peak that must still be done, on as much of the machine."""

REFUSED_WITHIN = 0.05
"""Seconds, of 99 in 100 refusals."""

_CORES = len(os.sched_getaffinity(0))

_PEAK_SECONDS, _FLOOD_SECONDS = 25.0, 30.0
_AT_FIRST = 15.0
"""Seconds of the peak that do not count: until relay and readers, which share the machine, have
come to their own share of it, more is done than can be kept up.
"""


def overload(scene: Scene) -> None:
    """Homework of everybody is rated as fast as it can be, then three times as fast, then again as
    fast as it can be: streams and tables grow meanwhile, so the peak is that of before and after.
    """
    time.sleep(1)
    before = _flooded(scene, _PEAK_SECONDS, 0, PEAK_CONNECTIONS, "before")
    flood = _flooded(scene, _FLOOD_SECONDS, TIMES * _rate(before), FLOOD_CONNECTIONS, "flood")
    after = _flooded(scene, _PEAK_SECONDS, 0, PEAK_CONNECTIONS, "after")
    refused = sorted(each.took for each in flood.told if each.status == 503)
    done = _good(flood.told) / _FLOOD_SECONDS
    share = done / ((_rate(before) + _rate(after)) / 2)
    of_the_rest = share * _left_by(before, after) / _left_by(flood)
    slowest = refused[int(0.99 * len(refused))] if refused else 0.0
    scene.notes += [
        f"peak {_rate(before):.0f}/s before and {_rate(after):.0f}/s after",
        f"asked {len(flood.told) / _FLOOD_SECONDS:.0f}/s, done {share:.0%} of the peak",
        f"{of_the_rest:.0%} on what the flood left of the machine",
        f"refused {len(refused)}, 99 % of them within {slowest * 1000:.0f} ms",
    ]
    if of_the_rest < GOOD:
        scene.faulty.append("goodput-low")
    if slowest > REFUSED_WITHIN:
        scene.faulty.append("refusals-slow")
    if any(each.status not in {200, 201, 503} for each in flood.told):
        scene.faulty.append("server-error")
    if any(each.status == 503 and not each.retry_after for each in flood.told):
        scene.faulty.append("no-retry-after")
    for poured in (before, flood, after):
        scene.also += [_command(scene, each) for each in poured.told]


def _flooded(scene: Scene, seconds: float, rate: float, connections: int, name: str) -> Poured:
    clinic = scene.load.clinic
    flood = Flood(
        port=scene.world.place.ports.api("assignment"),
        paths=tuple(f"/v1/assignments/{each}/readiness-ratings" for each in clinic.assignments),
        token=clinic.tokens["therapist"],
        seconds=seconds,
        rate=rate,
        connections=connections,
        seed=f"{scene.load.seed}/{name}",
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.flood"],
        cwd=ROOT,
        input=json.dumps(asdict(flood)),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    return told_by(done.stdout.splitlines())


def _rate(peak: Poured) -> float:
    """Done in a second of a peak, once it counts."""
    counted = min(each.began for each in peak.told) + _AT_FIRST
    done = _good([each for each in peak.told if each.began > counted])
    return done / (_PEAK_SECONDS - _AT_FIRST)


def _left_by(*floods: Poured) -> float:
    """Processors, for the system; elsewhere, who asks has a machine of their own."""
    return _CORES - sum(each.cores for each in floods) / len(floods)


def _good(told: list[Told]) -> int:
    return sum(each.status in {200, 201} for each in told)


def _command(scene: Scene, told: Told) -> Command:
    ok = told.status in {200, 201}
    began = told.began - scene.load.began
    return Command(
        client=-1,
        key=told.key,
        correlation_id=told.correlation,
        tenant=str(scene.load.clinic.tenant),
        service="assignment",
        operation="rateReadiness",
        stream=f"assignment-{told.path.split('/')[3]}",
        expected=None,
        attempts=(
            Attempt(
                began=began,
                ended=began + told.took,
                outcome="ok" if ok else "refused",
                status=told.status,
                code=told.code,
                retry_after=told.retry_after,
                replayed=False,
                id=told.id,
                version=told.version,
            ),
        ),
    )


FAULTS = (
    Fault(
        name="three-times-the-peak",
        strike=overload,
        hit=frozenset({"assignment", "gateway"}),
        seconds=84,
        alone=True,
        operations=("setGoal", "recordEntry", "scheduleSession"),
        clients=1,
        think=0.5,
        settles_within=60,
    ),
)
