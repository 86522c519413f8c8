"""Whoever was erased is in no read model, live or made anew, and nobody else is missing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from libs.eventstore.recorded import Recorded
from libs.testing.cast import LEV, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.streams import stream
from services.gateway import operating
from services.gateway.projections.erased import OF_NO_PATIENT
from services.gateway.projections.everything import BY_NAME
from tests.component.gateway.clinic import Clinic, sessions
from tests.component.gateway.rebuilding.rebuilds import lived_through, only, told_the_story

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

TABLES = sorted(table.name for model in BY_NAME.values() for table in model.tables)


def erased(who: UUID) -> Sequence[Recorded]:
    when = {"patient_id": str(who), "erased_at": NOW.isoformat()}
    return stream(
        "erasure",
        who,
        (
            "interlude.care.ErasureRequested.v1",
            {
                "patient_id": str(who),
                "requested_by": "patient",
                "because": "patients_wish",
                "requested_at": NOW.isoformat(),
            },
        ),
        ("interlude.care.ErasureReleased.v1", {"patient_id": str(who)}),
        ("interlude.care.PatientErased.v1", {**when, "unreadable_from": NOW.isoformat()}),
        subject=who,
    )


def rows(clinic: Clinic) -> dict[str, list[Any]]:
    """Of the live tables, as text and in order."""
    with psycopg.connect(clinic.database.url) as superuser:
        return {
            table: superuser.execute(f"SELECT t::text FROM gateway.{table} t ORDER BY 1").fetchall()  # noqa: S608 - our own names
            for table in TABLES
        }


def counted(clinic: Clinic) -> Any:
    return clinic.ask("SELECT removed FROM erased WHERE patient_id = %s", MASHA)


def lev_came_too(clinic: Clinic) -> dict[str, list[Any]]:
    """Read by a projector of today, and what there would be if Masha had never come."""
    clinic.told(*sessions(3, patient=LEV))
    with clinic.live():
        clinic.caught_up()
    return {
        table: [row for row in found if str(LEV) in row[0] or table in OF_NO_PATIENT]
        for table, found in rows(clinic).items()
    }


def test_she_is_removed_and_what_comes_late_is_let_pass(own_database: Database) -> None:
    clinic = lived_through(own_database)
    without_her = lev_came_too(clinic)
    there = {table: len(found) for table, found in rows(clinic).items()}
    therapists = [row for row in rows(clinic)["people"] if "therapist" in row[0]]
    with clinic.live():
        clinic.told(erased(MASHA))
        clinic.caught_up()
        clinic.told(*sessions(2, patient=MASHA))
        clinic.caught_up()
    without_her["people"] = therapists
    assert rows(clinic) == without_her
    removed = counted(clinic)
    assert removed["assignment_parts"] == there["assignment_parts"] > 0
    assert removed["timeline"] == there["timeline"] - len(without_her["timeline"]) > 0
    assert set(removed) == set(TABLES) - OF_NO_PATIENT
    for name in BY_NAME:
        assert only(operating.verified(clinic.settings, name)) == (0, 0), name
    for name in ("assignment", "timeline", "people"):
        assert only(operating.rebuilt(clinic.settings, name)) == (0, 0), name
    assert rows(clinic) == without_her


def test_rows_from_when_they_did_not_say_whose_they_are_are_removed_too(
    own_database: Database,
) -> None:
    """As an installation has them that is older than that, of windows that were withdrawn."""
    clinic = lived_through(own_database)
    without_her = lev_came_too(clinic)["occurrences"]
    with psycopg.connect(clinic.database.url) as superuser:
        of_hers = superuser.execute(
            "UPDATE gateway.occurrences SET patient_id = NULL WHERE patient_id = %s", [MASHA]
        ).rowcount
    assert of_hers > 0
    with clinic.live():
        clinic.told(erased(MASHA))
        clinic.caught_up()
    assert rows(clinic)["occurrences"] == without_her
    assert counted(clinic)["occurrences"] == of_hers


def test_whoever_reads_it_all_at_once_comes_to_the_same(own_database: Database) -> None:
    """The erasure stands in one topic, most of what she did in others, read in whatever order."""
    clinic = told_the_story(own_database)
    clinic.told(erased(MASHA))
    without_her = lev_came_too(clinic)
    found = rows(clinic)
    without_her["people"] = [row for row in found["people"] if "therapist" in row[0]]
    assert found == without_her
    assert [table for table, left in found.items() if str(MASHA) in str(left)] == []
    for name in BY_NAME:
        assert only(operating.verified(clinic.settings, name)) == (0, 0), name
