"""What therapist and patient see of the story."""

from typing import Any

import pytest

from libs.testing.cast import MASHA
from services.gateway.graphql.ids import to_global

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HER = to_global("Patient", MASHA)


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
