"""The gateway's processes: `python -m services.gateway --help`."""

from typing import Annotated

import typer

import services.gateway
from libs.process import lines
from libs.process.audit_line import audit
from libs.process.failing import explained
from libs.process.roles import started
from libs.process.settings import Database, Migrating
from libs.process.stopping import end_when_asked
from services.gateway import projector
from services.gateway.settings import AnalyticsSettings, ApiSettings, RotatingSettings

line = lines.line("python -m services.gateway", services.gateway.__doc__)
line.add_typer(projector.line, name="projector")
line.add_typer(audit("gateway"), name="audit")


@line.command()
def api() -> None:
    """Serve GraphQL: queries over the read models, mutations passed on, live subscriptions.

    Reads DATABASE_URL (as gateway_app), KEYRING_URL, KEYRING_KEYS, MASTER_KEY, ISSUERS, AUDIENCE,
    CARE_URL, ASSIGNMENT_URL, DIARY_URL, REVIEW_URL, CONTRACTS, PORT, ADMIN_PORT, HOST, PROFILE,
    DOCS, DRAIN_SECONDS, INTROSPECTION, MAX_REQUESTS, REQUESTS_PER_SECOND, REQUESTS_AT_ONCE,
    EXPORTS_PER_HOUR, EXPORTS_AT_ONCE, LOG_FORMAT. Stops on SIGTERM: not ready first, then (after
    DRAIN_SECONDS, in which clients notice) accepted requests are finished.
    """
    end_when_asked()
    settings = started("gateway", "api", ApiSettings)
    from services.gateway.app import serve  # noqa: PLC0415 - the other roles need no web framework

    with explained():
        serve(settings)


@line.command()
def migrate() -> None:
    """Bring the gateway's schema to its head. Safe to repeat, and to run while serving.

    Reads MIGRATION_DATABASE_URL (as gateway_owner).
    """
    settings = started("gateway", "migrate", Migrating)
    from libs.process import tending  # noqa: PLC0415 - every process pays for what it has loaded

    with explained():
        tending.migrated("gateway", settings)


analysts = lines.group(invoke_without_command=True)
line.add_typer(analysts, name="analytics")


@analysts.callback()
def analytics(context: typer.Context) -> None:
    """Derive the analytics topic from the topics of all services, and publish it.

    Only of patients who have consented; see services/gateway/analytics. Reads DATABASE_URL (as
    gateway_analytics), CHAIN_KEYS, ANALYTICS_KEYS, BROKER_URL, TOPIC_PREFIX, PARTITIONS,
    ADMIN_PORT, LOG_FORMAT, ANALYTICS_SETTLE_SECONDS, ANALYTICS_HOLD_HOURS,
    ANALYTICS_RETENTION_DAYS. Several may run: the partitions are shared among them.
    """
    if context.invoked_subcommand is not None:
        return
    end_when_asked()
    settings = started("gateway", "analytics", AnalyticsSettings)
    from services.gateway.analytics import role  # noqa: PLC0415 - the API needs no broker

    with explained():
        role.analytics(settings)


@analysts.command("rotate")
def rotate() -> None:
    """Begin a new epoch: from now on every patient goes by another pseudonym, and end.

    What was published stays, and cannot be linked to what comes. Refuses where the running role has
    no key for it. Reads DATABASE_URL (as gateway_analytics), ANALYTICS_KEYS.
    """
    settings = started("gateway", "rotate", RotatingSettings)
    from services.gateway.analytics import role  # noqa: PLC0415 - as above

    with explained():
        epoch = role.rotated(settings)
    typer.echo(f"Epoch {epoch} has begun.")


@analysts.command("retry")
def retry_analytics(
    stream: Annotated[str | None, typer.Option(help="Only this stream, by its name.")] = None,
) -> None:
    """Have the running role try again what it parked, and end.

    Reads DATABASE_URL (as gateway_analytics).
    """
    settings = started("gateway", "retry", Database)
    from services.gateway.analytics import role  # noqa: PLC0415 - as above

    with explained():
        count = role.wished(settings, stream)
    typer.echo(f"{count} records will be tried again.")


if __name__ == "__main__":
    line()
