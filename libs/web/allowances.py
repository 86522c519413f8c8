"""How much one person may ask for, and one client of a clinic: a bucket each, which fills steadily.
It holds back a client that runs wild with somebody's token, or with everybody's; what the process
as a whole can take is `limits`' concern. What costs more than a request counts as several.

Counted in each process by itself: with two of them somebody may ask for twice as much.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from libs.access.principal import Principal
from libs.process.settings import Identity
from libs.web.edge import Verifier
from libs.web.problems import Problem

_MOST_PEOPLE = 10_000

Who = tuple[UUID, UUID | str]
"""Clinic and person, or clinic and client: one id in two clinics is two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Requests: so many at once, and then so many a second."""

    at_once: int
    per_second: float


@dataclass(slots=True)
class _Bucket:
    """`left` as it was `at` a second of the steady clock."""

    left: float
    at: float


class Allowances:
    """`monotonic` is a clock in seconds. Who asked least lately is forgotten first, and begins with
    a full bucket when they come again.
    """

    def __init__(
        self, allowance: Allowance, monotonic: Callable[[], float], *, most: int = _MOST_PEOPLE
    ) -> None:
        self._allowance = allowance
        self._monotonic = monotonic
        self._most = most
        self._buckets: OrderedDict[Who, _Bucket] = OrderedDict()

    def take(self, who: Who, count: int = 1) -> float:
        """0 when they may, and then it is counted; else the seconds until they may."""
        bucket = self._filled(who)
        if bucket.left >= count:
            bucket.left -= count
            return 0.0
        return (count - bucket.left) / self._allowance.per_second

    def more(self, who: Who, count: int) -> float:
        """As `take`, besides the one that they came with; never more than a bucket holds."""
        return self.take(who, min(count, self._allowance.at_once - 1))

    def _filled(self, who: Who) -> _Bucket:
        now, most = self._monotonic(), float(self._allowance.at_once)
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(most, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(who)
        bucket.left = min(most, bucket.left + (now - bucket.at) * self._allowance.per_second)
        bucket.at = now
        return bucket


def of_rate(rate: float, at_once: int, *, monotonic: Callable[[], float]) -> Allowances | None:
    """None, and so no limit, where the rate is 0."""
    return Allowances(Allowance(at_once=at_once, per_second=rate), monotonic) if rate else None


def admitting(
    verifier: Verifier,
    *,
    rate: float,
    at_once: int,
    monotonic: Callable[[], float],
    of_clients: Allowance | None = None,
) -> Verifier:
    """The verifier as it is where the rates are 0."""
    people = Allowance(at_once=at_once, per_second=rate) if rate else None
    if people is None and of_clients is None:
        return verifier
    return Admitting(verifier, _kept(people, monotonic), _kept(of_clients, monotonic))


def _kept(allowance: Allowance | None, monotonic: Callable[[], float]) -> Allowances | None:
    return None if allowance is None else Allowances(allowance, monotonic)


def allowance_of_clients(settings: Identity) -> Allowance | None:
    if not settings.client_rate:
        return None
    return Allowance(at_once=settings.client_requests_at_once, per_second=settings.client_rate)


@dataclass(frozen=True, slots=True)
class Admitting:
    """Says who calls, as `verifier` does, as long as neither they nor their client ask for too
    much. None for any amount.
    """

    verifier: Verifier
    people: Allowances | None
    clients: Allowances | None = None

    async def principal(self, token: str) -> Principal:
        """Raises `Problem`: those of `verifier`, or 429 with the whole seconds to wait."""
        principal = await self.verifier.principal(token)
        for allowances, who in self._of(principal):
            _refuse(allowances.take(who))
        return principal

    def charge(self, principal: Principal, count: int) -> None:
        for allowances, who in self._of(principal):
            _refuse(allowances.more(who, count))

    def _of(self, principal: Principal) -> Iterator[tuple[Allowances, Who]]:
        if self.people is not None:
            yield self.people, (principal.tenant_id, principal.person_id)
        if self.clients is not None and principal.client:
            yield self.clients, (principal.tenant_id, principal.client)


def charge(verifier: Verifier, principal: Principal, count: int) -> None:
    """So many more than the one request that they came with. Raises `Problem` (429)."""
    if count > 0 and isinstance(verifier, Admitting):
        verifier.charge(principal, count)


def spend(allowances: Allowances, principal: Principal) -> None:
    """One of something that has an allowance of its own. Raises `Problem` (429)."""
    _refuse(allowances.take((principal.tenant_id, principal.person_id)))


def _refuse(wait: float) -> None:
    if wait:
        seconds = str(math.ceil(wait)).encode()
        raise Problem("too-many-requests", headers=[(b"retry-after", seconds)])
