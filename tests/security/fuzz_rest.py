"""Requests that Schemathesis makes from our own OpenAPI documents, right and wrong ones, sent by
somebody of any role; and what must hold of every answer.
"""

import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.result import Err, Result
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.local.processes import SERVICES

OPENAPI = Path(__file__).parents[2] / "openapi"
DOCUMENTS = (*SERVICES, "gateway")

SEED = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(1 << 32))
"""FUZZ_SEED=… makes the same requests again."""

SOON = 15.0
"""Seconds in which an answer must have begun, on a machine that does other things as well."""

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

_LONGEST = 60_000
"""Bytes of an address: beyond 64 kB the HTTP parser answers, before anything of ours."""

Operation = APIOperation[Any, Any, Any, Any]
Ids = Sequence[str]


def operations(document: str) -> Sequence[Operation]:
    schema = schemathesis.openapi.from_path(OPENAPI / f"{document}.openapi.json")
    return [_readable(found) for found in schema.get_all_operations()]


def _readable(found: Result[Operation, InvalidSchema]) -> Operation:
    if isinstance(found, Err):
        raise found.err()
    return found.ok()


def fuzz(
    operation: Operation, url: str, tokens: Mapping[str, str], *, examples: int, known: Ids = ()
) -> None:
    """`known` are ids of what there is, which no generator would come upon."""
    accepted = ", ".join(_answered_with(operation))
    print(f"FUZZ_SEED={SEED}")  # noqa: T201 - for whoever wants to see it again

    @seed(SEED)
    @settings(
        max_examples=examples,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=some.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        ),
        role=some.sampled_from(sorted(tokens)),
        which=some.none() | some.sampled_from(list(known)) if known else some.none(),
    )
    def answered_as_documented(case: Any, role: str, which: str | None) -> None:
        if which is not None and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = which
        assume(len(case.as_transport_kwargs(base_url=url)["url"]) < _LONGEST)
        headers = {"Authorization": f"Bearer {tokens[role]}", "Accept": accepted}
        answer = case.call(base_url=url, headers=headers, timeout=SOON)
        case.validate_response(answer, checks=_CHECKS)

    answered_as_documented()


def _answered_with(operation: Operation) -> Sequence[str]:
    """The types that its document names: with any other, a client asks for something else."""
    answers = operation.definition.raw["responses"].values()
    return list(dict.fromkeys(kind for each in answers for kind in each.get("content", ())))
