"""Verifying finds whatever differs from the topics, and a rebuild of all but the feed mends it."""

import pytest

from libs.eventstore.rebuilding import CannotRebuild
from services.gateway import operating
from services.gateway.projections.everything import BY_NAME
from tests.component.gateway.clinic import Clinic
from tests.component.gateway.rebuilding.rebuilds import READ_MODELS, left_behind, only

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_projection_is_what_its_topics_make_row_for_row(
    same_clinic: Clinic, name: str
) -> None:
    assert only(operating.verified(same_clinic.settings, name)) == (0, 0)
    assert left_behind(same_clinic) == 0


@pytest.mark.parametrize("name", READ_MODELS)
def test_a_row_that_nobody_told_is_found_by_verify_and_gone_after_a_rebuild(
    same_clinic: Clinic, name: str
) -> None:
    clinic, table = same_clinic, next(iter(BY_NAME[name].tables)).name
    elsewhere = "00000000-0000-7000-8000-00000000dead"
    clinic.ask(f"UPDATE {table} SET tenant_id = '{elsewhere}'")  # noqa: S608 - one of our own
    rows = int(str(clinic.ask(f"SELECT count(*) FROM {table}")))  # noqa: S608 - as above

    assert only(operating.verified(clinic.settings, name)) == (rows, rows)
    assert only(operating.rebuilt(clinic.settings, name)) == (rows, rows)
    assert only(operating.verified(clinic.settings, name)) == (0, 0)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM feed WHERE number = 2",
        "UPDATE feed SET number = 1002 WHERE number = 2",
        "UPDATE feed SET event_id = gen_random_uuid() WHERE number = 2",
        "UPDATE feed_heads SET number = number + 1",
    ],
)
def test_the_feed_holds_every_fact_once_and_says_when_not(clinic: Clinic, damage: str) -> None:
    clinic.ask(damage)
    ours, theirs = only(operating.verified(clinic.settings, "feed"))
    assert ours + theirs > 0


def test_the_feed_is_not_rebuilt_for_clients_stand_in_it(clinic: Clinic) -> None:
    with pytest.raises(CannotRebuild, match="feed is never rebuilt"):
        operating.rebuilt(clinic.settings, "feed")
