"""The homework's `follow` role, put together."""

from libs.access import confirming, erasing
from libs.eventstore.reacting import Reactions, together
from libs.process.following import Following, Reacts
from libs.process.parts import Parts
from services.assignment import at_the_end, follow, group_reactions, reactions, wire


def _reactions(parts: Parts) -> Reactions:
    assignments = parts.desk(wire.assignments)
    return together(
        reactions.reactions(assignments),
        at_the_end.reactions(assignments),
        group_reactions.reactions(assignments, parts.sealer),
        confirming.reactions("assignment", parts.desk(wire.confirmations)),
    )


FOLLOWING = Following(
    services=("care", "assignment"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
    causes=reactions.CATEGORIES
    | at_the_end.CATEGORIES
    | group_reactions.CATEGORIES
    | erasing.CATEGORIES,
    reactions=_reactions,
    settings=Reacts,
)
