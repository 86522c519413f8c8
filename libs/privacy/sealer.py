"""Seals and opens private text under keys that it holds for at most a minute."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.privacy.keyring import Key, Keyring, Spoilt, Tombstone
from libs.privacy.keys import NONCE_BYTES, Chance, KeyName
from libs.privacy.private import Erased, KeyClass, Private, Sealed
from libs.privacy.sealing import (
    KeyBroken,
    Path,
    PrivateTextErased,
    SealBroken,
    SubjectErased,
    UnknownSubject,
)

EVERY = "*"
HELD_FOR = 60.0
"""Seconds. At most so much later is forgotten here what was destroyed elsewhere, and sealed under
what was begun there: until then the former one is good.
"""

NEWEST = 0
"""Held in place of a generation: whichever is the newest."""


class SubjectCipher:
    """A key at work. What it binds beside the place is the same for every value."""

    def __init__(self, name: KeyName, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._key_id = name.id
        self._bound = f"{name.tenant_id}/{name.id}/"

    def seal(self, text: Any, place: str, nonce: bytes) -> dict[str, str]:
        """`place` is `<event id>/<field path>`, where the value is first written."""
        if not isinstance(text, str):
            # A value sealed elsewhere would never open here: only what is said now can be sealed.
            raise SealBroken
        ciphertext = self._aead.encrypt(nonce, text.encode(), (self._bound + place).encode())
        return {
            "key": self._key_id,
            "nonce": b64encode(nonce).decode(),
            "ciphertext": b64encode(ciphertext).decode(),
        }

    def open(self, value: Sealed) -> str:
        try:
            nonce = b64decode(value.nonce, validate=True)
            ciphertext = b64decode(value.ciphertext, validate=True)
            bound = (self._bound + value.found_at).encode()
            return self._aead.decrypt(nonce, ciphertext, bound).decode()
        except (InvalidTag, NotBase64, ValueError):
            raise SealBroken from None


Cipher = SubjectCipher | Tombstone | Spoilt


class KeyringSealer:
    """`monotonic` is a clock in seconds. Nothing awaits the keyring while a key is held."""

    def __init__(
        self,
        keyring: Keyring,
        *,
        chance: Chance,
        monotonic: Callable[[], float],
        capacity: int = 20_000,
    ) -> None:
        self._keyring = keyring
        self._chance = chance
        self._monotonic = monotonic
        self._capacity = capacity
        self._held: dict[KeyName, tuple[Cipher, float]] = {}

    async def seal(
        self,
        content: dict[str, Any],
        paths: Sequence[Path],
        *,
        tenant_id: UUID,
        subject_id: UUID,
        event_id: UUID,
        key_class: KeyClass,
    ) -> None:
        if not paths:
            return
        name = KeyName(tenant_id, subject_id, key_class, NEWEST)
        cipher = self._held_to_seal(name) or await self._fetched_newest(name)
        if isinstance(cipher, Tombstone):
            raise PrivateTextErased if key_class == "patient_private" else SubjectErased
        if isinstance(cipher, Spoilt):
            raise KeyBroken
        place = f"{event_id}/"
        for path in paths:
            self._seal_at(content, path, place, cipher)

    async def open(self, value: Private, *, tenant_id: UUID) -> str | Erased:
        if not isinstance(value, Sealed):
            return value
        name = KeyName.of(value.key, tenant_id)
        if name is None:
            raise SealBroken
        try:
            cipher = self._still_held(name) or await self._fetched(name)
        except UnknownSubject:
            raise SealBroken from None
        if isinstance(cipher, Spoilt):
            raise SealBroken
        return Erased() if isinstance(cipher, Tombstone) else cipher.open(value)

    async def ready(self, values: Iterable[Sealed], *, tenant_id: UUID) -> None:
        """Fetches in one go the keys that a screenful of values will need."""
        names = {KeyName.of(key, tenant_id) for key in {value.key for value in values}}
        await self._fetch({name for name in names if name and not self._still_held(name)})

    def forget(self, tenant_id: UUID, subject_id: UUID) -> None:
        """At once, for whoever learns that a subject's keys were destroyed."""
        for name in [name for name in self._held if name.subject_id == subject_id]:
            if name.tenant_id == tenant_id:
                del self._held[name]

    def _forget_outdated(self) -> None:
        """They stand in the order in which they were fetched. A key that may not be used any more
        is no longer kept in memory either, from when the next one is wanted.
        """
        now = self._monotonic()
        while self._held:
            name, (_, until) = next(iter(self._held.items()))
            if until > now:
                return
            del self._held[name]

    def _seal_at(self, content: Any, path: Path, place: str, cipher: SubjectCipher) -> None:
        step, rest = path[0], path[1:]
        for at in _steps(content, step):
            if rest:
                self._seal_at(content[at], rest, f"{place}{at}.", cipher)
            elif content[at] is not None:
                content[at] = cipher.seal(content[at], f"{place}{at}", self._chance(NONCE_BYTES))

    def _still_held(self, name: KeyName) -> Cipher | None:
        held = self._held.get(name)
        return held[0] if held and held[1] > self._monotonic() else None

    def _held_to_seal(self, name: KeyName) -> Cipher | None:
        """What is private is destroyed in the midst of a therapy that goes on. Under a key that is
        only remembered, what is written in the minute after that would be lost as well.
        """
        return None if name.key_class == "patient_private" else self._still_held(name)

    async def _fetched(self, name: KeyName) -> Cipher:
        await self._fetch({name})
        cipher = self._still_held(name)
        if cipher is None:
            raise UnknownSubject
        return cipher

    async def _fetched_newest(self, wanted: KeyName) -> Cipher:
        until = self._minute()
        found = await self._keyring.newest(wanted.tenant_id, wanted.subject_id, wanted.key_class)
        if found is None:
            raise UnknownSubject
        name, key = found
        cipher = _at_work(name, key)
        self._hold(name, cipher, until)
        self._forget_outdated()
        if not isinstance(cipher, Tombstone):
            # A class that begins anew is sealed under at once: nobody waits for a memory to fade.
            self._hold(wanted, cipher, until)
        return cipher

    async def _fetch(self, names: Collection[KeyName]) -> None:
        if not names:
            return
        until = self._minute()
        self._forget_outdated()
        for name, key in (await self._keyring.find(names)).items():
            self._hold(name, _at_work(name, key), until)

    def _minute(self) -> float:
        """From before the question, or a slow answer would lengthen it."""
        return self._monotonic() + HELD_FOR

    def _hold(self, name: KeyName, cipher: Cipher, until: float) -> None:
        self._held.pop(name, None)  # they stand in the order in which they were fetched
        while len(self._held) >= self._capacity:
            del self._held[next(iter(self._held))]
        self._held[name] = (cipher, until)


def _steps(content: Any, step: str) -> Iterable[Any]:
    if step == EVERY:
        return range(len(content)) if isinstance(content, list) else ()
    return (step,) if isinstance(content, dict) and step in content else ()


def _at_work(name: KeyName, key: Key) -> Cipher:
    return SubjectCipher(name, key) if isinstance(key, bytes) else key
