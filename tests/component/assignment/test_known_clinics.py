"""A clinic's settings for homework, as care has told them."""

import pytest

from libs.eventstore.pool import open_pool
from libs.testing.cast import CLINIC
from libs.testing.streams import stream
from services.assignment.follow import ClinicSettings, KnownClinics
from tests.component.assignment.hearing import Assignments

pytestmark = pytest.mark.postgres


async def test_the_clinics_settings_are_known_once_care_has_told_them(
    url: str, assignments: Assignments
) -> None:
    pool, now = await open_pool(url, size=1), [0.0]
    clinics = KnownClinics(pool, monotonic=lambda: now[0])
    assert await clinics.settings(CLINIC) == ClinicSettings()
    told = {"name": {"key": "…"}, "low_confidence_threshold": 0.5, "rationale_gate": True}
    await assignments.hears(
        *stream("clinic", CLINIC, ("interlude.care.ClinicRegistered.v1", told), subject=None)
    )
    assert await clinics.settings(CLINIC) == ClinicSettings(), "remembered for five seconds"
    now[0] += 5.1
    known = await clinics.settings(CLINIC)
    assert known == ClinicSettings(low_confidence_below=0.5, rationale_gate=True)
    await pool.close()
