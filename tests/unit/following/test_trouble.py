"""Which errors are waited out, which park a record, and which stop the reader."""

import asyncpg
import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from libs.eventstore.errors import InFlight
from libs.eventstore.store import OutcomeUnknown, StoreUnavailable
from libs.eventstore.trouble import lies_in_the_record, passes
from libs.privacy.sealing import KeyringUnavailable, SealBroken


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable(),
        OutcomeUnknown(),
        InFlight(),
        KeyringUnavailable(),
        ConnectionResetError(),
        TimeoutError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.InterfaceError("closed"),
        asyncpg.InternalClientError("goodbye"),
        OperationalError("", {}, psycopg.errors.DeadlockDetected()),
        OperationalError("", {}, psycopg.errors.AdminShutdown()),
        OperationalError("", {}, psycopg.OperationalError("no route")),
        InterfaceError("", {}, psycopg.InterfaceError("closed")),
    ],
)
def test_what_passes_is_no_records_fault(error: Exception) -> None:
    assert passes(error)
    assert not lies_in_the_record(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("mood"),
        ValueError(),
        SealBroken(),
        IntegrityError("", {}, psycopg.errors.NotNullViolation()),
        OperationalError("", {}, psycopg.errors.NumericValueOutOfRange()),
        ProgrammingError("", {}, psycopg.errors.UndefinedColumn()),
    ],
)
def test_what_lies_in_the_record_parks_it(error: Exception) -> None:
    assert lies_in_the_record(error)


@pytest.mark.parametrize(
    "error",
    [
        ProgrammingError("", {}, psycopg.errors.UndefinedTable()),
        ProgrammingError("", {}, psycopg.errors.InsufficientPrivilege()),
    ],
)
def test_what_would_befall_every_record_stops_the_reader(error: Exception) -> None:
    assert not passes(error)
    assert not lies_in_the_record(error)
