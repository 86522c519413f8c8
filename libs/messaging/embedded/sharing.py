"""How the members of a group divide the partitions among themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from libs.messaging.broker import Partition

Place = tuple[UUID, int]

_ALIVE = """
INSERT INTO members (group_name, member, alive_until)
VALUES (%(group)s, %(member)s, clock_timestamp() + %(session)s * interval '1 second')
ON CONFLICT (group_name, member) DO UPDATE SET alive_until = EXCLUDED.alive_until
RETURNING xmax = 0
"""
_BURY = "DELETE FROM members WHERE group_name = %(group)s AND alive_until < clock_timestamp()"
_MEMBERS = "SELECT member FROM members WHERE group_name = %(group)s ORDER BY member"
_PARTITIONS = """
SELECT topics.name, heads.topic, heads.partition, claims.member
FROM topics JOIN heads ON heads.topic = topics.id
LEFT JOIN claims ON claims.group_name = %(group)s
  AND claims.topic = heads.topic AND claims.partition = heads.partition
WHERE topics.name = ANY(%(topics)s)
ORDER BY topics.name, heads.partition
"""
_RELEASE = """
DELETE FROM claims USING unnest(%s::uuid[], %s::int[]) AS given (topic, partition)
WHERE claims.group_name = %s AND claims.member = %s
  AND claims.topic = given.topic AND claims.partition = given.partition
"""
_CLAIM = """
INSERT INTO claims (group_name, topic, partition, member)
SELECT %s, topic, partition, %s FROM unnest(%s::uuid[], %s::int[]) AS given (topic, partition)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`disturbed`: the others should look again, because somebody came or something is free."""

    places: Mapping[Partition, Place]
    disturbed: bool


def take_share(
    connection: psycopg.Connection,
    *,
    group: str,
    member: UUID,
    topics: Sequence[str],
    session: float,
) -> Share:
    """Says that we live, buries who has not said so for `session` seconds, gives up what is above
    our share and takes what nobody has. A member that was buried alive finds its claims gone.
    """
    who = {"group": group, "member": member, "topics": list(topics), "session": session}
    with connection.transaction():
        connection.execute(
            "INSERT INTO groups (name) VALUES (%(group)s) ON CONFLICT DO NOTHING", who
        )
        connection.execute("SELECT FROM groups WHERE name = %(group)s FOR UPDATE", who)
        joined = connection.execute(_ALIVE, who).fetchone() == (True,)
        connection.execute(_BURY, who)
        members = [row[0] for row in connection.execute(_MEMBERS, who)]
        rows = connection.execute(_PARTITIONS, who).fetchall()
        names = {(topic, number): Partition(name, number) for name, topic, number, _ in rows}
        mine = [(topic, number) for _, topic, number, owner in rows if owner == member]
        free = [(topic, number) for _, topic, number, owner in rows if owner is None]
        fair = _fair(len(rows), members, member)
        surplus, wanted = mine[fair:], free[: max(0, fair - len(mine))]
        if surplus:
            connection.execute(_RELEASE, [*_columns(surplus), group, member])
        if wanted:
            connection.execute(_CLAIM, [group, member, *_columns(wanted)])
    places = {names[place]: place for place in (*mine[:fair], *wanted)}
    return Share(places=places, disturbed=joined or bool(surplus))


def _fair(partitions: int, members: Sequence[UUID], member: UUID) -> int:
    """As equal as can be; who comes first in the alphabet has one more where it does not divide."""
    each, left = divmod(partitions, len(members))
    return each + (members.index(member) < left)


def _columns(places: Sequence[Place]) -> tuple[list[UUID], list[int]]:
    return [topic for topic, _ in places], [number for _, number in places]
