"""What therapist and patient see of the story."""

from typing import Any

import pytest

from libs.testing.cast import MASHA
from services.gateway.graphql.ids import to_global
from tests.component.gateway.telling import ASSIGNMENT

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HER = to_global("Patient", MASHA)
HERS = to_global("Assignment", ASSIGNMENT)


async def test_a_therapist_learns_who_she_is(ask: Any) -> None:
    answer = await ask("anna", "{ me { name roles zone clinic { name } } }")
    assert answer == {
        "data": {
            "me": {
                "name": "Anna Keller",
                "roles": ["THERAPIST"],
                "zone": "Europe/London",
                "clinic": {"name": "Riverside Psychology"},
            }
        }
    }


async def test_what_the_ends_of_a_scale_mean_was_sealed_and_is_read_again(ask: Any) -> None:
    rating = "readinessRatings { readiness { value scale { max lowLabel highLabel } } }"
    answer = await ask("anna", f"query($id: ID!) {{ assignment(id: $id) {{ {rating} }} }}", id=HERS)
    scale = {"max": 10, "lowLabel": "Not ready at all", "highLabel": "I could start right now"}
    assert answer["data"]["assignment"]["readinessRatings"] == [
        {"readiness": {"value": 7, "scale": scale}}
    ]
