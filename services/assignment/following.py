"""The homework's `follow` role, put together."""

from libs.access import confirming, erasing
from libs.eventstore.reacting import Reactions
from libs.process.following import Following, Reacts
from libs.process.parts import Parts
from services.assignment import follow, group_reactions, reactions, wire


def _reactions(parts: Parts) -> Reactions:
    return {
        **reactions.reactions(parts.desk(wire.assignments)),
        **group_reactions.reactions(parts.desk(wire.assignments), parts.sealer),
        **confirming.reactions("assignment", parts.desk(wire.confirmations)),
    }


FOLLOWING = Following(
    services=("care", "assignment"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
    causes=reactions.CATEGORIES | group_reactions.CATEGORIES | erasing.CATEGORIES,
    reactions=_reactions,
    settings=Reacts,
)
