"""Long work says how far it is, and can be stopped between two steps."""

import io
import os
import signal

import pytest
from rich.console import Console

from libs.process.showing import Interrupted, shown


def _on_a_terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)


def _said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_on_a_terminal_it_shows_how_far_how_fast_and_how_long_still() -> None:
    console = _on_a_terminal()
    with shown("sessions: rebuilding", interrupted="", console=console) as told:
        for done in range(1000, 5001, 1000):
            told(done, 9000)
    last = _said(console)
    assert "sessions: rebuilding" in last
    assert "5000/9000" in last
    assert "/s" in last
    assert ":" in last.rpartition("/s")[2]


def test_in_a_log_there_are_no_bars() -> None:
    console = Console(file=io.StringIO())
    with shown("sessions: rebuilding", interrupted="", console=console) as told:
        told(1, 2)
    assert _said(console) == ""


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_the_step_at_hand_is_the_last(asked: signal.Signals) -> None:
    before = signal.getsignal(asked)
    with shown("", interrupted="It goes on from here.", console=_on_a_terminal()) as told:
        told(1, 3)
        os.kill(os.getpid(), asked)
        with pytest.raises(Interrupted, match=r"It goes on from here\."):
            told(2, 3)
    assert signal.getsignal(asked) is before
