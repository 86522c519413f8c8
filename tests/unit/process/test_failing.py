"""Why a process could not start, in a line that somebody can act on."""

import pytest

from libs.messaging.broker import BrokerUnavailable, PublishFailed
from libs.process.failing import explanation


@pytest.mark.parametrize("code", ["kafka-authentication-failed", "kafka-tls-failed"])
@pytest.mark.parametrize("kind", [BrokerUnavailable, PublishFailed])
def test_a_broker_that_lets_nobody_in_is_told_from_one_that_does_not_answer(
    kind: type[Exception], code: str
) -> None:
    assert explanation(kind(code)) == f"BROKER_URL: the broker does not let us in ({code})."
    assert explanation(kind("kafka-timeout")) == "BROKER_URL: the broker does not answer."


def test_a_mistake_of_ours_is_none_of_the_surroundings() -> None:
    assert explanation(KeyError("kafka-tls-failed")) is None
