"""`python -m tests.faults`: the campaign, until the time is up or nothing is owed.

Every process that it ends it has started, by its id; all traffic stays on the loopback address.
What was run before with the same code counts: an interrupted campaign goes on.
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.bench.report import machine
from tests.faults import ledger as ledgers
from tests.faults import report
from tests.faults.campaign import Worlds, carried_out, owed
from tests.faults.fault import Fault
from tests.faults.ledger import Ledger
from tests.faults.plants import PLANTS, found, looked_for
from tests.faults.table import FAULTS

line = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@line.command()
def main(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, help="Begins no run after so long.")] = 10,
    runs: Annotated[int, typer.Option(min=1, help="Of each fault.")] = 3,
    only: Annotated[str, typer.Option(help="Faults by name, with commas.")] = "",
    seed: Annotated[str, typer.Option(help="Printed with each run; the same draws the same.")] = "",
    kept: Annotated[Path, typer.Option(help="The ledger.")] = ledgers.KEPT,
    planted: Annotated[
        str, typer.Option(help="Looks for planted bugs instead: their names, or all.")
    ] = "",
    show: Annotated[bool, typer.Option("--show", help="Runs nothing: the table only.")] = False,
) -> None:
    """Runs what is owed, and prints what was found."""
    # Ends what it has started, some of it asleep, before it ends itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = Console()
    ledger = Ledger(kept, ledgers.code())
    seed = seed or os.urandom(4).hex()
    failed = 0
    if not show:
        console.print(f"Seed {seed}, code {ledger.code}.")
        until = time.monotonic() + 60 * minutes
        if planted:
            _look(_bugs(planted), ledger, console, seed, until)
        else:
            failed = _run(owed(_chosen(only), ledger, runs), ledger, console, seed, until)
    _print(ledger, console)
    found = any(each["anomalies"] for each in ledger.lines())
    raise typer.Exit(1 if found or failed else 0)


def _chosen(only: str) -> list[Fault]:
    names = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        sys.stderr.write(f"There is no fault {unknown[0]}; there are {', '.join(FAULTS)}.\n")
        raise typer.Exit(2)
    return [FAULTS[name] for name in names or FAULTS]


def _bugs(planted: str) -> list[str]:
    names = list(PLANTS) if planted == "all" else planted.split(",")
    unknown = [name for name in names if name not in PLANTS]
    if unknown:
        sys.stderr.write(f"There is no bug {unknown[0]}; there are {', '.join(PLANTS)}.\n")
        raise typer.Exit(2)
    return names


def _look(bugs: list[str], ledger: Ledger, console: Console, seed: str, until: float) -> None:
    """Those that were not found yet with this code."""
    known = {line["planted"] for line in ledger.lines(planted=True)}
    with Worlds() as worlds:
        for bug in bugs:
            if bug in known or time.monotonic() > until:
                continue
            try:
                results = looked_for(bug, seed, worlds, console.print)
            except Exception:  # noqa: BLE001 - one that breaks off is no find, and ends nobody else's
                console.print(f"[red]{bug} broke off[/]\n{traceback.format_exc()}")
                continue
            for result in results:
                ledger.write(result, planted=bug)
            last = results[-1]
            word = "[green]found[/]" if found(bug, last) else "[red]NOT FOUND[/]"
            console.print(f"{bug}: {word} in run {len(results)}, {last.anomalies}")


def _run(
    work: list[tuple[Fault, int]], ledger: Ledger, console: Console, seed: str, until: float
) -> int:
    """How many runs broke off, which is a finding of its own."""
    failed = 0
    with (
        Worlds() as worlds,
        Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
        ) as shown,
    ):
        task = shown.add_task("", total=None)
        for at, (fault, number) in enumerate(work, start=1):
            if time.monotonic() > until:
                console.print(f"The time is up; {len(work) - at + 1} runs are still owed.")
                break
            mine = f"{seed}-{number}"
            try:
                result = carried_out(
                    fault,
                    mine,
                    worlds,
                    lambda text, at=at: shown.update(  # type: ignore[misc]  # bound now
                        task, description=f"{at} of {len(work)}: {text}"
                    ),
                )
            except Exception:  # noqa: BLE001 - one run that breaks off must not end the campaign
                failed += 1
                console.print(f"[red]{fault.name} {mine} broke off[/]\n{traceback.format_exc()}")
                continue
            ledger.write(result)
            colour = "red" if result.anomalies else "green"
            console.print(
                f"[{colour}]{fault.name}[/] {mine}: {result.acknowledged} ok, "
                f"{result.unknown} unknown, healed {result.heal} s, caught up {result.catch_up} s, "
                f"{result.anomalies or 'no anomaly'} ({result.took} s)"
            )
            for note in result.notes:
                console.print(f"    {note}", highlight=False)
            for where in result.found[:12]:
                console.print(f"    {where}", highlight=False)
    return failed


def _print(ledger: Ledger, console: Console) -> None:
    lines = ledger.lines()
    console.print(report.table(lines))
    planted = ledger.lines(planted=True)
    if planted:
        console.print(report.planted_table(planted))
    beside = ledger.file.with_name("summary.json")
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_bytes(
        orjson.dumps(
            {
                **machine(),
                "code": ledger.code,
                "commit": ledgers.commit(),
                "faults": report.summary(lines),
                "planted": [
                    {name: each[name] for name in ("planted", "fault", "seed", "anomalies")}
                    for each in planted
                ],
            },
            option=orjson.OPT_INDENT_2,
        )
    )
    console.print(f"Kept in {ledger.file} and {beside.name} beside it.")


if __name__ == "__main__":
    line()
