"""`make status`: each process, whether it is ready, how its work goes, its memory, the budgets."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil
from rich.console import Console
from rich.table import Table

from deploy.local.identity import discovery
from deploy.local.looking import TOO_LONG, Seen, look
from deploy.local.ports import answers
from deploy.local.run_info import RunInfo, read
from deploy.local.trouble import Trouble
from deploy.local.var import Var

PROCESS_MB = 78
"""What a process may take on average, with its caches as full as a day of work makes them."""
KAFKA_MB = 450

_BACKINGS = {"PostgreSQL", "Kafka", "Keycloak"}
_COLOURS = {"ready": "green", "degraded": "yellow", "not ready": "red", "away": "red"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that is said of one run, by process."""

    run: RunInfo
    pids: Mapping[str, int]
    megabytes: Mapping[str, float]
    seen: Mapping[str, Seen]

    @property
    def interlude_mb(self) -> float:
        return sum(mb for name, mb in self.megabytes.items() if name not in _BACKINGS)

    @property
    def budget_mb(self) -> int:
        return PROCESS_MB * len(self.megabytes.keys() - _BACKINGS)

    @property
    def kafka_mb(self) -> float:
        return self.megabytes.get("Kafka", 0.0)

    @property
    def is_well(self) -> bool:
        within = self.interlude_mb < self.budget_mb and self.kafka_mb < KAFKA_MB
        return within and all(each.is_well for each in self.seen.values())


def status(var: Var, console: Console, *, as_json: bool = False) -> bool:
    """Whether all is ready, nothing parked or late, and all within its budget. Raises `Trouble`
    when nothing runs.
    """
    run, pids = read(var.run_json), var.remembered("processes")
    if run is None or pids is None or var.running_pid() is None:
        raise Trouble("Interlude does not run here. `make run` starts it.")
    issuer = Seen(state="ready" if answers(discovery(run.issuer)) else "away")
    found = Status(
        run=run,
        pids=pids,
        megabytes=measured(pids),
        seen={_issuer(pids): issuer, **look(run.admin)},
    )
    if as_json:
        console.print_json(json.dumps(_content(found)))
    else:
        show(found, console)
    return found.is_well


def _issuer(pids: Mapping[str, int]) -> str:
    return "Keycloak" if "Keycloak" in pids else "issuer"


def _content(status: Status) -> Mapping[str, Any]:
    return {
        "well": status.is_well,
        "processes": {
            name: {
                "pid": pid,
                "port": _port(_api(status.run).get(name)) or None,
                "admin": _port(status.run.admin.get(name)) or None,
                "megabytes": round(status.megabytes[name]),
                **(asdict(status.seen[name]) if name in status.seen else {}),
            }
            for name, pid in status.pids.items()
        },
    }


def show(status: Status, console: Console) -> None:
    console.print(_table(status))
    for name, each in status.seen.items():
        if each.failing:
            colour = _COLOURS[each.state]
            console.print(f"[{colour}]{name} is {each.state}: {', '.join(each.failing)}[/]")
    _budget(console, "Interlude's processes", status.interlude_mb, status.budget_mb)
    _budget(console, "Kafka", status.kafka_mb, KAFKA_MB)


def _table(status: Status) -> Table:
    """Not wider than 100 columns."""
    table = Table(box=None, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("process", no_wrap=True)
    for column in ("port", "admin", "MB"):
        table.add_column(column, justify="right")
    table.add_column("state", no_wrap=True)
    for column in ("per s", "waiting", "oldest", "parked", "p50 ms", "p99 ms", "refused"):
        table.add_column(column, justify="right")
    for name in status.pids:
        table.add_row(
            name,
            _port(_api(status.run).get(name)),
            _port(status.run.admin.get(name)),
            f"{status.megabytes[name]:.0f}",
            *_said(status.seen.get(name)),
        )
    return table


def _said(seen: Seen | None) -> tuple[str, ...]:
    """Backings have no admin port."""
    if seen is None:
        return ()
    return (
        f"[{_COLOURS[seen.state]}]{seen.state}[/]",
        "" if seen.per_second is None else f"{seen.per_second:.0f}",
        _count(seen.waiting),
        _age(seen.oldest),
        _red(_count(seen.parked), bad=bool(seen.parked)),
        _milliseconds(seen.p50),
        _milliseconds(seen.p99),
        _red(_count(seen.refused), bad=bool(seen.refused)),
    )


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _age(seconds: float | None) -> str:
    return "" if seconds is None else _red(f"{seconds:.0f} s", bad=seconds >= TOO_LONG)


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.0f}"


def _red(text: str, *, bad: bool) -> str:
    return f"[red]{text}[/]" if bad else text


def _api(run: RunInfo) -> Mapping[str, str]:
    services = {f"{name}-api": url for name, url in run.services.items()}
    issuer = dict.fromkeys(("issuer", "Keycloak"), run.issuer)
    return {**services, "gateway-api": run.gateway, **issuer}


def _port(url: str | None) -> str:
    return "" if url is None else str(urlsplit(url).port)


def _budget(console: Console, who: str, megabytes: float, most: int) -> None:
    colour = "green" if megabytes < most else "red"
    console.print(f"{who}: [{colour}]{megabytes:.0f} MB[/] of {most} MB", highlight=False)
