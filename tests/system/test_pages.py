"""The pages that a developer opens need nothing from beyond the machine."""

import re
from urllib.parse import urljoin

import httpx
import pytest

from deploy.local.run_info import RunInfo

pytestmark = [pytest.mark.system, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(400)]

BROWSER = {"Accept": "text/html", "Origin": "http://localhost:5173"}
LOADED = re.compile(r"""(?:src|href)=["']([^"'#]+)["']|url:\s*["']([^"']+)["']""")


def pages(run: RunInfo) -> dict[str, str]:
    return {
        "gateway": f"{run.gateway}/graphql",
        "events": f"{run.gateway}/events",
        **{name: f"{url}/docs" for name, url in run.services.items()},
    }


@pytest.mark.parametrize("name", ["gateway", "events", "care", "assignment", "diary", "review"])
def test_what_a_page_loads_comes_from_where_it_came_from(run: RunInfo, name: str) -> None:
    page = pages(run)[name]
    shown = httpx.get(page, headers=BROWSER)
    assert shown.headers["content-type"].startswith("text/html")
    loaded = [urljoin(page, first or second) for first, second in LOADED.findall(shown.text)]
    assert any(each.endswith(".js") for each in loaded)
    home = page.rpartition("/")[0]
    for each in loaded:
        assert each.startswith((home, "data:")), each
        assert each.startswith("data:") or httpx.get(each).status_code == 200, each


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000"])
def test_a_browser_on_this_machine_may_call(run: RunInfo, origin: str) -> None:
    for url in (f"{run.gateway}/graphql", f"{run.services['assignment']}/v1/goals"):
        asked = httpx.options(
            url,
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
            },
        )
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] in {origin, "*"}


def test_a_page_from_elsewhere_may_not(run: RunInfo) -> None:
    asked = httpx.options(
        f"{run.services['assignment']}/v1/goals",
        headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"},
    )
    assert "access-control-allow-origin" not in asked.headers
