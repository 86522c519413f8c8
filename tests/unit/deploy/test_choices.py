"""What somebody may choose for `make run`."""

import pytest

from deploy.local.choices import choices
from deploy.local.trouble import Trouble


def test_nothing_said_leaves_the_broker_to_us() -> None:
    assert choices({}).broker is None


def test_a_broker_that_exists_is_used() -> None:
    chosen = choices({"BROKER_URL": "kafka://127.0.0.1:9092"})
    assert (chosen.broker, chosen.broker_url) == ("given", "kafka://127.0.0.1:9092")


def test_the_development_issuer_is_believed_unless_somebody_else_is_asked_for() -> None:
    assert choices({}).identity == "development"
    assert choices({"IDENTITY": ""}).identity == "development"
    assert choices({"IDENTITY": "keycloak"}).identity == "keycloak"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("BROKER", "rabbit"),
        ("IDENTITY", "passport"),
        ("BROKER_URL", "amqp://127.0.0.1"),
        ("PORT_BASE", "eighty"),
        ("PORT_BASE", "80"),
        ("PORT_BASE", "38000"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_repeated(setting: str, value: str) -> None:
    with pytest.raises(Trouble, match=setting) as trouble:
        choices({setting: value})
    assert value not in str(trouble.value)
