"""All of Interlude on one machine.

The environment chooses: PORT_BASE (8000), BROKER (kafka or embedded), BROKER_URL, DATABASE_URL,
IDENTITY (development or keycloak).
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from deploy.local import run as running
from deploy.local.choices import choices
from deploy.local.ports import wait_until
from deploy.local.run_info import RunInfo, read
from deploy.local.schemas import ROOT
from deploy.local.status import status as show
from deploy.local.terminal import Terminal
from deploy.local.trouble import Trouble
from deploy.local.var import Var

STOP_SECONDS = 25.0

app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
terminal = Terminal(Console())

Folder = Annotated[
    Path, typer.Option("--var", envvar="INTERLUDE_VAR", help="Where everything is kept.")
]
_VAR = ROOT / "var"


@app.command()
def run(var: Folder = _VAR) -> None:
    """Starts everything, tells the story once, and stays until Ctrl-C."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupted)
    try:
        running.run(Var(var.resolve()), choices(), terminal)
    except KeyboardInterrupt:
        terminal.warn("Stopped before all was up.")
        raise typer.Exit(130) from None
    terminal.console.print("Stopped; the data stays.")


@app.command()
def status(
    var: Folder = _VAR,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Each process: ready or not, its rate, what waits and for how long, what is parked, how soon
    it answers, its memory. Exits 1 if somebody should look: not ready, degraded, something parked
    or waiting for a minute, or over its budget.
    """
    if not show(Var(var.resolve()), terminal.console, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def stop(var: Folder = _VAR) -> None:
    """Stops what `run` started in another terminal."""
    kept = Var(var.resolve())
    pid = kept.running_pid()
    if pid is None:
        terminal.console.print("Nothing runs here.")
        return
    os.kill(pid, signal.SIGTERM)
    if not wait_until(lambda: kept.running_pid() is None, seconds=STOP_SECONDS, every=0.2):
        raise Trouble(f"Process {pid} did not stop in {STOP_SECONDS:.0f} s: kill -9 {pid}.")


@app.command()
def reset(var: Folder = _VAR) -> None:
    """Forgets everything that was stored, and the keys that it was sealed under."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble("The database of DATABASE_URL is not ours to empty: drop its schemas there.")
    kept = Var(var.resolve())
    with kept.only_run():
        kept.empty()


@app.command()
def token(name: str, var: Folder = _VAR) -> None:
    """Prints a token: therapist, patient, other_therapist, supervisor, clinic_admin, …"""
    typer.echo(_named(name, "tokens", _running(var).tokens))


@app.command("id")
def id_(name: str, var: Folder = _VAR) -> None:
    """Prints the id of something in the story: patient, larry, three_others, session_3, …"""
    typer.echo(_named(name, "ids", _running(var).story))


def _running(var: Path) -> RunInfo:
    run = read(Var(var.resolve()).run_json)
    if run is None:
        raise Trouble("Interlude does not run here. `make run` starts it.")
    return run


def _named(name: str, what: str, known: Mapping[str, str]) -> str:
    if name not in known:
        raise Trouble(f"There are {what} for {', '.join(known)}.")
    return known[name]


def _interrupted(*_signal: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    try:
        app()
    except Trouble as trouble:
        terminal.trouble(str(trouble))
        sys.exit(1)


if __name__ == "__main__":
    main()
