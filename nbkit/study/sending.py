"""What is wrong with how a request is sent, whatever stands in it: its method, the type of its body."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.problem import Problem


def method(name: str) -> Iterator[Problem]:
    """Say of a request with a body that it is no POST (contract, section 7.2)."""
    if name != "POST":
        why = f"It is sent with {name[:20]}, and requests are made with POST alone."
        yield Problem("method", "", "Method Not Allowed", status=405, why=why)


def media_type(given: str) -> Iterator[Problem]:
    """Warn of a body that isn't called JSON (contract, section 1.2); what the API says of it is not known."""
    if "json" not in given.lower():
        yield Problem(
            "content-type",
            "headers",
            f"content-type: it is {given[:100]}, and should be application/json",
            level="warning",
            status=200,
            type="",
            why="The body is JSON, and the contract names its type in every request. "
            "curl says otherwise with -d, unless a header does; --json names the right one.",
        )
