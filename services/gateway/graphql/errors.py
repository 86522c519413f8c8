"""What clients may learn of a failure: codes of ours (`codes.CODES`), never an exception's text.

Coded                     a top-level GraphQL error with `extensions.code`
  Unauthenticated         no valid token (401)
  BadRequest              wrong arguments: a cursor of another list, two page sizes
  Overloaded              try again later (429, 503), with `retryAfter` seconds where known
  Unavailable             a service, its database or the keyring cannot be reached
  StaleRead               strict consistency was asked for, and the time was up
"""

import re
from collections.abc import Container
from typing import Any, ClassVar

from graphql import GraphQLError, GraphQLSyntaxError, ValueNode

from services.gateway.graphql.codes import CODES


class Coded(GraphQLError):  # noqa: N818 - an answer, like those of libs.web
    code: ClassVar[str] = "INTERNAL"

    def __init__(self, code: str | None = None, message: str | None = None, **more: Any) -> None:
        code = code or self.code
        super().__init__(message or CODES[code], extensions={"code": code, **more})


class Unauthenticated(Coded):
    code = "UNAUTHENTICATED"


class BadRequest(Coded):
    code = "BAD_REQUEST"


class Overloaded(Coded):
    code = "OVERLOADED"


class Unavailable(Coded):
    code = "UNAVAILABLE"


class StaleRead(Coded):
    code = "STALE_READ"


GRAPHQL_ITSELF = "GRAPHQL_VALIDATION_FAILED"
SYNTAX = "GRAPHQL_PARSE_FAILED"


def shown(error: GraphQLError, names: Container[str], *, hints: bool = True) -> GraphQLError:
    """The error as clients see it: ours with its code, graphql-core's own about the document
    (without what the client wrote; `names` are the schema's), everything else as one sentence.
    `hints` tell what else there is in the schema.
    """
    cause = error.original_error if isinstance(error.original_error, GraphQLError) else error
    if "code" in (cause.extensions or {}):
        return _at(error, cause.message, cause.extensions or {})
    if isinstance(error, GraphQLSyntaxError):
        return _at(error, CODES[SYNTAX], {"code": SYNTAX})
    if error.original_error is None or _about_a_variable(error) or about_the_document(error):
        about = {"code": GRAPHQL_ITSELF, **(error.extensions or {})}
        message = error.message if hints else _HINT.sub("", error.message)
        return _at(error, without_input(message, names), about)
    return _at(error, CODES[Coded.code], {"code": Coded.code})


_HINT = re.compile(r" Did you mean .*", re.DOTALL)
_QUOTED = re.compile(r"""(['"])(.*?)\1""", re.DOTALL)
_NAME = re.compile(r"[_$.A-Za-z0-9]*")
_VALUE_FOLLOWS = re.compile(r",? [Ff]ound:? | value: |: Expected value of type ")


def without_input(message: str, names: Container[str]) -> str:
    """graphql-core quotes what the client sent; only names of the schema may stay. Line and column
    say where to look.
    """
    message = _VALUE_FOLLOWS.split(message)[0].rstrip(".,")
    for quoted in _QUOTED.finditer(message):
        if quoted.group(2) not in names and not _NAME.fullmatch(quoted.group(2)):
            # A value, which may hold quotation marks itself: nothing up to the last one can stay.
            last = max(message.rfind("'"), message.rfind('"'))
            message = f"{message[: quoted.start()]}…{message[last + 1 :]}"
            break
    return f"{_QUOTED.sub(lambda quoted: _known(quoted, names), message)}."


def _known(quoted: re.Match[str], names: Container[str]) -> str:
    return quoted.group(0) if quoted.group(2) in names else "…"


def about_the_document(error: GraphQLError) -> bool:
    """A value that stands in it could not be read, as a number of thousands of digits."""
    nodes = error.nodes or ()
    return not error.path and bool(nodes) and all(isinstance(node, ValueNode) for node in nodes)


def _about_a_variable(error: GraphQLError) -> bool:
    return isinstance(error.original_error, GraphQLError) and not error.path


def _at(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
