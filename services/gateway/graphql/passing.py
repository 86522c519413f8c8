"""What a service's failure is to who asks through the gateway."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.gateway.clients import NotAuthenticated, OutOfReach, TryLater
from services.gateway.graphql.errors import Overloaded, Unauthenticated, Unavailable


@contextmanager
def passed_on(**more: Any) -> Iterator[None]:
    """`more`: what whoever asked needs to ask again, where it may have happened all the same."""
    try:
        yield
    except NotAuthenticated:
        raise Unauthenticated from None
    except TryLater as later:
        raise Overloaded(retryAfter=later.after, **more) from None
    except OutOfReach:
        raise Unavailable(**more) from None
