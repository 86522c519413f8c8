"""What an `api.py` declares: which requests an aggregate takes over HTTP, and who may make them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic
from uuid import UUID

from libs.access.policy import Grant, Subject
from libs.access.scopes import scope_of
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.desk import Desk
from libs.web.edge import Edge
from libs.web.operations import Router
from libs.web.performing import (
    About,
    CommandOperation,
    Fields,
    First,
    Prepare,
    Preparing,
    Terms,
    named_in,
)
from libs.web.views import Fold, Show

__all__ = [
    "About",
    "Commands",
    "Edge",
    "Fields",
    "First",
    "Prepare",
    "Preparing",
    "Router",
    "named_in",
]


class Commands(Generic[Command, State, Event]):
    """The operations on one kind of aggregate. `subject` says whom a stream is about."""

    def __init__(
        self,
        edge: Edge,
        desk: Desk[Command, State, Event],
        *,
        subject: Callable[[State], Subject],
    ) -> None:
        self.router = Router()
        self._edge = edge
        self._desk = desk
        self._subject = subject

    def create(
        self,
        path: str,
        request: type[Command],
        *,
        operation: str,
        grant: Grant,
        about: About = named_in,
        stream_of: Callable[[Fields], UUID] | None = None,
        location: str | None = None,
        prepare: Prepare | None = None,
        first: First | None = None,
        patients_act: bool = False,
        weight: int = 1,
        even_erased: bool = False,
    ) -> None:
        """A request that begins a stream. `stream_of` derives its id where the body has none;
        `location` is where the thing can be read (`/v1/assignments/{id}`). `even_erased`: also
        about a patient who was erased, of whom nothing else is taken.
        """
        self._add(
            request,
            Terms(
                name=operation,
                path=path,
                grant=grant,
                subject=self._subject,
                about=about,
                creates=True,
                stream_of=stream_of,
                location=location or f"{path}/{{id}}",
                prepare=prepare,
                first=first,
                patients_act=patients_act,
                weight=weight,
                even_erased=even_erased,
            ),
        )

    def act(
        self,
        path: str,
        request: type[Command],
        *,
        operation: str,
        grant: Grant,
        prepare: Prepare | None = None,
        patients_act: bool = False,
        required_if_match: bool = False,
        weight: int = 1,
        even_erased: bool = False,
    ) -> None:
        """A request about the stream in the path. `patients_act`: what the patient does, so a
        therapist who tells it speaks on their behalf.
        """
        self._add(
            request,
            Terms(
                name=operation,
                path=path,
                grant=grant,
                subject=self._subject,
                prepare=prepare,
                patients_act=patients_act,
                required_if_match=required_if_match,
                weight=weight,
                even_erased=even_erased,
            ),
        )

    def show(
        self,
        path: str,
        view: type[Any],
        fold: Fold[Event],
        *,
        operation: str,
        grant: Grant,
        weight: int = 1,
        by: type[Show[Command, State, Event]] = Show,
    ) -> None:
        """The aggregate as its readers see it, as of now or any earlier time. What takes longer
        than others counts as so many requests (`weight`). `by`: what else than a stream it may be
        read from.
        """
        self.router.operations.append(
            by(
                self._edge,
                self._desk,
                view,
                fold,
                name=operation,
                path=path,
                grant=self._scoped(grant, Show.method, path),
                subject=self._subject,
                weight=weight,
            )
        )

    def _add(self, request: type[Command], terms: Terms[State]) -> None:
        scoped = self._scoped(terms.grant, CommandOperation.method, terms.path)
        self.router.operations.append(
            CommandOperation(self._edge, self._desk, request, replace(terms, grant=scoped))
        )

    def _scoped(self, grant: Grant, method: str, path: str) -> Grant:
        return replace(grant, scope=grant.scope or scope_of(self._edge.service, method, path))
