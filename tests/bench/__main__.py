"""`python -m tests.bench`: everything that DESIGN §12 sets a goal for, as ratios where it can be.

Nothing leaves the loopback address, and every load ends by itself. Other work on the machine makes
the figures worse and the ratios less so: each round measures both sides in turn.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.bench import commands, lengths, occurrences, pipeline, screens, visible, volume
from tests.bench.report import machine, table
from tests.bench.running import interlude
from tests.bench.stage import ROOT, stage

KEPT = ROOT / "var" / "bench.json"
EVENTS, FEW_EVENTS = 30_000, 10_000

Say = Callable[[str], None]


line = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@line.command()
def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Of each figure.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.5, max=20, help="Of each load.")] = 3.0,
    quick: Annotated[bool, typer.Option("--quick", help="One short round: does it run?")] = False,
    only: Annotated[
        str | None,
        typer.Option(help="commands, travel, volume, lengths, occurrences, visible, screens."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the figures are kept.")] = KEPT,
) -> None:
    """Measures, prints a table, and keeps it as JSON."""
    if quick:
        rounds, seconds = 1, 1.0
    console = Console()
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
    ) as shown:
        task = shown.add_task("", total=None)
        figures = measured(
            rounds,
            seconds,
            only,
            lambda text: shown.update(task, description=text),
            quick=quick,
        )
    found = {**machine(), "rounds": rounds, "seconds": seconds, "figures": figures}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=2))
    console.print(table(figures))
    console.print(f"Kept in {out}.")


def measured(
    rounds: int, seconds: float, only: str | None, say: Say, *, quick: bool
) -> Mapping[str, Any]:
    figures: dict[str, Any] = {}
    events = FEW_EVENTS if quick else EVENTS
    if only in {None, "occurrences"}:
        figures["occurrences"] = occurrences.of_a_year(rounds=rounds, progress=say)
    if only in {None, "commands", "travel", "volume", "lengths"}:
        say("PostgreSQL, schemas")
        with stage() as where:
            if only in {None, "commands"}:
                figures["commands"] = commands.compared(
                    where, rounds=rounds, seconds=seconds, progress=say
                )
            if only in {None, "lengths"}:
                figures["lengths"] = lengths.by_length(where, rounds=rounds, progress=say)
            if only in {None, "travel"}:
                figures["travel"] = pipeline.travelled(
                    where, rounds=rounds, events=events, progress=say
                )
            if only in {None, "volume"}:
                figures["volume"] = volume.by_volume(
                    where, rounds=rounds, quick=quick, progress=say
                )
    if only in {None, "visible", "screens"}:
        say("all of Interlude, on Kafka")
        with interlude() as (run, folder):
            if only in {None, "visible"}:
                figures["visible"] = visible.acknowledged_to_visible(
                    run, rounds=rounds, seconds=seconds, progress=say
                )
            if only in {None, "screens"}:
                figures["screens"] = screens.read(
                    run, folder, rounds=rounds, seconds=seconds, progress=say
                )
    return figures


if __name__ == "__main__":
    line()
