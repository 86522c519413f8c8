"""Beside people's tokens, the passes that a process of ours signs for itself."""

from collections.abc import Callable

from libs.access.passes import BadPass, holder, is_pass
from libs.access.principal import Principal
from libs.web.edge import Verifier
from libs.web.problems import Problem


class OrPass:
    """`key` is that of who may come with a pass, `now` a clock in seconds since 1970."""

    def __init__(self, verifier: Verifier, key: bytes, *, now: Callable[[], float]) -> None:
        self._verifier = verifier
        self._key = key
        self._now = now

    async def principal(self, token: str) -> Principal:
        """A pass that is not good enough is answered like any other token."""
        if not is_pass(token):
            return await self._verifier.principal(token)
        try:
            return holder(self._key, token, now=self._now())
        except BadPass:
            raise Problem("not-authenticated") from None
