"""What stands in the way of a rebuild is said, and nothing is replaced before it is mended."""

import pytest

from libs.eventstore.rebuilding import CannotRebuild
from libs.testing.databases import Database
from services.gateway import operating
from services.gateway.projections.everything import LIVE as LIVE_PROJECTIONS
from tests.component.gateway.clinic import Clinic, eventually, sessions
from tests.component.gateway.rebuilding.rebuilds import Stumbling, only, retried, told_the_story

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


def test_an_installation_from_before_is_told_what_to_run(clinic: Clinic) -> None:
    clinic.ask("DROP SCHEMA gateway_old")
    with pytest.raises(CannotRebuild, match=r"gateway_old are missing: .* roles\.sql once more"):
        operating.rebuilt(clinic.settings, "people")


def test_while_a_stream_is_parked_nothing_is_switched(own_database: Database) -> None:
    clinic = told_the_story(own_database)
    with clinic.live([*LIVE_PROJECTIONS, Stumbling()]):
        clinic.caught_up()
    with pytest.raises(CannotRebuild, match=r"1 streams are parked .* `projector retry` first"):
        operating.rebuilt(clinic.settings, "sessions")
    assert clinic.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'gateway_old'") == 0
    retried(clinic)
    with clinic.live():
        eventually(lambda: clinic.ask("SELECT count(*) FROM parked WHERE reader = 'live'") == 0)
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)


def test_topics_that_have_lost_what_the_live_tables_know_replace_nothing(clinic: Clinic) -> None:
    clinic.ask("DELETE FROM broker.log")
    clinic.ask("UPDATE broker.heads SET next = 0")
    clinic.ask("UPDATE positions SET next = 0")
    with pytest.raises(CannotRebuild, match="in 15 streams: `republish`"):
        operating.rebuilt(clinic.settings, "sessions")


def test_facts_that_lie_in_the_topic_in_the_wrong_order_come_out_right(clinic: Clinic) -> None:
    """As after a topic that was lost and republished late: what came too early waited."""
    (told,) = sessions(1, moves=4)
    first, *rest = clinic.chained(told)
    clinic.publish(clinic.messages([*rest, first]))
    with clinic.live():
        clinic.caught_up()
        eventually(lambda: clinic.ask("SELECT count(*) FROM parked WHERE reader = 'live'") == 0)
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
    assert clinic.ask("SELECT max(duration_min) FROM sessions") == 54
