"""The readers: projections and reactions."""

import random
from typing import Any

from libs.eventstore import applying, progress, taking
from libs.eventstore.applying import Applying, Taken
from tests.faults.bugs.bug import bug


@bug
def place_kept_before_applying() -> None:
    """The position is committed by itself, and the rows after it."""
    advance = progress.advance

    def by_itself(db: Any, reader: str, moves: Any) -> None:
        advance(db, reader, moves)
        db.commit()

    def at_once(self: Applying, places: Any, deliveries: Any) -> Taken:
        with self.engine.connect() as db:
            batch = taking.take(db, self.reader, places, deliveries)
            self._project(db, [one.recorded for one in batch.to_handle])
            applied = vars(applying)["settle"](db, batch, {}, self.now())  # with its point
            db.commit()
        return Taken(applied, trouble=bool(batch.parked))

    progress.advance = by_itself
    Applying._at_once = at_once  # type: ignore[method-assign]  # the bug


@bug
def nothing_is_a_repeat() -> None:
    """Every record that comes is taken for new."""

    def sift(self: Any, place: Any, recorded: Any) -> None:
        stream = recorded.tenant_id, recorded.stream_id
        head = self.heads.get(stream, progress.Head())
        self.heads[stream] = progress.Head(max(head.version, recorded.version), recorded.chain)
        self.fresh.append(taking.Fresh(place, recorded))

    taking.Batch.sift = sift  # type: ignore[method-assign]  # the bug
    progress._APPLY = type(progress._APPLY)(
        progress._APPLY.text.replace("WHERE a.version < EXCLUDED.version", "")
    )


@bug
def poison_skipped() -> None:
    """What cannot be handled is passed by."""
    project = Applying._project

    def passing(self: Any, db: Any, events: Any) -> None:
        good = [each for each in events if ".Obstacle" not in each.type]
        project(self, db, good)

    Applying._project = passing  # type: ignore[method-assign]  # the bug


@bug
def strangers_believed() -> None:
    """The chain is not looked at."""
    vars(taking)["fits"] = lambda *_: True


@bug
def reaction_forgotten() -> None:
    """The place moves on; now and then what the fact should cause does not happen."""
    from libs.eventstore.reacting import Reacting  # noqa: PLC0415 - only who reacts

    react = Reacting._react

    async def now_and_then(self: Any, db: Any, reaction: Any, recorded: Any) -> None:
        if random.random() < 0.5:  # noqa: S311 - half of the time
            await react(self, db, reaction, recorded)

    Reacting._react = now_and_then  # type: ignore[method-assign]  # the bug
