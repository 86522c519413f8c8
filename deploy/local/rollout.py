"""From started processes to a running Interlude: all ready, the story told, run.json written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from deploy.local.database import Target
from deploy.local.identity import Identity
from deploy.local.people import PEOPLE
from deploy.local.ports import HOST, answers, wait_until
from deploy.local.processes import PROCESSES, SERVICES, Place
from deploy.local.run_info import RunInfo, write
from deploy.local.story import play
from deploy.local.story.calendar import ZONE
from deploy.local.story.telling import StoryStopped
from deploy.local.terminal import Terminal
from deploy.local.trouble import Trouble
from deploy.local.var import Var

READY_SECONDS = 120.0

_STORY = "story"


class Stopped(Exception):  # noqa: N818 - somebody asked to stop before all was up
    """Nothing to say about it."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    place: Place
    identity: Identity
    target: Target
    var: Var
    terminal: Terminal
    stopping: Callable[[], bool]

    def run(self) -> RunInfo:
        """Raises `Trouble`, or `Stopped`."""
        with self.terminal.step("Waiting until all processes are ready") as say:
            self._wait(say)
        told = self._told(self._run_info())
        write(told, self.var.run_json)
        return told

    def _wait(self, say: Callable[[str], None]) -> None:
        probes = self.probes()
        missing = set(probes)

        def all_ready() -> bool:
            missing.difference_update([name for name in missing if answers(probes[name])])
            say(f"{len(probes) - len(missing)} of {len(probes)}")
            return not missing or self.stopping()

        in_time = wait_until(all_ready, seconds=READY_SECONDS, every=0.2)
        if self.stopping():
            raise Stopped
        if not in_time:
            raise Trouble(
                f"Not ready after {READY_SECONDS:.0f} s: {', '.join(sorted(missing))}. "
                f"Their logs are in {self.var.logs}."
            )

    def probes(self) -> Mapping[str, str]:
        return {
            "issuer": self.identity.discovery,
            **{name: f"{url}/readyz" for name, url in self._admin().items()},
        }

    def _admin(self) -> Mapping[str, str]:
        ports = self.place.ports
        return {process.name: f"http://{HOST}:{ports.admin(process)}" for process in PROCESSES}

    def _run_info(self) -> RunInfo:
        place = self.place
        return RunInfo(
            gateway=place.url_of("gateway"),
            services={service: place.url_of(service) for service in SERVICES},
            admin=self._admin(),
            broker=place.broker_url,
            database=self.target.url,
            issuer=self.identity.url,
            tokens={name: self.identity.token(name) for name in PEOPLE},
        )

    def _told(self, run: RunInfo) -> RunInfo:
        """The story is told once to each database. Its day is kept before it begins: one that was
        interrupted goes on as it began, and finds what was told already.
        """
        kept = self.var.remembered(_STORY)
        if kept is None or kept["database"] != self.target.identity:
            today = datetime.now(ZoneInfo(ZONE)).date().isoformat()
            kept = {"database": self.target.identity, "today": today}
            self.var.remember(_STORY, kept)
        if "ids" not in kept:
            kept = {**kept, "ids": self._play(run, date.fromisoformat(kept["today"]))}
            self.var.remember(_STORY, kept)
        return replace(run, story=kept["ids"])

    def _play(self, run: RunInfo, today: date) -> Mapping[str, str]:
        with self.terminal.step("Telling the story of the demo clinic") as say:
            try:
                ids = play(services=run.services, tokens=run.tokens, today=today, progress=say)
            except StoryStopped as why:
                raise Trouble(
                    f"The story stopped at {why}. Why, {self.var.logs} may know; "
                    "the next run tells on from there."
                ) from why
            say("once")
        return ids
