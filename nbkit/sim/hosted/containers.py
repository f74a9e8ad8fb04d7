"""The container that code ran in: named by the request, or new; it lives an hour from its last use."""

from __future__ import annotations

from collections.abc import Iterable

from nbkit.sim.ids import Ids
from nbkit.sim.parts import Part
from nbkit.sim.timestamp import timestamp
from nbkit.wire.blocks import Json

LIFETIME = 3600.0


def container_of(request: Json, parts: Iterable[Part], seed: int, now: float) -> Json | None:
    """The reply's `container`, or None where no code was run or called."""
    if not any("code_execution" in str(part.start.get("name") or part.start.get("type")) for part in parts):
        return None
    given = request.get("container")
    named = given.get("id") if isinstance(given, dict) else given
    return {"id": named or Ids(request, seed).container(), "expires_at": timestamp(now + LIFETIME)}
