"""What a service needs of the keyring: to seal a fact's private text, and to open it again."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from libs.privacy.private import Erased, KeyClass, Private

Path = tuple[str, ...]


class SubjectErased(Exception):  # noqa: N818 - the subject's keys were destroyed on purpose
    """Nothing can be sealed for this subject any more."""


class PrivateTextErased(SubjectErased):
    """What the patient had written for themselves was erased at their wish, and its key with it;
    the next one is about to be made.
    """


class KeyringUnavailable(Exception):  # noqa: N818 - answered as 503; no clinical text is read or written
    """The keyring cannot be reached, so nothing private is sealed or opened."""


class UnknownSubject(Exception):  # noqa: N818 - its keys were never created
    """Only care creates a subject's keys, before it registers the subject."""


class KeyBroken(Exception):  # noqa: N818 - another master key, or a row that was moved or changed
    """The subject's key is there and does not open, so nothing can be sealed under it."""


class Sealer(Protocol):
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
        """Replaces, in place, the plain text at `paths` by sealed objects."""

    async def open(self, value: Private, *, tenant_id: UUID) -> str | Erased:
        """The text; `Erased` when its key was destroyed. Raises `SealBroken` when it was moved."""


class SealBroken(Exception):  # noqa: N818 - somebody moved or changed the value
    """The value is not what was sealed at the place where it was found."""
