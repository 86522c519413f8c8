"""Exports as their readers get them, and what is held against them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from libs.privacy.private import Sealed
from libs.testing.cast import MASHA
from libs.testing.web import client
from services.diary import wire as diary_wire
from services.diary.domain.entry import DiaryEntryRecorded
from services.diary.examples import FACTS as DIARY_FACTS
from services.gateway.graphql.texts import Opener
from tests.component.gateway.telling import Projecting, Story

Json = dict[str, Any]

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[3] / "openapi" / "export.schema.json").read_text())
)
HERS = "/v1/export"
HER_CASE = f"/v1/patients/{MASHA}/export"
PAGE = {"Accept": "text/html"}

PRIVATE_ENTRY = UUID(int=90)
ONLY_FOR_HERSELF = "I have told nobody about this."


async def asked(app: FastAPI, who: str, path: str = HERS, **headers: str) -> httpx.Response:
    async with client(app, who) as browser:
        return await browser.get(path, headers=headers)


async def record_of(app: FastAPI, who: str, path: str = HERS) -> Json:
    """Whole, and as its schema says."""
    answer = await asked(app, who, path)
    assert answer.status_code == 200, answer.text
    record: Json = answer.json()
    SCHEMA.validate(record)
    return record


async def keeps_something_to_herself(project: Projecting, story: Story) -> None:
    shared = DIARY_FACTS[0]
    assert isinstance(shared, DiaryEntryRecorded)
    entry = replace(
        shared,
        entry_id=PRIVATE_ENTRY,  # type: ignore[arg-type]  # an EntryId
        visibility="private",
        notes=ONLY_FOR_HERSELF,
    )
    project(await story.told(diary_wire.entries, PRIVATE_ENTRY, [entry], MASHA))


class FailsAfter:
    """Opens texts, and from some call on raises."""

    def __init__(self, sealer: Opener, calls: int, failure: Exception) -> None:
        self._sealer = sealer
        self._left = calls
        self._failure = failure

    async def ready(self, values: Iterable[Sealed], *, tenant_id: UUID) -> None:
        self._left -= 1
        if self._left < 0:
            raise self._failure
        await self._sealer.ready(values, tenant_id=tenant_id)

    async def open(self, value: Any, *, tenant_id: UUID) -> Any:
        return await self._sealer.open(value, tenant_id=tenant_id)

    async def seal(self, *_: Any, **__: Any) -> None:
        raise AssertionError("nobody seals for an export")


class Reader:
    """Somebody who takes what is sent piece by piece, and can leave it where it is."""

    def __init__(self, app: FastAPI, who: str, path: str = HERS) -> None:
        self._app = app
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {who}".encode())],
            "extensions": {},
        }
        self._sent: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)
        self._gone = asyncio.Event()
        self.status = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """Until the end of the answer, or until it is cut off; `ended` says which it was."""
        self.ended = False
        task = asyncio.create_task(self._app(self._scope, self._receive, self._sent.put))
        try:
            async for message in self._messages(task):
                if message["type"] == "http.response.start":
                    self.status = message["status"]
                    continue
                self.ended = not message.get("more_body", False)
                if message["body"]:
                    yield message["body"]
        finally:
            self._gone.set()
            task.cancel()

    def leave(self) -> None:
        self._gone.set()

    async def _messages(self, task: "asyncio.Task[None]") -> AsyncIterator[Any]:
        while True:
            getting = asyncio.create_task(self._sent.get())
            await asyncio.wait({getting, task}, return_when=asyncio.FIRST_COMPLETED)
            if not getting.done():
                getting.cancel()
                return
            yield getting.result()

    async def _receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}
