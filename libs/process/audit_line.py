"""`audit verify` and `audit search`, the same for every process that writes one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from libs.process import lines
from libs.process.failing import explained
from libs.process.settings import Database
from libs.process.starting import started

_NOT_WHOLE = 1


def _instant(told: str | None) -> datetime | None:
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise typer.BadParameter("this takes a date, or a time with its offset.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Id = Annotated[UUID | None, typer.Option(metavar="ID")]


def audit(service: str) -> typer.Typer:
    group = lines.group()

    @group.callback()
    def about() -> None:
        """Look after what was written down of who looked at what, and who wrote it."""

    @group.command("verify")
    def verify(
        *,
        heads: Annotated[
            Path | None,
            typer.Option(help="Where an earlier run has left how far it came, and this one will."),
        ] = None,
    ) -> None:
        """Check that every record is there, unchanged, and found under its patients.

        What was cut off at the end is seen only with --heads, as far as the earlier run had come.
        Reads DATABASE_URL (as <service>_auditor), AUDIT_KEYS. Exit code 1 if anything is wrong.
        """
        from libs.process import auditing  # noqa: PLC0415 - every process pays for what it has loaded

        settings = started(service, "audit verify", auditing.VerifySettings)
        with explained():
            found = auditing.verified(service, settings, auditing.remembered(heads))
        for fault in found.faults:
            typer.echo(str(fault))
        typer.echo(str(found))
        if not found.whole:
            raise typer.Exit(_NOT_WHOLE)
        if heads is not None:
            auditing.remember(heads, found.heads)

    @group.command("search")
    def search(
        *,
        patient: Id = None,
        person: Id = None,
        since: Annotated[str | None, typer.Option(help="From when (UTC unless it says).")] = None,
        until: Annotated[str | None, typer.Option(help="Until before when.")] = None,
        as_json: lines.AsJson = False,
    ) -> None:
        """List what was done about a patient, or by a person: ids, codes and times.

        Reads DATABASE_URL (as <service>_auditor). With --json each is an object on a line.
        """
        import json  # noqa: PLC0415 - as above

        from libs.audit.searching import Wanted  # noqa: PLC0415 - as above
        from libs.process import auditing  # noqa: PLC0415 - as above

        settings = started(service, "audit search", Database)
        if (patient is None) == (person is None):
            raise typer.BadParameter("Give one of --patient and --person.")
        wanted = Wanted(
            patient_id=patient,
            person_id=person,
            since=_instant(since) or datetime.min.replace(tzinfo=UTC),
            until=_instant(until) or datetime.max.replace(tzinfo=UTC),
        )
        with explained():
            for kept in auditing.found(service, settings, wanted):
                typer.echo(json.dumps(auditing.said(kept)) if as_json else auditing.line(kept))

    return group
