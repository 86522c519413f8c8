"""What the services stand on: a PostgreSQL with its schemas, a broker, and who says who is who."""

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass

from deploy.local import child, database, identity
from deploy.local.backing import Backing
from deploy.local.broker import Brokers, Chosen
from deploy.local.choices import Choices
from deploy.local.postgres import Postgres
from deploy.local.processes import Place, Ports
from deploy.local.schemas import ROOT, SCHEMAS, apply_roles
from deploy.local.terminal import Say, Terminal
from deploy.local.trouble import Trouble
from deploy.local.var import Var

_BROKERS = {"kafka": "Apache Kafka", "embedded": "embedded log", "given": "BROKER_URL's"}
_MIGRATION_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Ground:
    place: Place
    target: database.Target
    broker: Chosen
    identity: identity.Identity
    backings: tuple[Backing, ...]


def lay(var: Var, choices: Choices, ports: Ports, terminal: Terminal, stack: ExitStack) -> Ground:
    """`stack` holds what was started. Raises `Trouble`."""
    with terminal.step("PostgreSQL") as say:
        target, postgres = _database(var, choices, ports, stack)
        say("private" if postgres else "DATABASE_URL's")
    with terminal.step("Roles, schemas and tables") as say:
        apply_roles(target.url)
        target.set_passwords()
        _migrate(target, say)
    with terminal.step("Broker") as say:
        brokers = Brokers(
            var=var,
            ports=ports,
            embedded_url=target.url_as("broker_app"),
            stack=stack,
            progress=lambda done, of: say(f"fetching Apache Kafka, jar {done} of {of}"),
        )
        broker = brokers.choose(choices)
        say(_BROKERS[broker.kind])
    if broker.instead is not None:
        terminal.warn(f"No Kafka, so the embedded log stands in for it. {broker.instead}")
    provider = _provider(var, choices, ports, terminal, stack)
    place = Place(
        ports=ports,
        url_as=target.url_as,
        broker_url=broker.url,
        issuer=provider.issuers,
        audience=choices.audience,
        collector=choices.collector,
        master_key=target.master,
        keyring_keys=choices.keyring_keys,
    )
    started = (postgres, broker.backing, provider.backing)
    return Ground(
        place=place,
        target=target,
        broker=broker,
        identity=provider,
        backings=tuple(backing for backing in started if backing is not None),
    )


def _provider(
    var: Var, choices: Choices, ports: Ports, terminal: Terminal, stack: ExitStack
) -> identity.Identity:
    if choices.identity == "development":
        return identity.development(ports)
    with terminal.step("Keycloak") as say:
        provider = identity.keycloak(var, ports, stack, say)
        say("believed instead of the development issuer")
    return provider


def _database(
    var: Var, choices: Choices, ports: Ports, stack: ExitStack
) -> tuple[database.Target, Backing | None]:
    master = choices.master_key or var.master_key()
    if choices.database_url is not None:
        target = database.Target(choices.database_url, master)
        target.must_answer()
        return target, None
    server = Postgres(folder=var.postgres, port=ports.postgres)
    backing = stack.enter_context(server.running())
    database.make_in(server.url())
    return database.Target(server.url(database=database.NAME), master), backing


def _migrate(target: database.Target, say: Say) -> None:
    # In a process of its own: what Alembic needs in memory would stay with the supervisor.
    owners = [f"{schema}_owner" for schema in SCHEMAS]
    urls = {owner: target.url_as(owner) for owner in owners}
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        child.argv([sys.executable, "-m", "deploy.local.migrations"]),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        said, complained = process.communicate(json.dumps(urls), timeout=_MIGRATION_SECONDS)
    if process.returncode != 0:
        raise Trouble(f"The tables could not be made:\n{complained.strip()[-2000:]}")
    say(f"{len(said.split())} schemas")
