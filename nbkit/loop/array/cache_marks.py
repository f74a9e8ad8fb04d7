"""What each cache breakpoint of the next request costs: tokens up to it, dollars to write and to read them.

Tokens are estimated, and counted once for each piece of the array. Whether something is in the cache is told
by the last request that went out: what stands behind another prefix is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from nbkit.facts import facts
from nbkit.loop.array.bound import unmarked
from nbkit.loop.array.history import MessageNode, canonical
from nbkit.loop.array.pieces import Piece
from nbkit.loop.budget import MILLION, READ, WRITTEN_1H, WRITTEN_5M
from nbkit.loop.settings import Outgoing
from nbkit.rules.portable.estimate import PER_MESSAGE, Scale, block_tokens, positions, scale_of
from nbkit.wire.blocks import Json

State = Literal["new", "kept", "lost", "short"]
KEPT = {"5m": "5 minutes", "1h": "an hour"}


@dataclass(frozen=True, slots=True)
class CacheMark:
    """One breakpoint. `block` is its block's id, None outside the messages.

    `state`: `new` is written with the next request, `kept` was written with the last one and is read, `lost`
    was written but stands behind another prefix now, `short` is less than the model caches. `write`, `read`
    and `plain` are dollars for the tokens up to here: into the cache, from it, and without it; None where no
    price is known. `changed` is where the prefix first differs from the last request.
    """

    path: str
    block: str | None
    tokens: int
    ttl: str
    state: State
    write: float | None
    read: float | None
    plain: float | None
    least: int | None
    changed: str | None = None

    def __str__(self) -> str:
        begin, kept = f"about {self.tokens:,} tokens up to here", KEPT.get(self.ttl, self.ttl)
        write, read, plain = (
            "" if price is None else f"${price:.4f}" for price in (self.write, self.read, self.plain)
        )
        match self.state:
            case "short":
                return f"{begin}: too few, this model caches from {self.least:,}"
            case "kept":
                return f"{begin}, as in the last request: read{read and f' for {read}'} within {kept}"
            case "lost":
                return (
                    f"{begin} are written anew{write and f' for {write}'}: "
                    f"{self.changed} changed since the last request"
                )
        if not write:
            return f"{begin}: written with the next request, then read within {kept}"
        return f"{begin}: {write} to write, then {read} instead of {plain} each time within {kept}"


def cache_marks(request: Outgoing, sent: Outgoing | None) -> list[CacheMark]:
    """Return the breakpoints of a request in the order of the prefix; `sent` is the last that went out."""
    around = list(_around(request.fields))
    history = request.history
    if not any(_lifetimes(block) for _, block in around) and not any(
        piece.known(_marked) for piece in history.pieces
    ):
        return []
    scale = scale_of(facts.model(str(request.fields.get("model"))))
    tokens, found = 0, []
    sizes = positions({**request.fields, "messages": []}, scale)
    before = sent is not None and _unmarked(sent.fields) == _unmarked(request.fields)
    for (path, block), size in zip(around, sizes, strict=False):
        tokens += size.tokens
        for ttl in _lifetimes(block):
            found.append(_mark(scale, path, None, tokens, ttl, "kept" if before else "new"))
    same = history.shared(sent.history) if sent is not None and before else 0
    changed = f"messages.{same}" if before else "what stands before the messages"
    known = set() if sent is None else {id for piece in sent.history.pieces for id in piece.known(_marked)}
    at = 0
    for piece in history.pieces:
        marks, whole = piece.known(_counter(scale))
        for message, number, id, ttl, upto in marks:
            state: State = "kept" if at + message < same else "lost" if id in known else "new"
            path = f"messages.{at + message}.content.{number}"
            found.append(_mark(scale, path, id, tokens + upto, ttl, state, changed))
        tokens, at = tokens + whole, at + len(piece)
    return found


def _mark(
    scale: Scale, path: str, block: str | None, tokens: int, ttl: str, state: State, changed: str = ""
) -> CacheMark:
    model = scale.model
    least = model.min_cacheable if model else None
    if least is not None and tokens < least:
        state = "short"
    write, read, plain = _dollars(model, tokens, ttl)
    return CacheMark(path, block, tokens, ttl, state, write, read, plain, least, changed or None)


def _dollars(model: facts.Model | None, tokens: int, ttl: str) -> tuple[float | None, ...]:
    """What the tokens cost to write, to read, and without the cache."""
    if model is None or model.price_in is None:
        return None, None, None
    price, price_read = model.price_in, model.price_cache_read
    if model.long_context and tokens > model.long_context["above"]:
        price, price_read = model.long_context["price_in"], model.long_context["price_cache_read"]
    times = WRITTEN_1H if ttl == "1h" else WRITTEN_5M
    read = READ * price if price_read is None else price_read
    return tokens * times * price / MILLION, tokens * read / MILLION, tokens * price / MILLION


def _around(fields: Json) -> Iterator[tuple[str, Any]]:
    """Yield tools and system blocks with their paths, in the order of the prefix."""
    for name in ("tools", "system"):
        value = fields.get(name)
        for at, block in enumerate(value if isinstance(value, list) else [value] if value else []):
            yield f"{name}.{at}", block


def _unmarked(fields: Json) -> str:
    """What stands before the messages, without breakpoints: they change no prefix."""
    named = {name: fields.get(name) for name in ("model", "tools", "system", "tool_choice", "thinking")}
    return canonical(unmarked(named))


def _lifetimes(block: Any) -> list[str]:
    """Return the lifetime of the breakpoint of a block, and of those inside it."""
    if not isinstance(block, dict):
        return []
    inner = block.get("content")
    found = [ttl for each in (inner if isinstance(inner, list) else ()) for ttl in _lifetimes(each)]
    control = block.get("cache_control")
    return [*found, str(control.get("ttl") or "5m")] if isinstance(control, dict) else found


def _marked(piece: Piece[MessageNode]) -> list[str]:
    """Return the ids of the blocks of a piece that have a breakpoint."""
    return [id for node in piece for id in node.known(_marked_blocks)]


def _marked_blocks(node: MessageNode) -> list[str]:
    return [block.id for block in node.blocks if _lifetimes(block.wire)]


Marks = tuple[list[tuple[int, int, str, str, int]], int]


@lru_cache(maxsize=64)
def _counter(scale: Scale) -> Callable[[Piece[MessageNode]], Marks]:
    """Return what finds a piece's breakpoints (message, block, id, lifetime, tokens) and its tokens."""

    def count(piece: Piece[MessageNode]) -> Marks:
        marks, tokens = [], 0
        for at, node in enumerate(piece):
            tokens += PER_MESSAGE
            for number, block in enumerate(node.blocks):
                tokens += _tokens(block.wire, scale)
                marks += [(at, number, block.id, ttl, tokens) for ttl in _lifetimes(block.wire)]
        return marks, tokens

    return count


def _tokens(wire: Json, scale: Scale) -> int:
    try:
        return block_tokens(wire, scale)
    except (TypeError, AttributeError, ValueError):  # a shape that the API refuses, kept on purpose
        return scale.count(canonical(wire))
