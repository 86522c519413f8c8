"""When a service is full, a refusal must cost next to nothing: what it costs is taken from those
who are inside. So it is written as soon as a request's bytes are there, before anybody parses them,
from what was put together once.

Measured at three times the peak: when the application refused, that cost a quarter of a command,
and a sixth of the peak was still done.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from uuid import UUID

from libs.process.answering import Refuse
from libs.web.headers import trace_of
from libs.web.limits import OVERLOADED, Doors
from libs.web.problems import Problem, Problems
from libs.web.replies import Header, Reply

_COMMANDS_AND_READS = (b"POST /v1/", b"GET /v1/")
"""Probes and documentation are let in however full it is."""

_LEFT_TO_THE_APPLICATION = frozenset({b"origin", b"connection", b"expect", b"transfer-encoding"})
"""A browser's request (it names its origin) could not read this answer; of the others, this is too
simple a reader.
"""

_TRACE, _SPAN = b"0" * 32, b"1" * 16
_CORRELATION = b"22222222-2222-2222-2222-222222222222"
"""What stands in the answer for what differs from one to the next."""


def refusing(
    doors: Doors, problems: Problems, new_id: Callable[[], UUID], always: Sequence[Header]
) -> Refuse:
    """`always` are the headers that every answer has. What is no whole request, or an unusual one,
    goes on to the application, which refuses it in the same words.
    """
    marks = [
        (b"x-correlation-id", _CORRELATION),
        (b"traceparent", b"00-%s-%s-01" % (_TRACE, _SPAN)),
    ]
    whole = _written(problems.reply(Problem(OVERLOADED), _TRACE.decode()), [*always, *marks])
    # As a format: a mark in what a client sent is not a mark.
    form = whole.replace(b"%", b"%%")
    for mark, name in ((_CORRELATION, b"correlation"), (_SPAN, b"span"), (_TRACE, b"trace")):
        form = form.replace(mark, b"%%(%s)b" % name)

    def refuse(request: bytes) -> bytes | None:
        if not doors.full or not request.startswith(_COMMANDS_AND_READS):
            return None
        given = _headers(request)
        if given is None or not _LEFT_TO_THE_APPLICATION.isdisjoint(given):
            return None
        doors.refused()
        trace = trace_of(given, new_id)
        return form % {
            b"correlation": str(trace.correlation_id).encode(),
            b"trace": trace.trace_id.encode(),
            b"span": trace.traceparent[36:52].encode(),
        }

    return refuse


def _headers(request: bytes) -> dict[bytes, bytes] | None:
    """None unless these bytes are one request from its first to its last."""
    head, ended, body = request.partition(b"\r\n\r\n")
    if not ended:
        return None
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    given = {name.lower(): value.strip() for name, _, value in lines}
    length = given.get(b"content-length", b"0")
    return given if length.isdigit() and int(length) == len(body) else None


def _written(reply: Reply, extra: Sequence[Header]) -> bytes:
    status = HTTPStatus(reply.status)
    lines = [
        b"HTTP/1.1 %d %s" % (status, status.phrase.encode()),
        *(
            b"%s: %s" % header
            for header in (*reply.headers, *extra, (b"content-length", b"%d" % len(reply.body)))
        ),
        b"",
        reply.body,
    ]
    return b"\r\n".join(lines)
