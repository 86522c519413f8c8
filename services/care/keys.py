"""`python -m services.care keys`: which keys wrap those in the keyring, and rotating them."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from libs.process import lines
from libs.process.failing import explained
from libs.process.roles import started
from libs.process.settings import Keyring

_SPOILT = 1

line = lines.group()


def _instant(given: str) -> datetime:
    with suppress(ValueError):
        instant = datetime.fromisoformat(given)
        if instant.tzinfo is not None:
            return instant
    raise typer.BadParameter(
        "this takes an instant as 2026-11-28T01:00:00+00:00.", param_hint="--made-before"
    )


@line.callback()
def about() -> None:
    """Look after the keys of what people write."""


@line.command()
def status(*, as_json: lines.AsJson = False) -> None:
    """Show by which numbers keys are wrapped, how many, and which KEYRING_KEYS are needed still.

    Reads KEYRING_URL (as keyring_rotator).
    """
    from libs.process import looking, rotating  # noqa: PLC0415 - every process pays for its imports

    settings = started("care", "keys status", Keyring)
    with explained():
        looking.tell(rotating.status(settings), as_json=as_json)


@line.command()
def rewrap() -> None:
    """Wrap all keys by the highest number of KEYRING_KEYS, while everybody works on, and end.

    First give every process that number beside the former ones, and start them again; once this
    is done, take those away that it says are not needed. Stopped or killed, it goes on where it
    was. Reads KEYRING_URL (as keyring_rotator), KEYRING_KEYS.
    """
    from libs.process import rotating  # noqa: PLC0415 - as above

    settings = started("care", "keys rewrap", rotating.Rotating)
    with explained():
        found = rotating.rewrapped(settings)
    typer.echo(f"{found.keys - found.spoilt:,} keys are wrapped by number {found.number}.")
    if found.left:
        typer.echo(f"None is by {', '.join(map(str, found.left))}: KEYRING_KEYS can do without.")
    if found.spoilt:
        typer.echo(
            f"{found.spoilt:,} keys do not open and stay as they are (wrap-broken).", err=True
        )
        raise typer.Exit(_SPOILT)


@line.command()
def renew(
    *,
    clinic: Annotated[UUID, typer.Option(help="Whose patients and therapists.")],
    person: Annotated[UUID | None, typer.Option(help="Only this patient or therapist.")] = None,
    made_before: Annotated[
        datetime | None,
        typer.Option(parser=_instant, metavar="INSTANT", help="Only keys that are older."),
    ] = None,
) -> None:
    """Begin newer keys, under which everything is sealed from now on, and end.

    What was sealed before still opens under the former ones, which stay. A process goes on with
    what it holds for at most a minute. Reads KEYRING_URL (as keyring_rotator), KEYRING_KEYS.
    """
    from libs.process import rotating  # noqa: PLC0415 - as above

    settings = started("care", "keys renew", rotating.Rotating)
    with explained():
        count = rotating.renewed(settings, clinic, person, made_before)
    typer.echo(f"{count:,} keys have been followed by newer ones.")
