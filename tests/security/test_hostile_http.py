"""Hostile bytes at a door that others use as well: refused, forgotten, and nobody else notices."""

import pytest

from tests.security import wire
from tests.security.exposed import GATEWAY, Door
from tests.security.hostile_heads import BEYOND, HEADS, HOSTS, PATHS, SMUGGLED
from tests.security.hostile_http import BODIES, CANARY, INVISIBLE, Attack, look, naming
from tests.security.wire import Heard

pytestmark = [
    pytest.mark.security("hostile HTTP"),
    pytest.mark.postgres,
    pytest.mark.xdist_group("doors"),
    pytest.mark.timeout(300),
]

LONGEST = 100_000
MEMORY = 16 * 1024 * 1024
"""Bytes that a process may grow by under thousands of attacks: what its allocator keeps."""


def sent(door: Door, attack: Attack, *, patient: bool = False) -> Heard:
    """Whatever was said, nothing of it comes back or is written down, and others are served."""
    written = len(door.log)
    heard = wire.said(door.port, attack.parts(door), patient=patient)
    assert CANARY not in heard.raw
    assert len(heard.raw) < LONGEST
    assert CANARY.decode() not in door.log[written:]
    assert door.is_served()
    return heard


def says_no(heard: Heard) -> bool:
    """As GraphQL does, within a 200."""
    return heard.statuses == [200] and (
        b'"errors":[{' in heard.raw or b'"userErrors":[{' in heard.raw
    )


@pytest.mark.parametrize("attack", BODIES, ids=str)
def test_a_hostile_body_is_refused(door: Door, attack: Attack) -> None:
    heard = sent(door, attack)
    assert heard.is_refusal or (door.name == GATEWAY and says_no(heard)), str(heard)
    assert b"clinic-not-registered" not in heard.raw, "no rule of the domain is ever asked"


@pytest.mark.parametrize(
    "attack", [naming(name, value) for name, value in INVISIBLE.items()], ids=str
)
def test_a_name_that_nobody_can_see_is_refused(door: Door, attack: Attack) -> None:
    heard = sent(door, attack)
    assert b"text-blank" in heard.raw, str(heard)


@pytest.mark.parametrize("attack", HEADS, ids=str)
def test_a_hostile_head_is_refused(door: Door, attack: Attack) -> None:
    heard = sent(door, attack)
    assert heard.is_refusal, str(heard)


@pytest.mark.parametrize("lines", BEYOND.values(), ids=BEYOND.keys())
def test_a_head_beyond_measure_is_refused(door: Door, lines: tuple[bytes, ...]) -> None:
    heard = sent(door, Attack(name="", parts=lambda _door: [look(*lines)]))
    assert heard.is_refusal, str(heard)


def test_a_head_without_an_end_costs_no_memory(door: Door) -> None:
    before = door.memory
    with wire.connected(door.port) as endless:
        wire.send(endless, [look()[:-2]])
        wire.send(endless, [b"X: " + b"x" * 65_000 + b"\r\n"] * 1_000)
        assert door.is_served(), "which comes after all of it was read"
        grown = door.memory - before
    assert grown < MEMORY


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
def test_without_one_host_there_is_no_answer(door: Door, host: bytes) -> None:
    heard = sent(door, Attack(name="", parts=lambda _door: [look(host=host)]))
    assert heard.is_refusal, str(heard)


@pytest.mark.parametrize("attack", PATHS, ids=lambda attack: str(attack)[:40])
def test_a_twisted_path_leads_nowhere(door: Door, attack: Attack) -> None:
    heard = sent(door, attack)
    assert heard.is_refusal, str(heard)


@pytest.mark.parametrize("attack", SMUGGLED, ids=str)
def test_no_request_hides_in_another(door: Door, attack: Attack) -> None:
    heard = sent(door, attack, patient=True)
    assert heard.is_refusal, str(heard)
    assert len(heard.statuses) <= 1
    assert "/second" not in door.log


@pytest.mark.parametrize("path", [b"/livez/", b"/readyz/"])
def test_a_forged_host_is_nowhere_one_is_sent_to(door: Door, path: bytes) -> None:
    forged = look(target=path, host=b"Host: " + CANARY + b"\r\n")
    sent(door, Attack(name="", parts=lambda _door: [forged]))


FORGED = [
    b"X-Forwarded-Host: ",
    b"X-Forwarded-For: ",
    b"X-Forwarded-Proto: ",
    b"X-Forwarded-Prefix: /",
    b"X-Forwarded-Server: ",
    b"X-Real-IP: ",
    b"X-Original-URL: /",
    b"X-Rewrite-URL: /",
    b"Forwarded: for=",
    b"X-Correlation-Id: ",
    b"traceparent: ",
    b"tracestate: ",
    b"baggage: a=",
]


@pytest.mark.parametrize("line", FORGED, ids=lambda line: line.decode().partition(":")[0])
def test_what_only_a_proxy_would_know_is_believed_of_nobody(door: Door, line: bytes) -> None:
    heard = sent(door, Attack(name="", parts=lambda _door: [look(line + CANARY)]))
    assert heard.statuses == [200]


@pytest.mark.parametrize(
    "name", [b"X-HTTP-Method-Override", b"X-HTTP-Method", b"X-Method-Override"]
)
def test_a_method_is_what_the_first_line_says(door: Door, name: bytes) -> None:
    overridden = look(name + b": DELETE", target=b"/livez?_method=DELETE")
    heard = sent(door, Attack(name="", parts=lambda _door: [overridden]))
    assert heard.statuses == [200]


def test_under_all_of_it_memory_stays_flat(door: Door) -> None:
    everything = [*BODIES, *HEADS, *PATHS, *SMUGGLED]
    for attack in everything:
        wire.said(door.port, attack.parts(door))
    before = door.memory
    for attack in everything * 2:
        with wire.connected(door.port) as connection:
            wire.send(connection, attack.parts(door))
            connection.recv(1)
    assert door.is_served()
    assert door.memory - before < MEMORY
