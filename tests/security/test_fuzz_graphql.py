"""Whatever a client makes of our GraphQL schema, and whatever becomes of it on the way: an answer
in JSON, in time, never our fault, and never a word of the question's own.
"""

from collections.abc import Mapping

import pytest

from deploy.local.run_info import RunInfo
from tests.security.exposed import GATEWAY, Doors
from tests.security.fuzz_graphql import Asker, fuzz
from tests.system.people import global_id

pytestmark = [pytest.mark.security("fuzz over GraphQL"), pytest.mark.postgres]

A_FEW, MANY = 60, 2_000
"""Documents; of the many, `make test-slow` sends."""

EDITS = pytest.mark.parametrize("edits", [0, 3], ids=["as the schema has it", "changed"])


@EDITS
@pytest.mark.xdist_group("doors")
@pytest.mark.timeout(300)
def test_a_few_documents_are_answered(doors: Doors, edits: int) -> None:
    gateway = doors[GATEWAY]
    fuzz(Asker(url=gateway.url, tokens=gateway.tokens), examples=A_FEW, most_edits=edits)


@EDITS
@pytest.mark.slow
@pytest.mark.system
@pytest.mark.kafka
def test_many_documents_about_what_there_is_are_answered(
    run: RunInfo, story: Mapping[str, str], edits: int
) -> None:
    known = [
        global_id(kind, story[name])
        for kind, name in (
            ("Patient", "patient"),
            ("Therapist", "therapist"),
            ("Session", "session_1"),
            ("Assignment", "assignment"),
            ("Goal", "goal"),
        )
        if name in story
    ]
    assert known
    fuzz(Asker(url=run.gateway, tokens=run.tokens, known=known), examples=MANY, most_edits=edits)
