"""Whatever a client makes of our OpenAPI documents, the answer is one that they name: no 5xx, no
other status, type, header or shape, and none that never comes.
"""

from collections.abc import Mapping

import pytest

from deploy.local.run_info import RunInfo
from tests.security.exposed import Doors
from tests.security.fuzz_rest import DOCUMENTS, Operation, fuzz, operations

pytestmark = [pytest.mark.security("fuzz over REST"), pytest.mark.postgres]

A_FEW, MANY = 8, 60
"""Requests per operation; of the many, `make test-slow` sends."""


OPERATIONS = pytest.mark.parametrize(
    ("document", "operation"),
    [
        pytest.param(document, each, id=f"{document}: {each.label}")
        for document in DOCUMENTS
        for each in operations(document)
    ],
)


@pytest.mark.xdist_group("doors")
@pytest.mark.timeout(300)
@OPERATIONS
def test_a_few_requests_are_answered_as_documented(
    document: str, operation: Operation, doors: Doors
) -> None:
    door = doors[f"{document}-api"]
    fuzz(operation, door.url, door.tokens, examples=A_FEW)


@pytest.mark.slow
@pytest.mark.system
@pytest.mark.kafka
@OPERATIONS
def test_many_requests_about_what_there_is_are_answered_as_documented(
    document: str, operation: Operation, run: RunInfo, story: Mapping[str, str]
) -> None:
    url = run.services.get(document, run.gateway)
    known = [value for value in story.values() if isinstance(value, str)]
    fuzz(operation, url, run.tokens, examples=MANY, known=known)
