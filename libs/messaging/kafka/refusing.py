"""Whoever the broker does not let in learns so at once, by a code of its own.

The client (3.0.12) takes a wrong password for an outage: it tries again until its time is up, and
then says that the time was up. It does keep for each server why that one let nobody in, and raises
it instead of trying again; but it forgets it at once.

NotLetIn
  KafkaAuthenticationFailed  a wrong password, or a user that is not known
  KafkaTlsFailed             another authority, another name, or no certificate where one is asked
"""

import ssl
from typing import Any

from kafka.errors import KafkaError, SaslAuthenticationFailedError, UnsupportedSaslMechanismError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport


class NotLetIn(KafkaError):  # type: ignore[misc]  # noqa: N818 - untyped client; seen as a code
    """Trying again does not help."""


class KafkaAuthenticationFailed(NotLetIn):
    pass


class KafkaTlsFailed(NotLetIn):
    pass


class _Remembering(KafkaConnectionManager):  # type: ignore[misc]  # untyped client
    async def _connect(self, node: Any, conn: Any, *more: Any, **named: Any) -> None:
        await super()._connect(node, conn, *more, **named)
        refusal = _refusal(conn.init_future.exception)
        if refusal is not None and self.cluster.is_bootstrap(node.node_id):
            self._auth_failures[node.node_id] = refusal

    def maybe_raise_auth_failure(self, node_id: Any) -> None:
        """Once: a broker that has just started may not have read yet who its users are, so whoever
        was in before must be able to come again.
        """
        refusal = self._auth_failures.pop(node_id, None)
        if refusal is not None:
            raise refusal


def client(**settings: Any) -> KafkaNetClient:
    net = NetworkSelector(**settings)
    return KafkaNetClient(net=net, manager=_Remembering(net, **settings), **settings)


def _refusal(trouble: BaseException | None) -> NotLetIn | None:
    if isinstance(trouble, SaslAuthenticationFailedError | UnsupportedSaslMechanismError):
        return KafkaAuthenticationFailed()
    causes = [] if trouble is None else [trouble.__context__, *trouble.args]
    if any(isinstance(each, ssl.SSLError) and not _ended(each) for each in causes):
        return KafkaTlsFailed()
    return None


def _ended(trouble: ssl.SSLError) -> bool:
    """A server that goes away in mid-sentence, as one does that is stopped."""
    return isinstance(trouble, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _hearing_the_last_word(kind: Any) -> None:
    received = kind._sock_recv  # noqa: SLF001 - there is no public way

    def heard(self: Any) -> tuple[bytes, Exception | None]:
        told, trouble = received(self)
        return told, None if told else trouble

    kind._sock_recv = heard  # noqa: SLF001 - as above


# The client drops what a server said last if it hangs up at once: for example why. Read again, the
# end is still there.
for each in (KafkaTCPTransport, KafkaSSLTransport):
    _hearing_the_last_word(each)

_handshake = KafkaSSLTransport.handshake


async def _shake_hands_or_close(self: KafkaSSLTransport) -> None:
    try:
        await _handshake(self)
    except BaseException:
        self.close()
        raise


# The client leaves the socket of every failed handshake to the garbage collector.
KafkaSSLTransport.handshake = _shake_hands_or_close
