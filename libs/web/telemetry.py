"""What is counted of requests: by operation and outcome, never by person."""

from functools import cache

from prometheus_client import Counter, Histogram

_ANSWERED = Counter(
    "interlude_requests_total",
    "Requests answered, and the commands of a batch each by itself.",
    ["service", "operation", "outcome"],
)
_SECONDS = Histogram(
    "interlude_request_seconds",
    "Time to answer.",
    ["service", "operation"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


def answered(service: str, operation: str, outcome: str, seconds: float) -> None:
    """`outcome` is a code, so that there are few of them."""
    _counter(service, operation, outcome).inc()
    _histogram(service, operation).observe(seconds)


@cache
def _counter(service: str, operation: str, outcome: str) -> Counter:
    return _ANSWERED.labels(service, operation, outcome)


@cache
def _histogram(service: str, operation: str) -> Histogram:
    return _SECONDS.labels(service, operation)
