"""`python -m services.gateway projector`: the role, and what an operator does to its tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from libs.process import lines
from libs.process.failing import explained
from libs.process.roles import started
from libs.process.settings import Database, Migrating
from libs.process.stopping import end_when_asked
from services.gateway.settings import ProjectorSettings, RebuildSettings

if TYPE_CHECKING:
    from libs.eventstore.comparing import Difference

_DIFFERS = 1

line = lines.group(invoke_without_command=True)


def _known(name: str) -> str:
    from services.gateway.projections.everything import BY_NAME  # noqa: PLC0415 - as below

    if name not in BY_NAME:
        raise typer.BadParameter(f"there are {', '.join(BY_NAME)}.", param_hint="NAME")
    return name


Name = Annotated[str, typer.Argument(callback=_known, help="A projection, as `status` lists them.")]


@line.callback()
def projector(context: typer.Context) -> None:
    """Turn the topics of all services into the read models.

    Whoever was erased is removed from them, and care is told so. Reads DATABASE_URL (as
    gateway_projector), CHAIN_KEYS, BROKER_URL, TOPIC_PREFIX, CARE_URL, PASS_KEYS, ADMIN_PORT,
    LOG_FORMAT. Several may run: the partitions are shared among them.
    """
    if context.invoked_subcommand:
        return
    end_when_asked()
    settings = started("gateway", "projector", ProjectorSettings)
    from services.gateway.projecting import project  # noqa: PLC0415 - the API needs no broker

    with explained():
        project(settings)


@line.command()
def status(*, as_json: lines.AsJson = False) -> None:
    """Show how far each projection is, how far behind, and how many streams are parked.

    Reads DATABASE_URL (as gateway_projector), BROKER_URL, TOPIC_PREFIX.
    """
    from libs.process import looking  # noqa: PLC0415 - as above
    from services.gateway import operating  # noqa: PLC0415 - as above

    settings = started("gateway", "projector status", looking.Looking)
    with explained():
        looking.tell(operating.status(settings), as_json=as_json)


@line.command()
def rebuild(
    name: Name,
    *,
    drop: Annotated[
        bool, typer.Option("--drop", help="Only drop the old tables of the last rebuild.")
    ] = False,
) -> None:
    """Make a projection anew from the topics, beside the live one, and switch to it.

    Nobody is interrupted. Stopped and run again, it goes on where it was. The old tables are kept
    until --drop. Reads DATABASE_URL (as gateway_projector), MIGRATION_DATABASE_URL (as
    gateway_owner), CHAIN_KEYS, BROKER_URL, TOPIC_PREFIX; with --drop MIGRATION_DATABASE_URL only.
    """
    if drop:
        _drop(name)
        return
    settings = started("gateway", "projector rebuild", RebuildSettings)
    from services.gateway import operating  # noqa: PLC0415 - as above

    with explained():
        found = operating.rebuilt(settings, name)
    typer.echo(
        f"{name} is rebuilt and live. The old tables {_told(found, 'the old', 'the new')}. "
        f"They are kept until `projector rebuild {name} --drop`."
    )


@line.command()
def verify(name: Name) -> None:
    """Make a projection anew beside the live one, and compare them row for row.

    Changes nothing. Exit code 1 if anything differs. Reads what `rebuild` reads.
    """
    settings = started("gateway", "projector verify", RebuildSettings)
    from services.gateway import operating  # noqa: PLC0415 - as above

    with explained():
        found = operating.verified(settings, name)
    typer.echo(f"{name}: the live tables {_told(found, 'the live', 'the rebuilt')}.")
    if any(found):
        raise typer.Exit(_DIFFERS)


@line.command()
def retry(stream: lines.OneStream = None) -> None:
    """Have the running projector try again what it parked, and end.

    Reads DATABASE_URL (as gateway_projector). Look at the projector's log for how it went.
    """
    from libs.eventstore.projecting import LIVE  # noqa: PLC0415 - as above
    from libs.process import looking  # noqa: PLC0415 - as above

    settings = started("gateway", "projector retry", Database)
    with explained():
        count = looking.retried(settings, [LIVE], stream)
    typer.echo(f"{count} records will be tried again.")


@line.command()
def parked(*, as_json: lines.AsJson = False) -> None:
    """List what the gateway's readers have parked: where it lies, and why. Never what it says.

    Reads DATABASE_URL (as gateway_projector).
    """
    from libs.process import dismissing, looking  # noqa: PLC0415 - as above

    settings = started("gateway", "projector parked", Database)
    with explained():
        looking.tell(dismissing.parked(settings), as_json=as_json)


@line.command()
def dismiss(place: lines.OnePlace) -> None:
    """Have no reader park again what a stranger wrote at PLACE. A fact of ours is refused.

    Reads the whole topic for that. Reads DATABASE_URL (as gateway_projector), CHAIN_KEYS,
    BROKER_URL, TOPIC_PREFIX.
    """
    from libs.process import dismissing  # noqa: PLC0415 - as above
    from services.gateway.contracts import SERVICES  # noqa: PLC0415 - as above

    settings = started("gateway", "projector dismiss", dismissing.Judging)
    with explained():
        dismissing.dismissed(settings, SERVICES, place)
    typer.echo(f"{place} is dismissed.")


def _drop(name: str) -> None:
    settings = started("gateway", "projector rebuild", Migrating)
    from services.gateway import operating  # noqa: PLC0415 - as above

    with explained():
        count = operating.dropped(settings, name)
    typer.echo(f"{count} old tables of {name} were dropped.")


def _told(found: "Sequence[Difference]", live: str, rebuilt: str) -> str:
    ours = sum(each.only_live for each in found)
    theirs = sum(each.only_rebuilt for each in found)
    if not ours and not theirs:
        return f"equal {rebuilt} ones, row for row"
    return f"differ: {ours} rows are only in {live} ones, {theirs} only in {rebuilt} ones"
