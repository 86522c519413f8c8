"""The command line of a service: `python -m services.<name> ROLE`, one process per role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from libs.process import logging
from libs.process.failing import explained
from libs.process.settings import Migrating, Wanted, load
from libs.process.stopping import end_when_asked

_NOT_WHOLE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`about` is what the service owns. `api` and `follow` run until somebody asks to stop; they
    import what they need only then, for every process pays for what it has loaded.
    """

    name: str
    about: str
    api: Callable[[], None]
    follow: Callable[[], None]


def command_line(service: Service) -> typer.Typer:
    """Settings come from the environment; a bad one is named on standard error (exit code 2)."""
    line = typer.Typer(
        name=f"python -m services.{service.name}",
        help=service.about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @line.command()
    def api() -> None:
        """Serve the REST API: commands, and GET by id.

        Reads DATABASE_URL (as <service>_app), KEYRING_URL, MASTER_KEY, ISSUERS, AUDIENCE, PORT,
        ADMIN_PORT, HOST, PROFILE, DOCS, DRAIN_SECONDS, LOG_FORMAT. Stops on SIGTERM: not ready
        first, then (after DRAIN_SECONDS, in which clients notice) accepted requests are finished.
        """
        end_when_asked()
        with explained():
            service.api()

    @line.command()
    def relay() -> None:
        """Publish what was recorded, in order; one relay of a service is active at a time.

        Reads DATABASE_URL (as <service>_relay), BROKER_URL, TOPIC_PREFIX, ADMIN_PORT. Any number
        may run; the others wait.
        """
        end_when_asked()
        from libs.process import relaying  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "relay", relaying.Settings)
        with explained():
            relaying.relay(service.name, settings)

    @line.command()
    def follow() -> None:
        """Follow other services' facts: keep what this one's rules need, and react.

        Reads DATABASE_URL (as <service>_app), KEYRING_URL, MASTER_KEY, BROKER_URL, TOPIC_PREFIX,
        ADMIN_PORT.
        """
        end_when_asked()
        with explained():
            service.follow()

    @line.command()
    def migrate() -> None:
        """Bring this service's schema to its head. Safe to repeat, and to run while serving.

        Reads MIGRATION_DATABASE_URL (as <service>_owner).
        """
        from libs.process import tending  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "migrate", Migrating)
        with explained():
            tending.migrated(service.name, settings)

    @line.command()
    def republish(
        stream: Annotated[str | None, typer.Option(help="Only this stream, by its name.")] = None,
    ) -> None:
        """Send the whole topic again from the store, byte for byte, and end.

        Takes the relay's lease meanwhile. Readers know what they have by its versions. Reads
        DATABASE_URL (as <service>_relay), BROKER_URL, TOPIC_PREFIX.
        """
        from libs.process import relaying  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "republish", relaying.Settings)
        with explained():
            count = relaying.republished(service.name, settings, stream)
        typer.echo(f"{count} facts were sent again.")

    @line.command("store-verify")
    def store_verify() -> None:
        """Check every link of every chain, every version and every stream's head.

        Reads DATABASE_URL (as <service>_relay) and MASTER_KEY. Exit code 1 if anything is missing
        or was changed.
        """
        from libs.process import tending  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "store-verify", tending.VerifySettings)
        with explained():
            found = tending.verified(service.name, settings)
        typer.echo(
            f"{found.events} events in {found.streams} streams, {found.waiting} to be published: "
            + ("whole." if found.whole else f"{len(found.faults)} faults, {found.stray} strays.")
        )
        if not found.whole:
            raise typer.Exit(_NOT_WHOLE)

    return line


def started(service: str, role: str, kind: type[Wanted]) -> Wanted:
    """The settings, with logging and tracing as they say."""
    settings = load(kind)
    logging.configure(service, role, settings.log_format)
    if settings.traces is not None:
        from libs.tracing import exporting  # noqa: PLC0415 - nobody else pays for OpenTelemetry

        exporting.begin(service, role, settings.traces)
    return settings
