"""Records that a stranger who can write to care's topic might write, each all but right: what the
next record of a patient's stream would look like, except for one thing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from libs.eventstore.chain import link
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Message
from libs.messaging.envelope import to_message
from libs.testing.cast import BORIS, LEV, OTHER_CLINIC
from libs.testing.streams import CHAIN_KEY, stream
from libs.testing.topics import tampered

CANARY = b"canary-of-masha"
REGISTERED = "interlude.care.PatientRegistered.v1"
LONDON, TOKYO, MARS = "Europe/London", "Asia/Tokyo", "Mars/Olympus"

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """`code` is what it is parked with."""

    name: str
    code: str
    made: Callable[[Recorded, str], Message]

    def __str__(self) -> str:
        return self.name


def patient(who: UUID, *zones: str) -> Sequence[Recorded]:
    """Registered, and registered again with another zone."""
    facts = [(REGISTERED, {"patient_id": str(who), "zone": zone, "locale": "en"}) for zone in zones]
    return stream("patient", who, *facts, subject=who)


def _as(name: str, code: str, **changes: object) -> Strange:
    """The next record, changed by somebody who cannot chain it."""
    return Strange(
        name=name,
        code=code,
        made=lambda genuine, topic: to_message(tampered(genuine, **changes), topic),
    )


def _with(name: str, code: str, change: Callable[[Headers], Headers]) -> Strange:
    """The next record as it is, with other headers."""

    def made(genuine: Recorded, topic: str) -> Message:
        message = to_message(genuine, topic)
        return replace(message, headers=change(message.headers))

    return Strange(name=name, code=code, made=made)


def _but(**changes: bytes) -> Callable[[Headers], Headers]:
    return lambda headers: [*((n, v) for n, v in headers if n not in changes), *changes.items()]


def _twice(headers: Headers) -> Headers:
    return [*headers, *((name, CANARY) for name, _ in headers)]


def _chained_by(key: bytes) -> Callable[[Recorded, str], Message]:
    """By another service, or by whoever has guessed one."""

    def made(genuine: Recorded, topic: str) -> Message:
        forged = tampered(genuine, data=_MARS)
        return to_message(tampered(forged, chain=link(key, b"", forged)), topic)

    return made


def _keyed_by(key: bytes) -> Callable[[Recorded, str], Message]:
    return lambda genuine, topic: replace(to_message(genuine, topic), key=key)


_MARS = b'{"zone":"Mars/Olympus","locale":"en"}'
_MANY: Mapping[str, bytes] = {f"x-{number}": CANARY for number in range(5_000)}

STRANGE = (
    _as("another patient's text", "chain-broken", data=_MARS),
    _as("no JSON at all", "chain-broken", data=CANARY),
    _as("another actor", "chain-broken", actor_id=BORIS),
    _as("another role", "chain-broken", actor_role="clinic_admin"),
    _as("about somebody else, keyed so", "chain-broken", subject_id=LEV),
    _as("another clinic's", "waits-for-earlier", tenant_id=OTHER_CLINIC),
    _as("another clinic's first", "chain-broken", tenant_id=OTHER_CLINIC, version=1),
    _as("another stream's first", "chain-broken", stream_id=f"patient-{LEV}", version=1),
    _as("of another kind of stream", "waits-for-earlier", stream_id=f"clinic-{LEV}"),
    _as("far ahead of its stream", "waits-for-earlier", version=999_999_999),
    _as("of a type that nobody knows", "chain-broken", type="interlude.care.NobodyKnows.v1"),
    _as("of a version to come", "chain-broken", type="interlude.care.PatientRegistered.v99"),
    _as("another service's fact", "chain-broken", type="interlude.diary.EntryRecorded.v1"),
    _as("a chain of nothing", "chain-broken", chain=bytes(16)),
    _as("a chain too short", "chain-broken", chain=b"\x00"),
    Strange(name="another key's chain", code="chain-broken", made=_chained_by(bytes(32))),
    Strange(name="a chain that begins anew", code="chain-broken", made=_chained_by(CHAIN_KEY)),
    Strange(name="another key", code="wrong-partitionkey", made=_keyed_by(str(LEV).encode())),
    Strange(name="a key of no text", code="wrong-partitionkey", made=_keyed_by(b"\xff" + CANARY)),
    Strange(name="a key of a megabyte", code="wrong-partitionkey", made=_keyed_by(b"k" * 900_000)),
    _with("a tenant that is none", "bad-tenantid", _but(ce_tenantid=CANARY)),
    _with(
        "a tenant in capitals",
        "bad-tenantid",
        _but(ce_tenantid=b"AAAAAAAA-0000-7000-8000-0000000000C1"),
    ),
    _with("a type with a path", "bad-type", _but(ce_type=b"interlude.care.../" + CANARY)),
    _with("a version of many digits", "bad-sequence", _but(ce_sequence=b"9" * 4_000)),
    _with("a time that never was", "bad-time", _but(ce_time=b"100000-01-01T00:00:00Z")),
    _with("a header of a megabyte", "too-large", _but(ce_traceparent=b"0" * 900_000)),
    _with("a stranger's header of a megabyte", "too-large", _but(canary=CANARY * 60_000)),
    _with("five thousand headers", "too-large", lambda headers: [*headers, *_MANY.items()]),
    _with("each header again, and other", "bad-type", _twice),
    _with("no headers", "no-type", lambda _headers: []),
    _with("another kind of content", "wrong-content-type", _but(**{"content-type": b"text/plain"})),
)
