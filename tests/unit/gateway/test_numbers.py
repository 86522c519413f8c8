"""Numbers of a mutation, as a service's JSON has them."""

import pytest

from services.gateway.graphql.errors import BadRequest
from services.gateway.graphql.inputs import BIG_INTEGER, SCALARS, Taken

NUMBER = SCALARS["number", None]


@pytest.mark.parametrize("taken", [BIG_INTEGER, NUMBER], ids=["whole", "any"])
@pytest.mark.parametrize("said", ["1e400", "-1e400", "nan"])
def test_what_is_no_number_in_json_is_refused(taken: Taken, said: str) -> None:
    """GraphQL reads `1e400` as infinite; that was an error of ours, found by fuzzing."""
    with pytest.raises(BadRequest):
        taken.to_json(float(said))


def test_a_whole_number_is_sent_whole_and_another_is_left_for_the_service_to_refuse() -> None:
    assert repr(BIG_INTEGER.to_json(214.0)) == "214"
    assert BIG_INTEGER.to_json(1.5) == 1.5
    assert BIG_INTEGER.to_json(float(2**53)) == 2**53
