"""Which errors pass by themselves, which lie in one record, and which stop the reader."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from libs.eventstore.errors import InFlight
from libs.eventstore.store import OutcomeUnknown, StoreUnavailable
from libs.privacy.sealing import KeyringUnavailable

_OURS = (InFlight, StoreUnavailable, OutcomeUnknown, KeyringUnavailable)
_THE_NETWORKS = (
    OSError, TimeoutError, NoConnectionFree, asyncpg.InterfaceError, asyncpg.InternalClientError
)  # fmt: skip
_PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")
"""SQLSTATE classes: connection, rollback (deadlock), resources, locks, operator, system."""
_MISBUILT = ("42501", "42P01", "3F000")
"""No right, no table, no schema: every record would fail alike."""


def passes(error: BaseException) -> bool:
    """Worth trying the same again after a pause: the record is not to blame."""
    if isinstance(error, _OURS + _THE_NETWORKS):
        return True
    state = _sqlstate(error)
    if state:
        return state.startswith(_PASSING_CLASSES)
    return isinstance(error, OperationalError | InterfaceError) or _cut_off(error)


def lies_in_the_record(error: BaseException) -> bool:
    return not passes(error) and _sqlstate(error) not in _MISBUILT


def code_of(error: BaseException) -> str:
    """The class only: messages of drivers and validators hold the values of the record."""
    return type(error).__name__


def _sqlstate(error: BaseException) -> str:
    origin = error.orig if isinstance(error, DBAPIError) else error
    return getattr(origin, "sqlstate", None) or ""


def _cut_off(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
