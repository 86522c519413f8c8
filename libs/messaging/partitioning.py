"""Which partition a key belongs to: murmur2, as Kafka's own clients reckon."""

from functools import lru_cache

_M = 0x5BD1E995
_SEED = 0x9747B28C
_32_BITS = 0xFFFFFFFF


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, partitions: int) -> int:
    """Kept per key, because in Python a key costs 10 µs, and patients come again."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(key: bytes) -> int:
    size = len(key)
    whole = size - size % 4
    mixed = _SEED ^ size
    for at in range(0, whole, 4):
        word = int.from_bytes(key[at : at + 4], "little") * _M & _32_BITS
        mixed = (mixed * _M & _32_BITS) ^ ((word ^ word >> 24) * _M & _32_BITS)
    if size > whole:
        mixed = (mixed ^ int.from_bytes(key[whole:], "little")) * _M & _32_BITS
    mixed = (mixed ^ mixed >> 13) * _M & _32_BITS
    return mixed ^ mixed >> 15
