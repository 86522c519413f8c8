"""Whether whoever listens in, or pretends to be somebody else, could read along."""

import pytest

from libs.process.addresses import is_encrypted, is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a@db.internal/x?sslmode=verify-full",
        "postgresql://a@db.internal/x?sslmode=verify-ca&sslrootcert=/run/ca.pem",
        "kafka+ssl://kafka-1:9093,kafka-2:9093",
        "https://care.internal",
    ],
)
def test_who_answers_is_who_was_asked_and_nobody_else_hears_it(url: str) -> None:
    assert is_encrypted(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a@db.internal/x",
        # Encrypted to whoever answers: it verifies nobody.
        "postgresql://a@db.internal/x?sslmode=require",
        "postgresql://a@db.internal/x?sslmode=verify-full&sslmode=prefer",
        "kafka://kafka-1:9092",
        "kafka://kafka-1:9092?sslmode=verify-full",
        "http://care.internal",
        "http://care.internal?sslmode=verify-full",
    ],
)
def test_somebody_on_the_way_could_read_along(url: str) -> None:
    assert not is_encrypted(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a@127.0.0.1:5432/x",
        "postgresql://a@localhost/x?host=127.0.0.1",
        "postgresql://a@localhost/x?host=/run/postgresql",
        "kafka://127.0.0.1:9092,[::1]:9092",
        "http://localhost:8001",
    ],
)
def test_what_stays_on_this_machine(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a@127.0.0.1,db.internal/x",
        # The driver goes where the query says.
        "postgresql://a@127.0.0.1/x?host=db.internal",
        "postgresql://a@127.0.0.1/x?host=127.0.0.1,db.internal",
        "postgresql://a@127.0.0.1/x?hostaddr=192.0.2.7",
        "kafka://127.0.0.1:9092,kafka-1:9092",
        "http://127.0.0.1.example",
    ],
)
def test_what_leaves_this_machine(url: str) -> None:
    assert not is_loopback(url)
