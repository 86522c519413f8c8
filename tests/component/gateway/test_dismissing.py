"""A stranger who writes to a topic neither degrades a projector for ever nor stops a rebuild."""

from dataclasses import replace
from uuid import uuid4

import pytest

from libs.eventstore.projecting import Projector
from libs.eventstore.rebuilding import CannotRebuild
from libs.eventstore.recorded import Recorded
from libs.testing.databases import Database
from services.gateway import operating
from services.gateway.projections.everything import LIVE as LIVE_PROJECTIONS
from tests.component.gateway.clinic import Clinic, eventually, sessions
from tests.component.gateway.rebuilding.rebuilds import Stumbling, only, retried

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

FAR = 999_999_999


@pytest.fixture
def clinic(own_database: Database) -> Clinic:
    return Clinic(own_database, own_database.url_as("broker_app"), "")


def forged(clinic: Clinic) -> Recorded:
    """A session goes on to a version that it will never reach."""
    told = clinic.told(*sessions(3))
    one = replace(told[-1], version=FAR, event_id=uuid4())
    clinic.publish(clinic.messages([one]))
    return one


def place_of(clinic: Clinic, code: str) -> str:
    place = clinic.ask(
        "SELECT concat_ws('/', topic, partition, \"offset\") FROM parked"
        " WHERE reader = 'live' AND code = %s",
        code,
    )
    return str(place)


def is_ready(projector: Projector) -> bool:
    return projector.standing and projector.parked == 0


@pytest.mark.parametrize("broker", ["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def test_a_forged_version_is_dismissed_and_everything_goes_on(
    request: pytest.FixtureRequest, own_database: Database, topic_prefix: str, broker: str
) -> None:
    embedded = broker == "embedded"
    url = own_database.url_as("broker_app") if embedded else request.getfixturevalue("kafka_broker")
    clinic = Clinic(own_database, url, "" if embedded else topic_prefix)
    one = forged(clinic)
    with clinic.live() as projector:
        eventually(lambda: projector.parked == 1)
        with pytest.raises(CannotRebuild, match="`projector dismiss` what a stranger wrote"):
            operating.rebuilt(clinic.settings, "sessions")

        place = place_of(clinic, "waits-for-earlier")
        listed = clinic.command("projector", "parked").stdout
        assert place in listed
        assert one.stream_id in listed
        done = clinic.command("projector", "dismiss", place)

        assert (done.stdout, done.stderr) == (f"{place} is dismissed.\n", "")
        eventually(lambda: is_ready(projector))
        assert only(operating.verified(clinic.settings, "sessions")) == (0, 0)
        assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
        clinic.told(*sessions(2))
        clinic.caught_up()
        assert clinic.ask("SELECT count(*) FROM parked") == 0


def test_who_goes_back_to_the_beginning_parks_it_no_more(clinic: Clinic) -> None:
    forged(clinic)
    with clinic.live() as projector:
        eventually(lambda: projector.parked == 1)
        clinic.command("projector", "dismiss", place_of(clinic, "waits-for-earlier"))
        eventually(lambda: is_ready(projector))
    clinic.ask("UPDATE positions SET next = 0")
    clinic.ask("DELETE FROM applied")
    clinic.ask("DELETE FROM sessions")
    with clinic.live():
        clinic.caught_up()
    assert clinic.ask("SELECT count(*) FROM parked") == 0
    assert clinic.ask("SELECT count(*) FROM sessions WHERE duration_min = 51") == 3


def test_a_rebuild_that_was_begun_before_goes_on(clinic: Clinic) -> None:
    """It has parked the record too, under its own name."""
    forged(clinic)
    with clinic.live() as projector:
        eventually(lambda: projector.parked == 1)
        with pytest.raises(CannotRebuild):
            operating.rebuilt(clinic.settings, "sessions")
        assert clinic.ask("SELECT count(*) FROM parked") == 2
        clinic.command("projector", "dismiss", place_of(clinic, "waits-for-earlier"))
        assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)


def test_a_fact_of_ours_is_not_dismissed_but_tried_again_after_the_fix(clinic: Clinic) -> None:
    (scheduled,) = sessions(1, moves=0)
    ended = replace(
        scheduled[0],
        version=2,
        event_id=uuid4(),
        type="interlude.care.SessionEnded.v1",
        data=b'{"ended_at":"2026-03-05T16:50:00Z"}',
    )
    clinic.told([*scheduled, ended])
    with clinic.live([*LIVE_PROJECTIONS, Stumbling()]) as projector:
        eventually(lambda: projector.parked == 1)
        place = place_of(clinic, "KeyError")
        done = clinic.command("projector", "dismiss", place)
    assert done.stderr == (
        f"What lies at {place} (KeyError) is a fact of ours: mend what stops its stream and "
        "`retry`, or have its service `republish` what the topic lacks.\n"
    )
    assert (done.stdout, done.returncode) == ("", 1)
    assert clinic.ask("SELECT count(*) FROM dismissed") == 0
    retried(clinic)
    with clinic.live():
        eventually(lambda: clinic.ask("SELECT count(*) FROM parked") == 0)
