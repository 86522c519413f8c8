"""The roles of the publishing side: `relay`, and `republish` by hand."""

import time
from contextlib import closing
from datetime import UTC, datetime

from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.messaging.relay import Relay
from libs.messaging.republish import republish
from libs.process import admin
from libs.process.admin import Readiness
from libs.process.checking import at_head
from libs.process.collector import settle_collector
from libs.process.settings import Database, Publishing
from libs.process.stopping import on_signals


class Settings(Database, Publishing):
    """What `relay` and `republish` read; the database as `<service>_relay`."""


def relay(service: str, settings: Settings) -> None:
    """Until somebody asks to stop; the batch at hand is finished."""
    broker = connect(settings.broker_url.get_secret_value())
    relaying = Relay(
        settings.database_url.get_secret_value(),
        broker,
        service=service,
        topic=topic_of(service, settings.topic_prefix),
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        partitions=settings.partitions,
    )
    stop, url = on_signals(), settings.database_url.get_secret_value()
    readiness = Readiness(
        {"relaying": lambda: relaying.standing, "schema": at_head(url, service)},
        stopping=stop.is_set,
    )
    with (
        closing(broker),
        admin.serving(readiness, port=settings.admin_port, host=settings.host),
    ):
        settle_collector()
        relaying.run(stop)


def republished(service: str, settings: Settings, stream: str | None) -> int:
    """How many facts were sent again."""
    from libs.process.showing import shown  # noqa: PLC0415 - a relay shows nothing to anybody

    with (
        closing(connect(settings.broker_url.get_secret_value())) as broker,
        shown(
            f"{service}: sending again",
            interrupted="Stopped, as asked. Nothing is lost: run it again, from the beginning.",
        ) as told,
    ):
        return republish(
            settings.database_url.get_secret_value(),
            broker,
            service=service,
            topic=topic_of(service, settings.topic_prefix),
            partitions=settings.partitions,
            stream=stream,
            progress=told,
        )
