"""An identifier in a path is the client's to the last character, and no log shows it."""

from typing import Any

import pytest

from libs.process.logging import know_path, known_path
from libs.web.by_identifier import identified
from libs.web.operations import Operations, path_of
from libs.web.problems import Problem

PUT_PATIENT = "/v1/patients/by-identifier/{system}/{value}"
NUMBER = "urn%3Aoid%3A1.2/943%2F476"


class Put:
    name, method, path = "upsertPatient", "PUT", PUT_PATIENT

    async def answer(self, incoming: Any) -> Any:
        raise NotImplementedError


class Post(Put):
    name, method, path = "identifyPatient", "POST", "/v1/patients/{id}/identifiers"


@pytest.fixture
def operations() -> Operations:
    return Operations([Put(), Post()])


def test_an_identifier_may_hold_slashes_of_its_own(operations: Operations) -> None:
    sent = f"/v1/patients/by-identifier/{NUMBER}"
    scope = {
        "path": "/v1/patients/by-identifier/urn:oid:1.2/943/476",
        "raw_path": f"{sent}?a=b".encode(),
    }
    assert path_of(scope) == sent
    found = operations.find("PUT", path_of(scope))
    assert found is not None
    assert (found[0].name, found[1]) == ("upsertPatient", NUMBER)
    told = identified(found[1])
    assert (told.system, told.value) == ("urn:oid:1.2", "943/476")


def test_other_paths_are_found_as_ever(operations: Operations) -> None:
    scope = {"path": "/v1/patients/7/identifiers", "raw_path": b"/v1/patients/7%2Fidentifiers"}
    found = operations.find("POST", path_of(scope))
    assert found is not None
    assert (found[0].name, found[1]) == ("identifyPatient", "7")
    assert operations.find("PUT", "/v1/sessions/by-identifier/a/b") is None


def test_only_putting_is_offered_there(operations: Operations) -> None:
    with pytest.raises(Problem) as refused:
        operations.find("POST", f"/v1/patients/by-identifier/{NUMBER}")
    assert refused.value.code == "method-not-allowed"


@pytest.mark.parametrize("path", ["urn:x", "urn:x/1/2", "urn:x/%ff", ""])
def test_what_is_no_identifier_names_nothing(path: str) -> None:
    with pytest.raises(Problem) as refused:
        identified(path)
    assert refused.value.code == "not-found"


@pytest.mark.parametrize(
    "number", [NUMBER, "urn:x/00000000-0000-7000-8000-0000000000b1", "urn:x/patients"]
)
def test_no_log_shows_it_whatever_it_looks_like(number: str) -> None:
    for operation in (Put, Post):
        know_path(operation.path)
    shown = known_path(f"/v1/patients/by-identifier/{number}?a=b")
    assert shown == "/v1/patients/by-identifier/…"
