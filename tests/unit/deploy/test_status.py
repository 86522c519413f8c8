"""What `make status` makes of what the processes say, and when somebody should look."""

import io
from collections.abc import Sequence

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from rich.console import Console

from deploy.local.looking import Seen, look, quantile, seen
from deploy.local.ports import free_port
from deploy.local.processes import PROCESSES
from deploy.local.run_info import RunInfo
from deploy.local.status import Status, show
from libs.process import admin
from libs.process.admin import Readiness

READY = ("ready", ())


def samples(text: str) -> Sequence[Sample]:
    return [one for each in text_string_to_metric_families(text) for one in each.samples]


def relay(published: int, waiting: int = 0, oldest: float = 0.0) -> Sequence[Sample]:
    return samples(
        f"""# TYPE interlude_relayed_total counter
interlude_relayed_total{{service="care"}} {published}
# TYPE interlude_outbox_rows gauge
interlude_outbox_rows{{service="care"}} {waiting}
# TYPE interlude_outbox_oldest_seconds gauge
interlude_outbox_oldest_seconds{{service="care"}} {oldest}
"""
    )


def test_a_relay_is_seen_by_its_rate_and_by_what_waits() -> None:
    at_work = seen("relay", ("ready", ()), relay(100), relay(160, 7, 3.5), seconds=2)
    assert (at_work.per_second, at_work.waiting, at_work.oldest) == (30, 7, 3.5)
    assert at_work.is_well


def test_what_waits_for_a_minute_is_looked_at() -> None:
    late = seen("relay", ("ready", ()), relay(100), relay(100, 7, 61), seconds=1)
    assert not late.is_well


def test_degraded_is_looked_at() -> None:
    assert not Seen(state="degraded", failing=("nothing-parked",)).is_well


def test_the_readers_of_one_process_are_seen_together() -> None:
    text = """# TYPE interlude_reader_applied_total counter
interlude_reader_applied_total{reader="keep"} 5
interlude_reader_applied_total{reader="react"} 4
# TYPE interlude_reader_lag_events gauge
interlude_reader_lag_events{reader="keep"} 2
interlude_reader_lag_events{reader="react"} 6
# TYPE interlude_reader_parked_records gauge
interlude_reader_parked_records{reader="keep"} 1
interlude_reader_parked_records{reader="react"} 2
"""
    found = seen("follow", ("ready", ()), (), samples(text), seconds=1)
    assert (found.per_second, found.waiting, found.parked) == (9, 6, 3)


HISTOGRAM = """# TYPE seconds histogram
seconds_bucket{le="0.01",operation="a"} 50
seconds_bucket{le="0.1",operation="a"} 90
seconds_bucket{le="+Inf",operation="a"} 100
"""


@pytest.mark.parametrize(("share", "expected"), [(0.25, 0.005), (0.5, 0.01), (0.99, 0.1)])
def test_a_quantile_lies_within_its_bucket(share: float, expected: float) -> None:
    assert quantile(samples(HISTOGRAM), "seconds", share) == pytest.approx(expected)


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile((), "seconds", 0.5) is None


def test_a_process_is_asked_on_its_admin_port() -> None:
    readiness = Readiness(hopes={"nothing-parked": lambda: False})
    with admin.serving(readiness, port=0) as port:
        urls = {"care-relay": port, "care-follow": free_port()}
        found = look({name: f"http://127.0.0.1:{each}" for name, each in urls.items()})
    assert (found["care-relay"].state, found["care-relay"].failing) == (
        "degraded",
        ("nothing-parked",),
    )
    assert found["care-follow"] == Seen(state="away")


def test_a_hundred_columns_are_enough() -> None:
    busy = Seen(
        state="not ready",
        failing=("projecting",),
        per_second=12_345.6,
        waiting=1_000_000,
        oldest=86_400.0,
        parked=1000,
        p50=0.0123,
        p99=12.345,
        refused=12_345,
    )
    names = [process.name for process in PROCESSES]
    run = RunInfo(
        gateway="http://127.0.0.1:32000",
        services={"assignment": "http://127.0.0.1:32002"},
        admin=dict.fromkeys(names, "http://127.0.0.1:32302"),
        broker="",
        database="",
        issuer="",
        tokens={},
    )
    pids = {"supervisor": 1, **dict.fromkeys(names, 2)}
    status = Status(
        run=run,
        pids=pids,
        megabytes=dict.fromkeys(pids, 123.4),
        seen=dict.fromkeys(names, busy),
    )
    output = io.StringIO()
    show(status, Console(file=output, width=100))
    (line,) = [each for each in output.getvalue().splitlines() if "gateway-projector " in each][:1]
    assert line.split()[1:] == [
        *("32302", "123", "not", "ready", "12346", "1000000", "86400", "s"),
        *("1000", "12", "12345", "12345"),
    ]
    assert "gateway-projector is not ready: projecting" in output.getvalue()
    assert not status.is_well


def test_keycloak_is_shown_by_its_port_and_counted_apart() -> None:
    run = RunInfo(
        gateway="http://127.0.0.1:8000",
        services={"care": "http://127.0.0.1:8001"},
        admin={},
        broker="",
        database="",
        issuer="http://127.0.0.1:8080/realms/interlude",
        tokens={},
    )
    status = Status(
        run=run,
        pids={"Keycloak": 1, "care-api": 2},
        megabytes={"Keycloak": 350.0, "care-api": 70.0},
        seen={"Keycloak": Seen(state="ready")},
    )
    output = io.StringIO()
    show(status, Console(file=output, width=100))
    (line,) = [each for each in output.getvalue().splitlines() if each.startswith("Keycloak")]
    assert line.split()[1:] == ["8080", "350", "ready"]
    assert status.interlude_mb == 70
