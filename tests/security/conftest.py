"""Two clinics more, beside the demo's, on the Interlude that all system tests share."""

import pytest

from deploy.local.issuer import Issuer, kept_key
from tests.security.clinics import Clinics, opened
from tests.system.fixtures import Running


@pytest.fixture(scope="session")
def clinics(interlude: Running) -> Clinics:
    key = kept_key(interlude.var / "issuer.pem")
    issuer = Issuer(interlude.run.issuer, "interlude", key)
    return opened(interlude.run, issuer)
