"""How a request can end without a rule having said no.

Exception
├── NoSuchStream        404
├── NotKnownYet         409, a `Rejected`; with a satisfied Interlude-After 404
├── ToldOtherwise       409, a `Rejected`
├── StaleVersion        412, knows the actual version
├── KeyReusedElsewhere  422
├── InFlight            409, nothing was written; try again
└── UnsealedText        a programming error: private text in a stream that is nobody's

and from the store itself (`libs.eventstore.store`): OutcomeUnknown, StoreUnavailable,
EventTooLarge.
"""

from libs.eventstore.decider import Rejected


class NoSuchStream(Exception):  # noqa: N818 - an answer, not a malfunction
    """A request about something that was never created here, or belongs to another clinic."""


class NotKnownYet(Rejected):
    """Something is named that this service does not know: it may still be on its way from another
    stream, or never come.
    """

    code = "not-known-yet"


class ToldOtherwise(Rejected):
    """Something else was told under this id before, and stands. Take another id for what is new."""

    code = "told-otherwise"


class StaleVersion(Exception):  # noqa: N818 - the caller reads again and decides anew
    """The caller insisted on a version (`If-Match`) that is not the stream's."""

    def __init__(self, actual: int) -> None:
        super().__init__(f"the stream is at {actual}")
        self.actual = actual


class KeyReusedElsewhere(Exception):  # noqa: N818 - an answer, not a malfunction
    """The idempotency key is known with another request."""


class InFlight(Exception):  # noqa: N818 - the caller tries again
    """Somebody else holds what this append needs (a twin, or a busy stream) for too long."""


class UnsealedText(Exception):  # noqa: N818 - named for what it prevents
    """Private text was decided on a stream without a subject whose keys could seal it."""
