"""The codes of top-level errors, each with its words: the source of GraphQL's part of
`openapi/errors.md`. What the door refuses carries a problem's code in UPPER_CASE instead.
"""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "AUDIT_UNAVAILABLE": "It could not be written down, so it is not answered: try again.",
    "BAD_CONSISTENCY_TOKEN": "This is not a consistency token of ours.",
    "BAD_CURSOR": "This cursor is not ours, or of another list.",
    "BAD_ID": "This is not an id of that kind.",
    "BAD_IDEMPOTENCY_KEY": "A key is 1 to 255 printable characters.",
    "BAD_REQUEST": "The arguments do not fit together, or this is no GraphQL request.",
    "FORBIDDEN": "These changes are not for you, or not any more.",
    "GRAPHQL_PARSE_FAILED": "The document is not valid GraphQL.",
    "GRAPHQL_VALIDATION_FAILED": "The document does not fit the schema; the message says where.",
    "IDENTITY_UNAVAILABLE": "Tokens cannot be verified now: try again.",
    "INTERNAL": "Something went wrong on our side.",
    "KEYRING_UNAVAILABLE": "Private text cannot be opened now: try again.",
    "LIMIT_EXCEEDED": "The document exceeds the limit that `extensions.limit` names.",
    "METHOD_NOT_ALLOWED": "GraphQL takes GET and POST.",
    "OVERLOADED": (
        "Too much is going on: try again later, a command with `extensions.idempotencyKey`, or with"
        " its own key."
    ),
    "PAGE_SIZE": "Give exactly one of `first` and `last`, from 1 to 100.",
    "SLOW_SUBSCRIBER": "Too many changes are waiting; subscribe again from the last cursor.",
    "STALE_READ": "What the consistency token names is not visible yet.",
    "SUBSCRIPTION_NEEDS_STREAM": (
        "A subscription goes over a WebSocket, or asks for `Accept: text/event-stream`."
    ),
    "TEXT_UNREADABLE": "`extensions.unreadable` counts texts that are null: they do not open.",
    "TOO_MANY_REQUESTS": "Try again after as many seconds as `extensions.retryAfter` says.",
    "TOO_MANY_SUBSCRIPTIONS": (
        "One connection carries 20 operations at once, one person 50 subscriptions: end one."
    ),
    "UNAUTHENTICATED": "A valid bearer token is needed.",
    "UNKNOWN_DOCUMENT": "Nobody has named this document beforehand, and no other is taken here.",
    "UNAVAILABLE": (
        "A part of the system cannot be reached; nothing is known to have happened. A command is"
        " repeated with `extensions.idempotencyKey`, or with its own key."
    ),
}
