"""The homework's `clock` role, put together."""

from libs.process import admin, parts, serving
from libs.process.admin import Readiness
from libs.process.collector import settle_collector
from libs.process.parts import Signs
from libs.process.roles import started
from libs.process.stopping import on_signals_async
from services.assignment import wire
from services.assignment.clock import Clock

_CONNECTIONS = 3
"""One holds the lease, and one looks; one more for the probes."""


class Settings(Signs):
    """What `clock` reads: what time does to homework has no private text in it, so that it needs
    neither the master key nor a keyring.
    """


def serve() -> None:
    serving.run(_tick(started("assignment", "clock", Settings)))


async def _tick(settings: Settings) -> None:
    async with parts.opened("assignment", "clock", settings, size=_CONNECTIONS) as built:
        clock = Clock(
            built.pool, built.desk(wire.assignments), now=built.clock, new_id=built.new_id
        )
        stop = on_signals_async()
        readiness = Readiness(
            {"clock": lambda: clock.standing, "schema": built.at_head()}, stopping=stop.is_set
        )
        with admin.serving(readiness, port=settings.admin_port, host=settings.host):
            settle_collector()
            await clock.run(stop)
