"""`make status`: each process with its memory, whether it is ready, and the budgets."""

from collections.abc import Mapping

import psutil
from rich.console import Console
from rich.table import Table

from deploy.local.rollout import answers
from deploy.local.run_info import RunInfo, read
from deploy.local.trouble import Trouble
from deploy.local.var import Var

INTERLUDE_MB = 1200
KAFKA_MB = 450

_BACKINGS = {"PostgreSQL", "Kafka"}


def memory_mb(pid: int) -> float:
    """Proportional set size with all children: shared pages count once. 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_own_mb(each) for each in family)


def _own_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def measured(pids: Mapping[str, int]) -> Mapping[str, float]:
    return {
        name: _own_mb(psutil.Process(pid)) if name == "supervisor" else memory_mb(pid)
        for name, pid in pids.items()
    }


def status(var: Var, console: Console) -> bool:
    """Whether all is ready and within its budget. Raises `Trouble` when nothing runs."""
    run, pids = read(var.run_json), var.remembered("processes")
    if run is None or pids is None or var.running_pid() is None:
        raise Trouble("Interlude does not run here. `make run` starts it.")
    megabytes = measured(pids)
    ready = {name: answers(f"{url}/readyz") for name, url in _probes(run).items()}
    console.print(_table(run, pids, megabytes, ready))
    interlude = sum(mb for name, mb in megabytes.items() if name not in _BACKINGS)
    within = [
        _budget(console, "Interlude's processes", interlude, INTERLUDE_MB),
        _budget(console, "Kafka", megabytes.get("Kafka", 0.0), KAFKA_MB),
    ]
    return all(ready.values()) and all(within)


def _probes(run: RunInfo) -> Mapping[str, str]:
    return {"issuer": run.issuer, **run.admin}


def _table(
    run: RunInfo,
    pids: Mapping[str, int],
    megabytes: Mapping[str, float],
    ready: Mapping[str, bool],
) -> Table:
    table = Table(box=None, header_style="dim")
    table.add_column("process")
    for column in ("pid", "port", "admin", "PSS MB"):
        table.add_column(column, justify="right")
    table.add_column("ready")
    for name, pid in pids.items():
        state = {True: "[green]yes[/]", False: "[red]no[/]"}.get(ready.get(name, None), "")  # type: ignore[arg-type]  # None is absent
        table.add_row(
            name,
            str(pid),
            _port(_api(run).get(name)),
            _port(run.admin.get(name)),
            f"{megabytes[name]:.0f}",
            state,
        )
    return table


def _api(run: RunInfo) -> Mapping[str, str]:
    services = {f"{name}-api": url for name, url in run.services.items()}
    return {**services, "gateway-api": run.gateway, "issuer": run.issuer}


def _port(url: str | None) -> str:
    return "" if url is None else url.rpartition(":")[2]


def _budget(console: Console, who: str, megabytes: float, most: int) -> bool:
    within = megabytes < most
    colour = "green" if within else "red"
    console.print(f"{who}: [{colour}]{megabytes:.0f} MB[/] of {most} MB", highlight=False)
    return within
