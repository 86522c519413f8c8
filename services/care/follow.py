"""What care keeps of its own facts: who treats whom and when they meet, as every service does,
and of its groups.

Following its own topic like the others gives one implementation of *who may see whom*.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from libs.access import care_facts, erasing, group_facts
from libs.access.identifying import identifiers
from libs.eventstore.recorded import Recorded

CATEGORIES = care_facts.CATEGORIES | group_facts.CATEGORIES | erasing.CATEGORIES
"""The streams that are followed; a consistency token's others are not waited for."""


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    care_facts.keep(db, events)
    group_facts.keep(db, events)
    erasing.keep(db, events, identifiers, group_facts.members)
