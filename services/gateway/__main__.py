"""The gateway's processes: `python -m services.gateway --help`."""

import services.gateway
from libs.process import lines
from libs.process.failing import explained
from libs.process.roles import started
from libs.process.settings import Migrating
from libs.process.stopping import end_when_asked
from services.gateway import projector
from services.gateway.settings import ApiSettings

line = lines.line("python -m services.gateway", services.gateway.__doc__)
line.add_typer(projector.line, name="projector")


@line.command()
def api() -> None:
    """Serve GraphQL: queries over the read models, mutations passed on, live subscriptions.

    Reads DATABASE_URL (as gateway_app), KEYRING_URL, MASTER_KEY, ISSUERS, AUDIENCE, CARE_URL,
    ASSIGNMENT_URL, DIARY_URL, REVIEW_URL, CONTRACTS, PORT, ADMIN_PORT, HOST, PROFILE, DOCS,
    INTROSPECTION, MAX_REQUESTS, LOG_FORMAT. Stops on SIGTERM: not ready first, then accepted
    requests are finished.
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


if __name__ == "__main__":
    line()
