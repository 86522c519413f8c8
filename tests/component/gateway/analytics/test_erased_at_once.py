"""Somebody is erased while what they did is being derived: both come to their end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest

from deploy.local.ports import wait_until
from libs.access import erasing
from libs.messaging.envelope import topic_of
from libs.testing.cast import CLINIC, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY
from services.gateway.analytics import epochs, role
from services.gateway.analytics.knowing import Knowing
from tests.component.engines import engine_as
from tests.component.erasing.handling import Handling, erased, waits

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]


def test_who_hears_of_an_erasure_and_who_derives_do_not_wait_for_each_other(
    own_database: Database,
) -> None:
    knowing = Knowing(lambda _label: CHAIN_KEY, held_for=timedelta(days=1), now=lambda: NOW)
    knower = Handling(
        role.knowers_reader({topic_of("care"): CHAIN_KEY}),
        knowing.project,
        "gateway.known_sessions",
    )
    took = Event()
    with (
        engine_as("gateway_analytics", own_database) as removing,
        engine_as("gateway_analytics", own_database) as deriving,
        ThreadPoolExecutor(1) as beside,
    ):
        epochs.under_unchanging_consents(deriving)
        with deriving.begin() as db:
            other = beside.submit(knower.all_of, removing, 0, erased(MASHA), took)
            assert wait_until(lambda: waits(own_database), seconds=20)
            assert erasing.forgotten(db, {(CLINIC, MASHA)}) == set()
        other.result(20)
        with deriving.begin() as db:
            assert erasing.forgotten(db, {(CLINIC, MASHA)}) == {(CLINIC, MASHA)}
