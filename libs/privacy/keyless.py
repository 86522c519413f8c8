"""For processes that seal and open nothing: whatever of theirs would need a key gets none."""

from collections.abc import Collection, Sequence
from uuid import UUID

from libs.privacy.keyring import Found
from libs.privacy.keys import CLASSES, KeyName, WrapBroken
from libs.privacy.private import KeyClass
from libs.privacy.sealing import KeyringUnavailable


class NoKeyring:
    """A `Keyring` that cannot be reached, because nobody was told where it is."""

    async def create_subject(self, _tenant_id: UUID, _subject_id: UUID, /) -> None:
        raise KeyringUnavailable

    async def find(self, _names: Collection[KeyName], /) -> Found:
        raise KeyringUnavailable

    async def destroy(
        self, _tenant_id: UUID, _subject_id: UUID, _classes: Sequence[KeyClass] = CLASSES, /
    ) -> None:
        raise KeyringUnavailable


class NoMaster:
    """A `Wrapper` without a master key: keys can be destroyed, and not one be made or opened."""

    async def wrap(self, _key: bytes, _label: bytes, /) -> bytes:
        raise WrapBroken

    async def unwrap(self, _wrapped: bytes, _label: bytes, /) -> bytes:
        raise WrapBroken
