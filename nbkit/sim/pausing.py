"""Turns that paused (`pause_turn`) and go on: with the same content and the same tools, or not at all (R94).

The id of the use that a turn paused at seals both, so that nothing has to be kept: half of the id is a number
of its own and the proof that it was made here, the other half the proofs of tools and content. What carries
no meaning (cache breakpoints, nulls, a direct caller, an order of tools) may change.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from nbkit.rules.turns import SERVER_USES
from nbkit.sim.ids import spelled, unmarked, unspelled
from nbkit.sim.refusal import invalid
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json

_SECRET = b"nbkit seals the turns that its simulated models pause with this"
_SIZE = 4  # bytes of each of the four parts
NAMES = ("id", "tool_use_id", "tool_id")
_DIRECT = {"type": "direct"}


def seal(reply: Reply, request: Json) -> None:
    """Seal a reply that pauses in the id of its open use; any other reply stays as it is."""
    use = reply.parts[-1] if reply.parts else None
    if reply.stop_reason != "pause_turn" or use is None or use.start.get("type") not in SERVER_USES:
        return
    said = [block for _, _, block in _turn(request)] + [part.block() for part in reply.parts]
    prefix = use.start["id"].partition("_")[0]
    own = hashlib.sha256(use.start["id"].encode()).digest()[:_SIZE]
    use.start = {**use.start, "id": spelled(prefix, _sealed(own, request, said))}


def check_paused(request: Json) -> None:
    """Refuse to go on with a turn that paused if its content or the tools are others (R94)."""
    turn = _turn(request)
    answered = {block.get("tool_use_id") for _, _, block in turn}
    for n, (i, j, block) in enumerate(turn):
        id, path = str(block.get("id")), f"messages.{i}.content.{j}"
        seals = _seals(id) if block.get("type") in SERVER_USES else None
        if seals is None:
            continue
        own, tools, content = seals
        if tools != _mac(own, _tools(request)):
            raise invalid(f"{path}: a turn that paused at `{id}` must be continued with the same `tools`")
        is_last = n + 1 == len(turn)
        if content != _mac(own, _content([each for _, _, each in turn[: n + 1]])) or not (
            is_last or id in answered
        ):
            raise invalid(
                f"{path}: a turn that paused at `{id}` must be continued with its content unchanged. "
                "These blocks must remain as they were in the original response."
            )


def _turn(request: Json) -> list[tuple[int, int, Json]]:
    """The blocks of the assistant's turn that the request ends with, and where they stand."""
    found: list[tuple[int, int, Json]] = []
    for i, message in reversed([*enumerate(request["messages"])]):
        if message["role"] == "user":
            break
        if message["role"] == "assistant":
            content = message["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            found = [(i, j, block) for j, block in enumerate(blocks)] + found
    return found


def _sealed(own: bytes, request: Json, said: list[Json]) -> bytes:
    return own + _mac(own, b"") + _mac(own, _tools(request)) + _mac(own, _content(said))


def _seals(id: str) -> tuple[bytes, bytes, bytes] | None:
    """Return an id's own number and what it seals, None for one that was made elsewhere."""
    data = unspelled(id, 4 * _SIZE)
    own, proof, tools, content = (data[at : at + _SIZE] for at in range(0, 4 * _SIZE, _SIZE))
    return (own, tools, content) if proof == _mac(own, b"") else None


def _mac(own: bytes, what: bytes) -> bytes:
    return hmac.new(_SECRET, own + what, hashlib.sha256).digest()[:_SIZE]


def _tools(request: Json) -> bytes:
    return b"tools" + b"".join(sorted(_written(tool) for tool in request.get("tools") or ()))


def _content(said: list[Json]) -> bytes:
    """What was said up to a use, whose own id is left out: it is made of this."""
    *before, use = said
    return b"content" + b"".join(map(_written, (*before, {**use, "id": ""})))


def _written(value: Any) -> bytes:
    return json.dumps(_bare(value), sort_keys=True).encode() + b"\n"


def _bare(value: Any) -> Any:
    """The value without what carries no meaning."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # as JavaScript writes it
    if not isinstance(value, dict):
        return value
    kept = {key: each for key, each in value.items() if key != "cache_control" and each is not None}
    if kept.get("caller") == _DIRECT:
        del kept["caller"]
    return {key: _named(each) if key in NAMES else _bare(each) for key, each in kept.items()}


def _named(id: Any) -> Any:
    """An id without what a cloud writes into it when the reply has been sealed already."""
    return unmarked(id) if isinstance(id, str) else _bare(id)
