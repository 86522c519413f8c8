"""For processes that seal and open nothing: whatever of theirs would need a key gets none."""

from collections.abc import Collection, Sequence
from uuid import UUID

from libs.privacy.keyring import Found, Key
from libs.privacy.keys import CLASSES, KeyName
from libs.privacy.private import KeyClass
from libs.privacy.sealing import KeyringUnavailable


class NoKeyring:
    """A `Keyring` that cannot be reached, because nobody was told where it is."""

    async def create_subject(self, _tenant_id: UUID, _subject_id: UUID, /) -> None:
        raise KeyringUnavailable

    async def find(self, _names: Collection[KeyName], /) -> Found:
        raise KeyringUnavailable

    async def newest(
        self, _tenant_id: UUID, _subject_id: UUID, _key_class: KeyClass, /
    ) -> tuple[KeyName, Key] | None:
        raise KeyringUnavailable

    async def renewed(self, _tenant_id: UUID, _subject_id: UUID, _key_class: KeyClass, /) -> None:
        raise KeyringUnavailable

    async def destroy(
        self, _tenant_id: UUID, _subject_id: UUID, _classes: Sequence[KeyClass] = CLASSES, /
    ) -> None:
        raise KeyringUnavailable
