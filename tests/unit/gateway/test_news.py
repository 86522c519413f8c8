"""Who waits for news about whom is woken, and nobody else."""

from uuid import uuid4

from libs.eventstore.changes import Changes, payload
from libs.eventstore.recorded import stream_name
from libs.testing.cast import CLINIC, LEV, MASHA, OTHER_CLINIC
from services.gateway.live import Live


def told(*subjects: object, tenant: object = CLINIC) -> str:
    return payload(
        Changes(
            tenant_id=tenant,  # type: ignore[arg-type]  # of the cast
            streams={f"goal-{uuid4()}": 1},
            subjects=frozenset(subjects),  # type: ignore[arg-type]  # as above
        )
    )


async def test_only_who_waits_for_this_patient_is_woken() -> None:
    live = Live()
    async with live.news((CLINIC, MASHA)) as hers, live.news((CLINIC, LEV)) as his:
        live.tell(told(MASHA))
        assert (hers.is_set(), his.is_set()) == (True, False)


async def test_another_clinics_patient_is_another_patient() -> None:
    live = Live()
    async with live.news((CLINIC, MASHA)) as hers:
        live.tell(told(MASHA, tenant=OTHER_CLINIC))
        assert not hers.is_set()


async def test_after_a_break_in_listening_everybody_looks() -> None:
    live = Live()
    async with live.news((CLINIC, MASHA)) as hers, live.news((CLINIC, LEV)) as his:
        live.tell_everybody()
        assert hers.is_set()
        assert his.is_set()


async def test_who_left_is_forgotten() -> None:
    live = Live()
    async with live.news((CLINIC, MASHA)):
        pass
    assert live._waiting == {}


async def test_who_waits_for_a_stream_is_woken_by_that_stream() -> None:
    live = Live()
    stream, other = stream_name("goal", uuid4()), stream_name("goal", uuid4())
    told = Changes(tenant_id=CLINIC, streams={stream: 3}, subjects=frozenset())
    async with (
        live.news_of_streams(CLINIC, [stream]) as waiting,
        live.news_of_streams(CLINIC, [other]) as elsewhere,
        live.news_of_streams(OTHER_CLINIC, [stream]) as strangers,
    ):
        live.tell(payload(told))
        assert waiting.is_set()
        assert not elsewhere.is_set()
        assert not strangers.is_set()
