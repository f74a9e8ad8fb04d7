"""How long the server waits for a client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a client may take; one that takes longer is let go, with all that it holds."""

    headers: float = 30.0  # from the connection, or the first byte, to the end of the headers
    body: float = 60.0  # from one piece of the body to the next
    reading: float = 300.0  # for taking what is ready
    idle: float = 75.0  # between two requests


PATIENCE = Patience()
