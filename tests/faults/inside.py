"""What a campaign starts in place of `python -m services.X ROLE`: the same role, with hooks.

The hooks are put around the product's own functions from outside; the product knows nothing of
them. A named point kills the process there once its trigger file exists; a planted bug makes it
misbehave from the start; a step of the clock is what its composition root is given; a detour leads
its Kafka client over a link of ours; a slow or failing handler is one of the projector's own.
SIGUSR1 makes it write down where each of its threads stands.
"""

import faulthandler
import os
import runpy
import signal
import sys

from tests.faults import bugs, clocks, detours, points, slowness


def main() -> None:
    module, role = sys.argv[1:3]
    faulthandler.register(signal.SIGUSR1)
    points.put(role)
    for name in os.environ.get("FAULTS_PLANTED", "").split():
        bugs.plant(name)
    clocks.step(float(os.environ.get("FAULTS_CLOCK", "0")))
    detours.take(os.environ.get("FAULTS_DETOUR", ""))
    slowness.begin(os.environ.get("FAULTS_SLOW", ""))
    sys.argv = [module, role]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
