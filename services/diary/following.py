"""The diary's `follow` role, put together."""

from libs.access import confirming, erasing
from libs.eventstore.reacting import Reactions
from libs.process.following import Following, Reacts
from libs.process.parts import Parts
from services.diary import follow, reactions, wire


def _reactions(parts: Parts) -> Reactions:
    return {
        **reactions.reactions(parts.desk(wire.notebooks)),
        **confirming.reactions("diary", parts.desk(wire.confirmations)),
    }


FOLLOWING = Following(
    services=("care", "review"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
    causes=reactions.CATEGORIES | erasing.CATEGORIES,
    reactions=_reactions,
    settings=Reacts,
)
