"""A place is for who is being answered: whoever has still to send something stands aside."""

import asyncio
from typing import Any

import pytest

from libs.web.limits import Doors
from libs.web.problems import Problem


class Client:
    """Sends its body when told to."""

    def __init__(self) -> None:
        self.sends = asyncio.Event()

    async def receive(self) -> Any:
        await self.sends.wait()
        return {"type": "http.request", "body": b"{}"}


async def test_who_waits_for_a_body_leaves_room_for_others() -> None:
    doors, slow = Doors(1, service="places"), Client()
    with doors.place(slow.receive) as place:
        assert doors.full
        message = asyncio.create_task(place.receive())
        await asyncio.sleep(0)
        assert not doors.full
        slow.sends.set()
        assert (await message)["body"] == b"{}"
        assert doors.full
    assert not doors.full


async def test_who_comes_back_to_a_full_house_is_refused_and_owes_nothing() -> None:
    doors, slow = Doors(1, service="places"), Client()
    with pytest.raises(Problem, match="overloaded"), doors.place(slow.receive) as place:  # noqa: PT012 - the place is left in between
        message = asyncio.create_task(place.receive())
        await asyncio.sleep(0)
        doors.enter()
        slow.sends.set()
        await message
    doors.leave()
    doors.enter()
    assert doors.full


async def test_who_goes_away_meanwhile_gives_nothing_back_twice() -> None:
    doors, slow = Doors(1, service="places"), Client()
    with pytest.raises(asyncio.CancelledError), doors.place(slow.receive) as place:  # noqa: PT012 - as above
        message = asyncio.create_task(place.receive())
        await asyncio.sleep(0)
        message.cancel()
        await message
    doors.enter()
    with pytest.raises(Problem, match="overloaded"):
        doors.enter()
