"""Supervises children of the kinds that it is told. Run by `test_supervisor.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from deploy.local import child, supervisor

FOLDER = Path(sys.argv[1])
BEGIN = """
import signal, sys, time
from pathlib import Path
def up():
    print("up", flush=True)
    Path(sys.argv[1]).touch()
"""
KINDS = {
    "patient": "up()\ntime.sleep(60)",
    "falling": "up()\ntime.sleep(1)\nsys.exit('out of luck')",
    "deaf": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nup()\ntime.sleep(60)",
}


def main() -> None:
    supervisor.STOP_SECONDS = 3
    logs = supervisor.Logs(FOLDER / "logs")
    ours = supervisor.Supervisor(logs)
    for number, kind in enumerate(sys.argv[2:]):
        program = [sys.executable, "-c", BEGIN + KINDS[kind], str(FOLDER / f"{number}.up")]
        ours.add_process(f"{number}-{kind}", child.argv(program))
    ours.run(lambda: None)
    if ours.fallen is None:
        print("nobody fell")  # noqa: T201 - read by the test
    else:
        print(f"{ours.fallen.name} fell with {ours.fallen.status}", *ours.fallen.last_lines)  # noqa: T201 - as above


main()
