"""An issuer, and a service that trusts it."""

import pytest

from libs.process.trusting import Trusted
from libs.web.identity import Identity
from tests.unit.web.issuing import ISSUER, Provider, identity_of


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def identity(provider: Provider) -> Identity:
    return identity_of(provider, Trusted(url=ISSUER))
