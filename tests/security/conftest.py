"""Clinics more, beside the demo's, on the Interlude that all system tests share."""

from collections.abc import Iterator

import httpx
import pytest

from deploy.local.issuer import Issuer, kept_key
from tests.security.clinics import Clinics, opened
from tests.system.fixtures import Running


@pytest.fixture(scope="session")
def issuer(interlude: Running) -> Issuer:
    return Issuer(interlude.run.issuer, "interlude", kept_key(interlude.var / "issuer.pem"))


@pytest.fixture(scope="session")
def clinics(interlude: Running, issuer: Issuer) -> Iterator[Clinics]:
    with httpx.Client(timeout=20) as http:
        yield opened(interlude.run, issuer, http)
