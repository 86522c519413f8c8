"""A rebuild that was stopped goes on, unless something has changed since."""

import pytest

from libs.process.showing import Interrupted
from services.gateway import operating
from tests.component.gateway.clinic import Clinic, sessions
from tests.component.gateway.rebuilding.rebuilds import Stopping, left_behind, only

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


def test_stopped_in_the_middle_it_goes_on_where_it_was(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.told(*sessions(1000, moves=2))
    with clinic.live():
        clinic.caught_up()
    monkeypatch.setattr(operating, "shown", first := Stopping(2))
    with pytest.raises(Interrupted, match="goes on from here"):
        operating.rebuilt(clinic.settings, "sessions")
    reached = clinic.read("rebuild:sessions")
    assert reached == first.told[-1][0] < clinic.read()

    monkeypatch.setattr(operating, "shown", second := Stopping(-1))
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
    assert second.told[0][0] > reached
    assert clinic.ask("SELECT count(*) FROM sessions") == 1002
    assert left_behind(clinic) == 0


def test_what_other_code_began_is_begun_anew(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr(operating, "shown", Stopping(1))
        old.setattr(operating, "_mark", lambda: "an older release")
        with pytest.raises(Interrupted):
            operating.rebuilt(clinic.settings, "sessions")
    clinic.ask("UPDATE gateway_next.sessions SET duration_min = 1")
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)


def test_what_a_migration_has_changed_meanwhile_is_begun_anew(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(operating, "shown", Stopping(1))
        with pytest.raises(Interrupted):
            operating.rebuilt(clinic.settings, "sessions")
    clinic.ask("ALTER TABLE sessions ADD COLUMN room text")
    assert only(operating.rebuilt(clinic.settings, "sessions")) == (0, 0)
    assert clinic.ask("SELECT count(*) FROM sessions WHERE room IS NULL") == 2
