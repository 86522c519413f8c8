"""The diary's `follow` role, put together."""

from libs.eventstore.reacting import Reactions
from libs.process.following import Following
from libs.process.parts import Parts
from services.diary import follow, reactions, wire


def _reactions(parts: Parts) -> Reactions:
    return reactions.reactions(parts.desk(wire.notebooks))


FOLLOWING = Following(
    services=("care", "review"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
    causes=reactions.CATEGORIES,
    reactions=_reactions,
)
