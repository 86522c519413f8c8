"""What may be told of somebody else's exception: its kind, never its message."""

import re


def code_of(trouble: Exception) -> str:
    """`KafkaTimeoutError` → `kafka-timeout`. Messages may hold addresses, keys and values."""
    name = type(trouble).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
