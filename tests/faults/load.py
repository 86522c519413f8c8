"""About ten seconds of a busy clinic: clients that ask, wait, and ask again under the same key."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

from tests.faults.ask import Ask
from tests.faults.asking import Deck
from tests.faults.clinic import Clinic, uuid
from tests.faults.history import Attempt, Command
from tests.faults.sending import Sender
from tests.faults.world import World

CLIENTS = 12
THINK = 0.04
"""Seconds between two requests of one client: enough to keep two cores busy, and no more."""

_AGAIN = 0.25
_GIVES_UP = 0.12
"""The share of clients' requests of which nobody asks again: they stay unknown."""

_LAST_TRIES = 8
_WAITING = {"in-flight", "conflict", "overloaded", "store-unavailable", "keyring-unavailable"}
_WAITING |= {"no-connection", "outcome-unknown", "no-answer", "OVERLOADED", "UNAVAILABLE"}
_WAITING |= {"INTERNAL", "no-data", "audit-unavailable"}
"""Codes after which a client tries the same again."""


@dataclass
class Open:
    """A command of which more may be heard."""

    ask: Ask
    command: Command
    abandoned: bool

    @property
    def door(self) -> str:
        """Who was asked: the service itself, or the gateway."""
        return "gateway" if self.ask.mutation else self.ask.service

    @property
    def settled(self) -> bool:
        last = self.command.attempts[-1]
        return self.command.outcome == "ok" or last.code not in _WAITING


@dataclass
class Load:
    """`serving` is asked before each request, as a load balancer that knows who is ready would."""

    world: World
    clinic: Clinic
    seed: str
    clients: int = CLIENTS
    think: float = THINK
    serving: Callable[[str], bool] = lambda _service: True
    only: Sequence[str] = ()
    """Operations to ask for and no others; all when empty."""

    opened: list[Open] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.bodies: set[str] = set()
        self._thread = ThreadPoolExecutor(1)

    @property
    def history(self) -> list[Command]:
        return [each.command for each in self.opened]

    def start(self, seconds: float) -> "Future[None]":
        return self._thread.submit(asyncio.run, self._run(seconds))

    def finish(self) -> None:
        """After healing: whoever still waits for an answer asks again, under the same key."""
        self._thread.submit(asyncio.run, self._finish()).result()
        self._thread.shutdown()

    async def _run(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(self._client(number, until) for number in range(self.clients)))

    async def _client(self, number: int, until: float) -> None:
        """With connections of its own: one pool for all would cost more than what is sent."""
        chance = Random(f"{self.seed}/{number}")  # noqa: S311 - to be drawn again, not to be secret
        deck = Deck(self.clinic, chance)
        sender = self._sender()
        async with sender.http:
            while time.monotonic() < until:
                ask = self._drawn(deck)
                if self.serving("gateway" if ask.mutation else ask.service):
                    await self._asked(number, ask, chance, sender, until)
                await asyncio.sleep(self.think * 2 * chance.random())

    def _drawn(self, deck: Deck) -> Ask:
        while True:
            ask = deck.draw()
            if not self.only or ask.operation in self.only:
                return ask

    async def _asked(
        self, number: int, ask: Ask, chance: Random, sender: Sender, until: float
    ) -> None:
        known = self.versions.get(ask.stream or "") if ask.conditional else None
        command = Command(
            client=number,
            key=str(uuid(chance)),
            correlation_id=str(uuid(chance)),
            tenant=str(self.clinic.tenant),
            service=ask.service,
            operation=ask.operation,
            stream=ask.stream,
            expected=None if ask.mutation else known,
            attempts=(),
        )
        mine = Open(ask=ask, command=command, abandoned=chance.random() < _GIVES_UP)
        first = await asyncio.gather(*(self._attempt(mine, sender) for _ in range(ask.twins)))
        self._note(mine, first)
        self.opened.append(mine)
        while not mine.settled and not mine.abandoned and time.monotonic() < until:
            await asyncio.sleep(_AGAIN * (0.5 + chance.random()))
            self._note(mine, [await self._attempt(mine, sender)])
        if ask.again and mine.command.outcome == "ok":
            self._note(mine, [await self._attempt(mine, sender)])

    async def _finish(self) -> None:
        sender = self._sender()
        async with sender.http:
            for _ in range(_LAST_TRIES):
                waiting = [each for each in self.opened if not each.settled and not each.abandoned]
                for mine in waiting:
                    self._note(mine, [await self._attempt(mine, sender)])
                if not waiting:
                    return
                await asyncio.sleep(_AGAIN)

    async def _attempt(self, mine: Open, sender: Sender) -> Attempt:
        command = mine.command
        return await sender.send(mine.ask, command.key, command.correlation_id, command.expected)

    def _note(self, mine: Open, attempts: Sequence[Attempt]) -> None:
        mine.command = replace(mine.command, attempts=(*mine.command.attempts, *attempts))
        for attempt in attempts:
            if attempt.outcome != "ok" or attempt.version is None:
                continue
            if mine.command.stream is not None:
                self.versions[mine.command.stream] = attempt.version
        done = next((each for each in attempts if each.outcome == "ok"), None)
        if done is not None and done.id is not None:
            mine.ask.made(UUID(done.id))

    def _sender(self) -> Sender:
        return Sender(self.world, self.clinic, self.began, bodies=self.bodies)
