"""A mutation is one trace and one correlation: through the gateway, the service, its relay, Apache
Kafka, and the projector, each in a process of its own.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import wait_until
from libs.testing.databases import Database
from tests.component.registering import CANARY, registered
from tests.component.started import SECONDS, Clinic, issuing

pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(300)]

PROCESSES = ("care-api", "care-relay", "gateway-projector", "gateway-api")
TRACE_ID, PHONE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CORRELATION = "0af76519-16cd-43dd-8448-eb211c80319c"


@pytest.fixture
def clinic(
    own_database: Database, kafka_broker: str, topic_prefix: str, tmp_path: Path
) -> Iterator[Clinic]:
    with issuing(tmp_path) as issuer:
        clinic = Clinic(
            database=own_database,
            broker_url=kafka_broker,
            topic_prefix=topic_prefix,
            folder=tmp_path,
            issuer=issuer,
            more={"OTEL_TRACES_EXPORTER": "console", "ACCESS_LOG": "true"},
        )
        clinic.start(*PROCESSES)
        try:
            clinic.await_ready()
            yield clinic
        finally:
            clinic.stop()


def spans(clinic: Clinic, process: str) -> Mapping[str, Any]:
    """Of the trace, by their names."""
    return {
        line["name"]: line
        for line in clinic.running[process].lines()
        if "context" in line and line["context"]["trace_id"] == f"0x{TRACE_ID}"
    }


def test_a_mutation_is_one_trace_and_one_correlation(clinic: Clinic) -> None:
    answer = registered(
        clinic,
        traceparent=f"00-{TRACE_ID}-{PHONE}-01",
        **{"X-Correlation-Id": CORRELATION},
    )
    assert answer.json()["data"]["registerClinic"]["userErrors"] == [], answer.text
    assert answer.headers["x-correlation-id"] == CORRELATION
    assert wait_until(
        lambda: "apply live" in spans(clinic, "gateway-projector"), seconds=SECONDS, every=0.1
    )

    served = spans(clinic, "gateway-api")["POST /graphql"]
    passed_on = spans(clinic, "gateway-api")["POST /v1/clinics"]
    recorded = spans(clinic, "care-api")["POST /v1/clinics"]
    appended = spans(clinic, "care-api")["append clinic"]
    (published,) = spans(clinic, "care-relay").values()
    applied = spans(clinic, "gateway-projector")["apply live"]

    assert served["parent_id"] == f"0x{PHONE}"
    assert passed_on["parent_id"] == served["context"]["span_id"]
    assert recorded["parent_id"] == passed_on["context"]["span_id"]
    for step in (appended, published, applied):
        assert step["parent_id"] == recorded["context"]["span_id"]
    assert published["name"].endswith("interlude.care.events.v1")
    roles = {each["resource"]["attributes"]["service.name"] for each in (published, applied)}
    assert roles == {"care-relay", "gateway-projector"}

    for process in ("gateway-api", "care-api"):
        (line,) = [
            line
            for line in clinic.running[process].lines()
            if line.get("logger") == "uvicorn.access" and "POST" in line["event"]
        ]
        assert (line["correlation_id"], line["trace_id"]) == (CORRELATION, TRACE_ID)
    for process in PROCESSES:
        told = json.dumps(clinic.running[process].lines())
        assert CANARY not in told
        assert "marmalade" not in told
