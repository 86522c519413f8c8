"""Whatever happens to somebody's keys, in whatever order: a text opens as long as none of its class
was destroyed since, and what is erased stays so.
"""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.wire import located
from libs.privacy.keys import CLASSES
from libs.privacy.private import Erased, KeyClass, Sealed
from libs.privacy.sealer import HELD_FOR
from libs.privacy.sealing import SubjectErased
from libs.testing.cast import CLINIC, MASHA
from libs.testing.keyring import MemoryKeyring, memory_sealer

EVENT = UUID("00000000-0000-7000-8000-00000000e001")
Step = tuple[Literal["write", "follow", "destroy", "renew", "register", "erase"], KeyClass]
steps = st.lists(
    st.tuples(
        st.sampled_from(["write", "follow", "destroy", "renew", "register", "erase"]),
        st.sampled_from(CLASSES),
    ),
    max_size=25,
)


@dataclass
class Masha:
    """Her keys, and beside them what should be true."""

    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    seconds: float = 0.0
    texts: list[tuple[Sealed, KeyClass, bool]] = field(default_factory=list)
    living: set[KeyClass] = field(default_factory=lambda: set(CLASSES))
    erased: bool = False

    def __post_init__(self) -> None:
        self.sealer = memory_sealer(self.keyring, monotonic=lambda: self.seconds)

    async def lives_through(self, step: Step) -> None:
        what, key_class = step
        try:
            await getattr(self, what)(key_class)
        except SubjectErased:
            assert self.erased or key_class not in self.living
        else:
            assert not (self.erased and what in {"renew", "register"})
            assert what != "write" or key_class in self.living
        self.seconds += HELD_FOR

    async def write(self, key_class: KeyClass) -> None:
        content: dict[str, Any] = {"text": "said"}
        await self.sealer.seal(
            content,
            [("text",)],
            tenant_id=CLINIC,
            subject_id=MASHA,
            event_id=EVENT,
            key_class=key_class,
        )
        sealed = Sealed(**located(content, str(EVENT))["text"])
        self.texts.append((sealed, key_class, True))

    async def follow(self, key_class: KeyClass) -> None:
        found = await self.keyring.newest(CLINIC, MASHA, key_class)
        if found is not None and key_class in self.living:
            await self.keyring.follow(found[0])

    async def destroy(self, key_class: KeyClass) -> None:
        await self.keyring.destroy(CLINIC, MASHA, [key_class])
        self._gone(key_class)

    async def renew(self, key_class: KeyClass) -> None:
        await self.keyring.renewed(CLINIC, MASHA, key_class)
        self.living.add(key_class)

    async def register(self, _key_class: KeyClass) -> None:
        await self.keyring.create_subject(CLINIC, MASHA)

    async def erase(self, _key_class: KeyClass) -> None:
        await self.keyring.destroy(CLINIC, MASHA)
        self.erased = True
        for key_class in CLASSES:
            self._gone(key_class)

    async def all_is_as_it_should_be(self) -> None:
        for sealed, _, opens in self.texts:
            text = await self.sealer.open(sealed, tenant_id=CLINIC)
            assert text == ("said" if opens else Erased())

    def _gone(self, key_class: KeyClass) -> None:
        self.living.discard(key_class)
        self.texts = [(text, of, opens and of != key_class) for text, of, opens in self.texts]


@given(steps)
async def test_a_text_opens_until_its_class_is_destroyed_whatever_else_happens(
    told: list[Step],
) -> None:
    masha = Masha()
    await masha.keyring.create_subject(CLINIC, MASHA)
    for step in told:
        await masha.lives_through(step)
        await masha.all_is_as_it_should_be()
