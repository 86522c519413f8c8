"""Which ports a run or a test may listen on."""

import socket
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.ports import HOST, SERVERS, free_port, is_free

CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_a_free_port_is_one_that_no_connection_is_given() -> None:
    """Or it might be taken before anybody listens on it."""
    assert all(free_port() in SERVERS for _ in range(50))
    if CLIENTS.exists():
        first, _last = CLIENTS.read_text().split()
        assert max(SERVERS) < int(first)


def test_a_port_that_somebody_listens_on_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    with socket.create_server((HOST, port)):
        assert not is_free(port)
        monkeypatch.setattr(ports, "SERVERS", range(port, port + 1))
        with pytest.raises(OSError, match="no free port"):
            free_port()
