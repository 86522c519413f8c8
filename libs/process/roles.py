"""The command line of a service: `python -m services.<name> ROLE`, one process per role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from libs.process import lines
from libs.process.audit_line import audit
from libs.process.failing import explained
from libs.process.settings import Database, Migrating
from libs.process.starting import started
from libs.process.stopping import end_when_asked

if TYPE_CHECKING:
    from libs.process.following import Following

__all__ = ["Service", "command_line", "started"]

_NOT_WHOLE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`about` is what the service owns. `api` runs until somebody asks to stop, and so does
    `clock`, where time alone changes something. What they need is imported only then, as is
    `following`: every process pays for what it has loaded.
    """

    name: str
    about: str
    api: Callable[[], None]
    following: Callable[[], "Following"]
    clock: Callable[[], None] | None = None


def command_line(service: Service) -> typer.Typer:
    """Settings come from the environment; a bad one is named on standard error (exit code 2)."""
    line = lines.line(f"python -m services.{service.name}", service.about)
    line.add_typer(_follow(service), name="follow")
    line.add_typer(_store(service), name="store")
    line.add_typer(audit(service.name), name="audit")
    if service.clock is not None:
        line.command("clock")(_clock(service.clock))

    @line.command()
    def api() -> None:
        """Serve the REST API: commands, and GET by id.

        Reads DATABASE_URL (as <service>_app), KEYRING_URL (as keyring_app; care, which makes keys,
        as keyring_writer), KEYRING_KEYS, MASTER_KEY, ISSUERS, AUDIENCE, PORT, ADMIN_PORT, HOST,
        PROFILE, DOCS, DRAIN_SECONDS, REQUESTS_PER_SECOND, REQUESTS_AT_ONCE, LOG_FORMAT. Stops on
        SIGTERM: not ready first, then (after DRAIN_SECONDS, in which clients notice) accepted
        requests are finished.
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
        stream: lines.OneStream = None,
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

    return line


def _clock(tick: Callable[[], None]) -> Callable[[], None]:
    def clock() -> None:
        """Let time pass: what has closed expires, what comes in sight is published.

        Reads DATABASE_URL (as <service>_clock), CHAIN_KEYS, ADMIN_PORT. Any number may run; the
        others wait. After a pause it catches up.
        """
        end_when_asked()
        with explained():
            tick()

    return clock


def _follow(service: Service) -> typer.Typer:
    follow = lines.group(invoke_without_command=True)

    @follow.callback()
    def run(context: typer.Context) -> None:
        """Follow other services' facts: keep what this one's rules need, and react.

        Reads DATABASE_URL (as <service>_follow), BROKER_URL, TOPIC_PREFIX, ADMIN_PORT. Where a
        reaction records text, KEYRING_KEYS and MASTER_KEY; where none does, CHAIN_KEYS. Where one
        needs a key, or destroys it, KEYRING_URL (as keyring_app; care, which destroys them, as
        keyring_writer).
        """
        if context.invoked_subcommand:
            return
        end_when_asked()
        from libs.process import following  # noqa: PLC0415 - as said at `Service`

        with explained():
            followed = service.following()
            settings = started(service.name, "follow", followed.settings)
            following.follow_until_stopped(service.name, settings, followed)

    @follow.command()
    def status(*, as_json: lines.AsJson = False) -> None:
        """Show how far it has come: what it keeps and its reactions, each by itself.

        Reads DATABASE_URL (as <service>_follow), BROKER_URL, TOPIC_PREFIX.
        """
        from libs.process import following, looking  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "follow status", looking.Looking)
        with explained():
            followed = service.following()
            topics = following.topics(followed, settings)
            looking.tell(looking.looked_at(settings, followed.readers, topics), as_json=as_json)

    @follow.command()
    def retry(stream: lines.OneStream = None) -> None:
        """Have the running follower try again what it parked, and end.

        Reads DATABASE_URL (as <service>_follow). Look at the follower's log for how it went.
        """
        from libs.process import looking  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "follow retry", Database)
        with explained():
            count = looking.retried(settings, service.following().readers, stream)
        typer.echo(f"{count} records will be tried again.")

    @follow.command()
    def parked(*, as_json: lines.AsJson = False) -> None:
        """List what it has parked: where it lies, and why. Never what it says.

        Reads DATABASE_URL (as <service>_follow).
        """
        from libs.process import dismissing, looking  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "follow parked", Database)
        with explained():
            looking.tell(dismissing.parked(settings), as_json=as_json)

    @follow.command()
    def dismiss(place: lines.OnePlace) -> None:
        """Have it not park again what a stranger wrote at PLACE. A fact of ours is refused.

        Reads the whole topic for that. Reads DATABASE_URL (as <service>_follow), CHAIN_KEYS,
        BROKER_URL, TOPIC_PREFIX.
        """
        from libs.process import dismissing  # noqa: PLC0415 - as said at `Service`

        settings = started(service.name, "follow dismiss", dismissing.Judging)
        with explained():
            dismissing.dismissed(settings, service.following().services, place)
        typer.echo(f"{place} is dismissed.")

    return follow


def _store(service: Service) -> typer.Typer:
    store = lines.group()

    @store.callback()
    def about() -> None:
        """Look after the record."""

    @store.command("verify")
    def verify(
        *,
        store_only: Annotated[bool, typer.Option(help="Do not compare it with the topic.")] = False,
    ) -> None:
        """Check every link of every chain, and that store and topic say the same.

        Reads DATABASE_URL (as <service>_relay), CHAIN_KEYS, BROKER_URL and TOPIC_PREFIX. Exit
        code 1 if anything is missing, differs or was changed.
        """
        from libs.process import tending  # noqa: PLC0415 - as said at `Service`

        with explained():
            kind = tending.VerifySettings if store_only else tending.AgreeSettings
            found = tending.verified(service.name, started(service.name, "store verify", kind))
        for part in found:
            typer.echo(str(part))
        if not all(part.whole for part in found):
            raise typer.Exit(_NOT_WHOLE)

    return store
