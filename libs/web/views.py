"""GET of one aggregate: a second fold over its stream, opened for those who may read it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic
from urllib.parse import parse_qs
from uuid import UUID

from pydantic import TypeAdapter

from libs.access.policy import Grant, Subject, may
from libs.access.principal import Principal
from libs.audit.trail import Trail
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.desk import Desk
from libs.eventstore.recorded import Recorded
from libs.privacy.opening import opened
from libs.vocabulary.moment import is_instant
from libs.web import headers
from libs.web.allowances import charge
from libs.web.concerning import must_concern
from libs.web.edge import Edge
from libs.web.operations import Incoming
from libs.web.problems import Problem
from libs.web.replies import JSON, Header, Reply

History = Sequence[tuple[Recorded, Event]]
Fold = Callable[[Sequence[tuple[Recorded, Event]]], Any]
"""From the facts with their envelopes, in order, to the view (a frozen dataclass)."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


class Show(Generic[Command, State, Event]):
    method = "GET"
    also: Sequence[str] = ()

    def __init__(
        self,
        edge: Edge,
        desk: Desk[Command, State, Event],
        view: type[Any],
        fold: Fold[Event],
        *,
        name: str,
        path: str,
        grant: Grant,
        subject: Callable[[State], Subject],
        weight: int = 1,
    ) -> None:
        """`weight`: it counts as so many requests."""
        self.edge = edge
        self.desk = desk
        self.view = view
        self.fold = fold
        self.name = name
        self.path = path
        self.grant = grant
        self.subject = subject
        self.weight = weight
        self.adapter: TypeAdapter[Any] = TypeAdapter(view)

    async def answer(self, incoming: Incoming) -> Reply:
        principal = await self.edge.caller(incoming.headers)
        incoming.trail.asked_by(principal)
        charge(self.edge.identity, principal, self.weight - 1)
        must_concern(self.grant, principal)
        stream = incoming.trail.thing_id = headers.uuid_in_path(incoming.path_id)
        as_of = as_of_in(incoming.query)
        await self.edge.waited(principal.tenant_id, headers.after(incoming.headers))
        history = await self.desk.history(
            principal.tenant_id,
            stream,
            lambda state: self._must_be_theirs(principal, stream, state, incoming.trail),
        )
        seen = _until(history, as_of)
        tag = (b"etag", b'"%d"' % seen[-1][0].version)
        if headers.already_has(incoming.headers, seen[-1][0].version):
            return Reply(304, [tag])
        view = await opened(self.fold(seen), self.edge.sealer, principal.tenant_id)
        kinds, body = self.content(view, incoming.headers)
        return Reply(200, [*kinds, tag], body)

    def content(self, view: Any, given: headers.Headers) -> tuple[Sequence[Header], bytes]:
        """What is sent of it, and as what. `also` names other forms than JSON."""
        del given
        return [JSON], self.adapter.dump_json(view)

    async def _must_be_theirs(
        self, principal: Principal, stream: UUID, state: State, trail: Trail
    ) -> None:
        """As of now, whatever time is asked for. Where there is nothing somebody is looked for all
        the same, or how long it takes would tell it from what is somebody else's.
        """
        missing = state == self.desk.aggregate.decider.initial
        subject = Subject(patient_id=stream) if missing else self.subject(state)
        role = await may(principal, self.grant, subject, self.edge.known)
        trail.about(None if missing else subject.patient_id)
        if missing or role is None:
            raise Problem("not-found")
        trail.allowed(role, self.grant)


def _until(
    history: Sequence[tuple[Recorded, Event]], as_of: datetime | None
) -> Sequence[tuple[Recorded, Event]]:
    """What had been recorded by then. Before the beginning there is nothing to be found."""
    seen = [
        (recorded, event)
        for recorded, event in history
        if as_of is None or recorded.recorded_at <= as_of
    ]
    if not seen:
        raise Problem("not-found")
    return seen


def as_of_in(query: bytes) -> datetime | None:
    """Raises `Problem`."""
    if not query:
        return None
    try:
        given = parse_qs(query.decode("ascii", "replace"), max_num_fields=20).get("as_of")
    except ValueError:
        raise Problem("malformed-request") from None
    if given is None:
        return None
    text = given[-1].replace(" ", "+")  # an offset's plus that was not escaped
    if _RFC3339.fullmatch(text) is None:
        raise Problem("as-of-malformed")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("as-of-malformed") from None
    if not is_instant(moment):
        raise Problem("as-of-malformed")
    return moment
