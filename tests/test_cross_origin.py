"""What a page in a browser may read of the journal, over real HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator

MEANT = "anthropic-dangerous-direct-browser-access"
PAGE = {"origin": "http://localhost:8888", MEANT: "true", "anthropic-version": "2026-10-21"}
BODY: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 50,
    "messages": [{"role": "user", "content": "Hello"}],
}


@pytest.fixture(scope="module")
def page() -> Iterator[httpx.Client]:
    """A client that sends what a browser sends for a page."""
    with (
        LocalServer(Simulator(journal=True)) as server,
        httpx.Client(base_url=server.url, trust_env=False, headers=PAGE) as client,
    ):
        yield client


def readable(answer: httpx.Response) -> bool:
    return "access-control-allow-origin" in answer.headers


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/batches", "/v1/files", "/_nbkit/requests"])
def test_a_browser_may_ask_before(page: httpx.Client, path: str) -> None:
    wanted = f"content-type,x-api-key,{MEANT}"
    asking = {"access-control-request-method": "GET", "access-control-request-headers": wanted}
    answer = page.options(path, headers=asking)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-headers"] == wanted
    assert "access-control-allow-credentials" not in answer.headers


def test_options_without_a_page_is_no_method(page: httpx.Client) -> None:
    assert page.options("/v1/messages").status_code == 405


def test_a_page_reads_the_journal_only_with_its_key(page: httpx.Client) -> None:
    assert page.post("/v1/messages", json=BODY).status_code == 401  # in the journal of nobody
    for path in ("/_nbkit/requests", "/_nbkit/requests/1/body"):
        assert not readable(page.get(path))
    assert page.post("/v1/messages", json=BODY, headers={"x-api-key": "k"}).status_code == 200
    shown = page.get("/_nbkit/requests", headers={"x-api-key": "k"})
    assert readable(shown)
    assert [each["status"] for each in shown.json()["requests"]] == [200]


def test_of_a_server_with_a_key_no_other_key_reads_it() -> None:
    simulator = Simulator(journal=True, key="secret")
    for key, status in (("k", 401), ("secret", 200)):
        plan = simulator.respond("GET", "/_nbkit/requests", {"x-api-key": key, **PAGE})
        assert plan.status == status
