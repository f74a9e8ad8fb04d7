"""The official SDK on a served simulator of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import anthropic

from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator


@contextmanager
def simulated_sdk() -> Iterator[anthropic.Anthropic]:
    """A client that doesn't retry, on loopback."""
    with (
        LocalServer(Simulator()) as server,
        anthropic.Anthropic(api_key="sk-test", base_url=server.url, max_retries=0) as client,
    ):
        yield client
