"""The reviews' `follow` role, put together."""

from libs.access import confirming, erasing
from libs.eventstore.reacting import Reactions
from libs.process.following import Following
from libs.process.parts import Parts
from services.review import follow, wire


def _reactions(parts: Parts) -> Reactions:
    return confirming.reactions("review", parts.desk(wire.confirmations))


FOLLOWING = Following(
    services=("care", "assignment"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
    causes=erasing.CATEGORIES,
    reactions=_reactions,
)
