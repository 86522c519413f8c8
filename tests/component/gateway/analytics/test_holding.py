"""Places of facts without a consent: taken up again whole, whatever came between; and forgotten."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from libs.messaging.envelope import topic_of
from libs.testing.cast import LEV, NOW
from libs.testing.topics import tampered
from services.gateway.analytics import epochs, holding, ripening
from tests.component.gateway.analytics.stage import Stage, consent, homework, told

pytestmark = pytest.mark.postgres


def quantities(stage: Stage) -> list[int]:
    return [each.fact["quantity"] for each in stage.outbox() if each.kind == "OccurrenceCompleted"]


def test_a_stream_that_was_held_in_halves_is_taken_up_whole(stage: Stage) -> None:
    strange = "NonEngagementRecorded", {"engagement": "larry", "occurrence_ids": []}
    stage.tell(*consent(0, patient=LEV))
    stage.know()
    facts = homework({float(at): at for at in range(11, 31)})
    stage.tell(*told("review", LEV, (5.0, strange), patient=LEV), *facts)
    stage.settle()
    assert stage.publishing.parked == 1
    chains = stage.ask(
        "SELECT array_agg(encode(chain_before, 'hex') ORDER BY version) FROM gateway.analytics_held"
    )
    assert chains == ["", *(one.chain.hex() for one in facts[:-1])]
    stage.tell(*consent(15))
    stage.settle()
    stage.settle()
    assert quantities(stage) == list(range(15, 31))


def test_a_strangers_copy_of_a_held_fact_leads_nobody_astray(stage: Stage) -> None:
    facts = homework({5: 1, 15: 2})
    forged = tampered(facts[1], data=facts[1].data.replace(b"2", b"3"))
    stage.topics.tell(topic_of("assignment"), [facts[0], forged, facts[1], forged])
    stage.settle()
    stage.tell(*consent(0))
    stage.settle()
    stage.settle()
    assert quantities(stage) == [1, 2]


def test_a_consent_and_what_it_covers_cannot_pass_each_other_unseen(stage: Stage) -> None:
    """A consent waits for what is being derived, and finds what that has held."""
    deriving, knowing = stage.engines[1], stage.engines[0]
    consented = threading.Event()

    def consent_comes() -> None:
        with knowing.begin() as db:
            epochs.hold_still(db)
            consented.set()

    with deriving.begin():
        waiting = threading.Thread(target=consent_comes)
        waiting.start()
        assert not consented.wait(0.3)
    waiting.join(10)
    assert consented.is_set()


def test_more_than_there_is_room_for_is_read_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ripening, "MOST_WAITING", 3)
    stage.tell(*consent(0), *homework({float(at): at for at in range(1, 21)}))
    stage.know()
    for _ in range(20):
        stage.publish()
        stage.know()
    assert quantities(stage) == list(range(1, 21))


def test_places_have_their_time(stage: Stage) -> None:
    long_ago, just_now = homework({5: 1}), homework({_since_the_hour_of_cases(): 1}, patient=LEV)
    stage.tell(*long_ago, *just_now)
    stage.wait(_since_the_hour_of_cases())
    stage.settle()
    with psycopg.connect(stage.database.url_as("gateway_analytics"), autocommit=True) as role:
        assert role.execute(holding.purge(timedelta(hours=72)).encode(), [100]).rowcount == 1
    assert stage.ask("SELECT patient_id FROM gateway.analytics_held") == LEV


def _since_the_hour_of_cases() -> float:
    """By the database's clock, which the purge goes by."""
    return (datetime.now(UTC) - NOW).total_seconds()
