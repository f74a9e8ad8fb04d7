"""The first real call of a kernel is confirmed once, unless the code named the provider."""

from __future__ import annotations

from nbkit.errors import UsageError
from nbkit.loop.runner import Streamer

DECLINED = "Not sent: nothing left this machine. Run the cell again to be asked again."


class Gate:
    """Says whether a person has to be asked before a request goes out. A yes holds for the kernel."""

    def __init__(self) -> None:
        self._open = False

    def open(self) -> None:
        """A person said yes, in the page or by running code."""
        self._open = True

    def must_ask(self, client: Streamer | None, *, attended: bool) -> bool:
        """Return whether to ask. Where nobody can answer, `UsageError`, unless it can cost nothing."""
        if self._open or client is None or client.target.simulated or getattr(client, "named", True):
            return False
        if attended:
            return True
        if getattr(client, "loopback", False):
            return False
        raise UsageError(
            f"not sent: this would be the first real call, to {client.target.address}, and nobody is here "
            'to confirm it; name the provider in code, like chat = nbkit.Conversation(client="anthropic")'
        )


def question(address: str, model: object, requests: int = 1) -> str:
    """Return what the person is asked."""
    if requests > 1:
        return (
            f"Send {requests} requests to {address} with {model}? These are the first real calls of "
            "this kernel and may cost money; it is asked once."
        )
    return (
        f"Send to {address} with {model}? This is the first real call of "
        "this kernel and may cost money; it is asked once."
    )
