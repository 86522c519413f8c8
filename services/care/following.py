"""Care's `follow` role, put together: it learns from its own topic, as the others do, and from
theirs who has removed what of a patient who was erased. The sessions of a series are its work, too.
"""

from libs.eventstore.reacting import Reactions
from libs.process.following import Erases, Following
from libs.process.parts import Parts
from services.care import follow, reactions, series_reactions, wire


def _reactions(parts: Parts) -> Reactions:
    erasing_and_care = reactions.reactions(
        parts.desk(wire.erasures), parts.keyring, parts.desk(wire.relationships)
    )
    return {**erasing_and_care, **series_reactions.reactions(parts.desk(wire.sessions))}


FOLLOWING = Following(
    services=("care", "assignment", "diary", "review"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
    causes=reactions.CATEGORIES | series_reactions.CATEGORIES,
    reactions=_reactions,
    settings=Erases,
)
