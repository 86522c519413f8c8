"""`make run`: everything up, in order; until somebody stops it or a part falls."""

import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Protocol

from deploy.local import child
from deploy.local.backing import Backing
from deploy.local.choices import Choices
from deploy.local.ground import Ground, lay
from deploy.local.ports import is_free
from deploy.local.processes import PROCESSES, Place, Ports
from deploy.local.rollout import Rollout, Stopped
from deploy.local.run_info import RunInfo
from deploy.local.schemas import ROOT
from deploy.local.supervisor import Fallen, Logs, Supervisor
from deploy.local.terminal import Terminal
from deploy.local.trouble import Trouble
from deploy.local.var import Var
from deploy.local.welcome import welcome

EVERY_SETTING = frozenset(
    {setting for process in PROCESSES for setting in process.needs}
    | {"MIGRATION_DATABASE_URL", "ISSUER", "KEY_FILE", "BROKER", "IDENTITY", "PORT_BASE"}
)
"""What a child gets from us alone, never from the environment that `make run` was called in."""


def run(var: Var, choices: Choices, terminal: Terminal) -> None:
    """Returns after a wished stop. Raises `Trouble` for anything else."""
    with var.only_run(), ExitStack() as stack:
        # A run that was killed could not remove it.
        var.run_json.unlink(missing_ok=True)
        stack.callback(var.run_json.unlink, missing_ok=True)
        ports = Ports(choices.port_base)
        must_be_free(ports, choices)
        ground = lay(var, choices, ports, terminal, stack)
        _supervise(var, ground, terminal)


def _supervise(var: Var, ground: Ground, terminal: Terminal) -> None:
    logs = Logs(var.logs)
    supervisor = Supervisor(logs)
    patient = {each.name for each in PROCESSES if each.patient}
    for name, (argv, environment) in children(var, ground).items():
        started = child.argv(argv, patient=name in patient)
        supervisor.add_process(name, started, env=environment, cwd=str(ROOT))
    for backing in ground.backings:
        watch(backing, supervisor)
    meanwhile = _Meanwhile(var, ground, terminal, supervisor)
    supervisor.run(meanwhile)
    logs.close()
    var.forget("processes")
    if supervisor.fallen is not None:
        raise Trouble(_of(supervisor.fallen, var))
    if meanwhile.trouble is not None:
        raise meanwhile.trouble


def children(var: Var, ground: Ground) -> Mapping[str, tuple[list[str], dict[str, str]]]:
    """Each with its arguments and its whole environment."""
    inherited = {name: value for name, value in os.environ.items() if name not in EVERY_SETTING}
    ours = {
        process.name: (
            [sys.executable, *process.command],
            inherited | ground.place.environment(process),
        )
        for process in PROCESSES
    }
    if ground.identity.kind == "keycloak":
        return ours
    issuer = _issuer_settings(var, ground.place)
    return {"issuer": ([sys.executable, "-m", "deploy.local.issuer"], inherited | issuer), **ours}


def _issuer_settings(var: Var, place: Place) -> dict[str, str]:
    return {
        "PROFILE": "local",
        "ISSUER": place.issuer,
        "KEY_FILE": str(var.issuer_key),
        "AUDIENCE": place.audience,
        "PORT": str(place.ports.issuer),
    }


def must_be_free(ports: Ports, choices: Choices) -> None:
    issuers = {"development": ("issuer", ports.issuer), "keycloak": ("Keycloak", ports.keycloak)}
    wanted = {
        **dict([issuers[choices.identity]]),
        "gateway": ports.api("gateway"),
        **{f"{process.name} (admin)": ports.admin(process) for process in PROCESSES},
        **{process.service: ports.api(process.service) for process in PROCESSES},
    }
    if choices.database_url is None:
        wanted["PostgreSQL"] = ports.postgres
    if choices.broker in {None, "kafka"}:
        wanted |= {"Kafka": ports.kafka, "Kafka's controller": ports.kafka_controller}
    for who, port in wanted.items():
        if not is_free(port):
            raise Trouble(
                f"Port {port}, wanted for {who}, is taken by another program. "
                f"Stop that, or move all ports together: PORT_BASE={ports.base + 1000} make run."
            )


class Told(Protocol):
    """Whom a fall is reported to: the supervisor, which then stops everything."""

    def fell(self, fallen: Fallen, /) -> None: ...


def watch(backing: Backing, told: Told) -> threading.Thread:
    def watch_until_it_ends() -> None:
        status = backing.process.wait()
        told.fell(Fallen(backing.name, status, backing.last_lines()))

    watching = threading.Thread(
        target=watch_until_it_ends, name=f"watching {backing.name}", daemon=True
    )
    watching.start()
    return watching


class _Meanwhile:
    """Beside the supervisor, which holds the main thread because signals arrive there."""

    def __init__(
        self, var: Var, ground: Ground, terminal: Terminal, supervisor: Supervisor
    ) -> None:
        self.trouble: Exception | None = None
        self._var = var
        self._ground = ground
        self._terminal = terminal
        self._supervisor = supervisor

    def __call__(self) -> None:
        try:
            run = self._roll_out()
            welcome(run, self._ground, self._var, self._terminal.console)
        except Stopped:
            return
        except Exception as trouble:  # noqa: BLE001 - raised again in the main thread
            self.trouble = None if self._supervisor.stopping.is_set() else trouble
            self._supervisor.terminate()

    def _roll_out(self) -> RunInfo:
        rollout = Rollout(
            place=self._ground.place,
            identity=self._ground.identity,
            target=self._ground.target,
            var=self._var,
            terminal=self._terminal,
            stopping=self._supervisor.stopping.is_set,
        )
        run = rollout.run()
        self._var.remember("processes", self._pids())
        return run

    def _pids(self) -> Mapping[str, int]:
        backings = {backing.name: backing.process.pid for backing in self._ground.backings}
        return {"supervisor": os.getpid(), **backings, **self._supervisor.pids()}


def _of(fallen: Fallen, var: Var) -> str:
    last = "\n".join(f"  {line}" for line in fallen.last_lines) or "  (it said nothing)"
    return (
        f"{fallen.name} {_how(fallen.status)}, so everything was stopped. "
        f"Its last lines (all of them are in {var.logs}):\n{last}"
    )


def _how(status: int) -> str:
    if status < 0:
        return f"was killed ({signal.Signals(-status).name})"
    return f"ended by itself (status {status})"
