"""A patient's facts stay together, and where Kafka's own clients would look for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from kafka.partitioner import murmur2 as theirs

from libs.messaging.partitioning import murmur2, partition_of
from libs.testing.cast import LEV, MASHA


@given(some.binary(max_size=80))
def test_the_hash_is_the_one_of_kafkas_own_clients(key: bytes) -> None:
    assert murmur2(key) == theirs(key)


def test_the_partition_is_the_one_that_the_java_client_chooses() -> None:
    """Known answers of org.apache.kafka.common.utils.Utils.murmur2, as signed integers."""
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: murmur2(key) for key in known} == {
        key: answer & 0xFFFFFFFF for key, answer in known.items()
    }


@pytest.mark.parametrize("partitions", [1, 3, 12])
def test_every_key_has_a_partition_that_exists(partitions: int) -> None:
    for patient in (MASHA, LEV):
        assert 0 <= partition_of(str(patient).encode(), partitions) < partitions
