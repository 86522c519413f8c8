"""The gateway's processes: `python -m services.gateway --help`."""

import typer

import services.gateway
from libs.process import workers
from libs.process.failing import explained
from libs.process.roles import started
from libs.process.settings import Migrating
from services.gateway.settings import ApiSettings, ProjectorSettings

line = typer.Typer(
    name="python -m services.gateway",
    help=services.gateway.__doc__,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@line.command()
def api() -> None:
    """Serve GraphQL: queries over the read models, mutations passed on, live subscriptions.

    Reads DATABASE_URL (as gateway_app), KEYRING_URL, MASTER_KEY, ISSUERS, AUDIENCE, CARE_URL,
    ASSIGNMENT_URL, DIARY_URL, REVIEW_URL, CONTRACTS, PORT, ADMIN_PORT, HOST, PROFILE, DOCS,
    INTROSPECTION, MAX_REQUESTS, LOG_FORMAT. Stops on SIGTERM: not ready first, then accepted
    requests are finished.
    """
    settings = started("gateway", "api", ApiSettings)
    from services.gateway.app import serve  # noqa: PLC0415 - the other roles need no web framework

    with explained():
        serve(settings)


@line.command()
def projector() -> None:
    """Turn the topics of all services into the read models.

    Reads DATABASE_URL (as gateway_projector), MASTER_KEY, BROKER_URL, TOPIC_PREFIX, ADMIN_PORT,
    LOG_FORMAT. Several may run: the partitions are shared among them.
    """
    settings = started("gateway", "projector", ProjectorSettings)
    from services.gateway.projecting import project  # noqa: PLC0415 - the API needs no broker

    with explained():
        project(settings)


@line.command()
def migrate() -> None:
    """Bring the gateway's schema to its head. Safe to repeat, and to run while serving.

    Reads MIGRATION_DATABASE_URL (as gateway_owner).
    """
    settings = started("gateway", "migrate", Migrating)
    with explained():
        workers.bring_to_head("gateway", settings)


if __name__ == "__main__":
    line()
