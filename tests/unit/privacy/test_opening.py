"""What is shown to a reader holds text, or says that it was erased; never a sealed value."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from libs.eventstore.wire import located
from libs.privacy.opening import UNREADABLE, opened, sealed_in
from libs.privacy.private import Erased, Private, Sealed
from libs.privacy.sealer import KeyringSealer
from libs.testing.cast import CLINIC, MASHA
from libs.testing.keyring import MemoryKeyring, memory_sealer

EVENT = UUID("00000000-0000-7000-8000-00000000e001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    n: int
    text: Private


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    title: Private
    steps: tuple[Step, ...]
    answers: dict[str, object]
    note: Private | None = None


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def sealer(keyring: MemoryKeyring) -> KeyringSealer:
    return memory_sealer(keyring)


async def _view(keyring: MemoryKeyring, sealer: KeyringSealer) -> View:
    await keyring.create_subject(CLINIC, MASHA)
    content = {"title": "films", "step": "Hey! How's it going?", "worry": "a stupid film"}
    await sealer.seal(
        content,
        [("title",), ("step",), ("worry",)],
        tenant_id=CLINIC,
        subject_id=MASHA,
        event_id=EVENT,
        key_class="clinical",
    )
    read = {name: Sealed(**value) for name, value in located(content, str(EVENT)).items()}
    return View(
        title=read["title"],
        steps=(Step(n=1, text=read["step"]), Step(n=2, text=Erased())),
        answers={"thoughts": [read["worry"]], "mood": 4},
    )


async def test_text_at_any_depth_is_opened(keyring: MemoryKeyring, sealer: KeyringSealer) -> None:
    view = await _view(keyring, sealer)
    assert await opened(view, sealer, CLINIC) == View(
        title="films",
        steps=(Step(n=1, text="Hey! How's it going?"), Step(n=2, text=Erased())),
        answers={"thoughts": ["a stupid film"], "mood": 4},
    )


async def test_destroyed_text_is_said_to_be_erased(
    keyring: MemoryKeyring, sealer: KeyringSealer
) -> None:
    view = await _view(keyring, sealer)
    await keyring.destroy(CLINIC, MASHA)
    sealer.forget(CLINIC, MASHA)
    shown = await opened(view, sealer, CLINIC)
    assert shown.title == Erased()
    assert shown.answers == {"thoughts": [Erased()], "mood": 4}


async def test_what_does_not_open_is_shown_as_erased_and_told_by_its_code(
    keyring: MemoryKeyring, sealer: KeyringSealer
) -> None:
    """Whoever moves one value, or loses one key, hides nothing else of the screen."""
    view = await _view(keyring, sealer)
    assert isinstance(view.title, Sealed)
    moved = replace(view, title=replace(view.title, found_at=f"{EVENT}/worry"))
    counted = UNREADABLE._value.get()
    with capture_logs() as logs:
        shown = await opened(moved, sealer, CLINIC)
    assert shown == replace(await opened(view, sealer, CLINIC), title=Erased())
    assert UNREADABLE._value.get() == counted + 1
    assert logs == [
        {"event": "texts-do-not-open", "code": "seal-broken", "count": 1, "log_level": "error"}
    ]


async def test_text_whose_key_does_not_open_any_more_is_shown_as_erased(
    keyring: MemoryKeyring, sealer: KeyringSealer
) -> None:
    view = await _view(keyring, sealer)
    keyring.spoil(CLINIC, MASHA)
    sealer.forget(CLINIC, MASHA)
    shown = await opened(view, sealer, CLINIC)
    assert (shown.title, shown.answers) == (Erased(), {"thoughts": [Erased()], "mood": 4})


async def test_what_holds_no_private_text_is_handed_on_as_it_is(sealer: KeyringSealer) -> None:
    view = View(title="plain", steps=(Step(n=1, text=Erased()),), answers={"mood": 4})
    assert await opened(view, sealer, CLINIC) is view


async def test_every_sealed_value_of_a_screen_is_found(
    keyring: MemoryKeyring, sealer: KeyringSealer
) -> None:
    view = await _view(keyring, sealer)
    places = [value.found_at for value in sealed_in([view, {"more": view}])]
    assert places == [f"{EVENT}/title", f"{EVENT}/step", f"{EVENT}/worry"] * 2
