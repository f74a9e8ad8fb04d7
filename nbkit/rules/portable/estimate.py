"""What a request weighs, roughly: input tokens, and what they cost at list prices.

Not the real tokenizer: about 3.5 characters a token; pictures by the API's own arithmetic (contract, 9.6).
Whoever shows these numbers says that they are an estimate.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.facts import facts
from nbkit.rules.caching import markers
from nbkit.rules.media.coded import decoded
from nbkit.rules.media.image_header import sniff
from nbkit.rules.media.papers import page_count
from nbkit.rules.request import Request
from nbkit.rules.sizes import text_size
from nbkit.wire.blocks import Json

CHARS_PER_TOKEN = 3.5
MORE_SINCE_4_7 = 1.3  # the tokenizer of 4.7 makes about 30 % more of the same text
PER_MESSAGE = 4
PER_TOOL = 12
TOOL_PROMPT = (354, 474)
PDF_PAGE = 1800
ANY_EDGE = 1568  # pixels of the longer edge, and tokens, of a model that isn't known
WRITE_5M, WRITE_1H, IN_THE_US = 1.25, 2.0, 1.1


@dataclass(frozen=True, slots=True)
class Scale:
    """How one model counts."""

    model: facts.Model | None
    chars_per_token: float = CHARS_PER_TOKEN

    def count(self, text: object) -> int:
        return math.ceil(len(text) / self.chars_per_token) if isinstance(text, str) else 0


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, TypeError, ValueError):
        return " " * text_size(value)


def scale_of(model: facts.Model | None) -> Scale:
    """Return how `model` counts, its tokenizer included."""
    newer = model is not None and not model.is_before_4_7
    return Scale(model, CHARS_PER_TOKEN / MORE_SINCE_4_7 if newer else CHARS_PER_TOKEN)


def prompt_tokens(body: Json, scale: Scale | None = None) -> int:
    """Estimate what a request's system prompt, tools and messages cost as input."""
    return sum(position.tokens for position in positions(body, scale))


@dataclass(frozen=True, slots=True)
class Position:
    """One block of the prompt and its tokens; `room` is where it stands: tools, system or messages.

    A message begins with its first block; one that has none is a position without a block.
    """

    room: str
    block: Json | None
    tokens: int
    role: str = ""


def positions(body: Json, scale: Scale | None = None) -> Iterator[Position]:
    """Yield the blocks of a prompt in the order in which they are read and cached (contract, 9.2)."""
    scale = scale or scale_of(facts.model(str(body.get("model"))))
    more = _tool_prompt(body, scale)
    for tool in body.get("tools") or ():
        yield Position("tools", tool, more + PER_TOOL + scale.count(_json(tool)))
        more = 0
    for block in _blocks(body.get("system")):
        yield Position("system", block, block_tokens(block, scale))
    for message in body.get("messages") or ():
        more, role = PER_MESSAGE, str(message.get("role"))
        for block in _blocks(message.get("content")):
            yield Position("messages", block, more + block_tokens(block, scale), role)
            more = 0
        if more:
            yield Position("messages", None, more, role)


def _blocks(content: Any) -> list[Json]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _tool_prompt(body: Json, scale: Scale) -> int:
    if not body.get("tools"):
        return 0
    prompt = (scale.model and scale.model.tool_prompt_tokens) or TOOL_PROMPT
    return prompt[(body.get("tool_choice") or {}).get("type") in ("any", "tool")]


def _content_tokens(content: Any, scale: Scale) -> int:
    if isinstance(content, str):
        return scale.count(content)
    return sum(block_tokens(block, scale) for block in content or ())


def block_tokens(block: Json, scale: Scale) -> int:
    """Estimate what one block costs as input."""
    match block.get("type"):
        case "text":
            return scale.count(block.get("text"))
        case "thinking":
            return scale.count(block.get("thinking") or block.get("signature"))
        case "tool_use" | "server_tool_use":
            return PER_TOOL + scale.count(block.get("name", "") + _json(block.get("input")))
        case "tool_result":
            return PER_TOOL + _content_tokens(block.get("content"), scale)
        case "image":
            return _image_tokens(block.get("source") or {}, scale)
        case "document":
            return _document_tokens(block, scale)
        case _:
            return scale.count(_json(block))


def _document_tokens(block: Json, scale: Scale) -> int:
    source = block.get("source") or {}
    named = scale.count((block.get("title") or "") + (block.get("context") or ""))
    match source.get("type"):
        case "text":
            return named + scale.count(source.get("data"))
        case "content":
            return named + _content_tokens(source.get("content"), scale)
        case _:
            data = source.get("data", "")
            pages = page_count(decoded(data)) or max(1, len(data) // 80_000)  # where none can be seen
            return named + pages * PDF_PAGE


def _image_tokens(source: Json, scale: Scale) -> int:
    model = scale.model
    edge, most = (model.image_edge, model.image_tokens) if model else (ANY_EDGE, ANY_EDGE)
    width, height = image_size(source) or (edge, edge)
    shrunk = min(1.0, edge / max(width, height, 1))
    return min(most, math.ceil(width * shrunk / 28) * math.ceil(height * shrunk / 28))


def image_size(source: Json) -> tuple[int, int] | None:
    """Read width and height from the first bytes of a base64 image; None when it can't be read."""
    try:
        header = sniff(base64.b64decode(str(source.get("data", ""))[:65536]))
    except (binascii.Error, ValueError):
        return None
    return (header.width, header.height) if header and header.width else None


@dataclass(frozen=True, slots=True)
class Input:
    """The tokens of a first request: all of them, and how many it marks to be cached, by lifetime."""

    tokens: int
    marked_5m: int = 0
    marked_1h: int = 0

    @property
    def marked(self) -> int:
        return self.marked_5m + self.marked_1h


def measure(request: Request) -> Input:
    """Estimate a request that has a sound shape."""
    scale = scale_of(request.model)
    tokens = prompt_tokens(request.raw, scale)
    found = [(path, (control.get("ttl") or "5m")) for path, _, control in markers(request)]
    control = request.param("cache_control")
    ends = {ttl: prompt_tokens(prefix(request.raw, path), scale) for path, ttl in found}
    if isinstance(control, dict):
        ends[control.get("ttl") or "5m"] = tokens
    hour = ends.get("1h", 0)
    return Input(tokens, max(0, ends.get("5m", 0) - hour), hour)


def prefix(body: Json, path: str) -> Json:
    """Return what stands before the end of the block at `path`, in the order tools, system, messages."""
    room, first, *rest = path.split(".")
    i = int(first)
    before: Json = {"tool_choice": body.get("tool_choice"), "tools": body.get("tools")}
    if room == "tools":
        return {**before, "tools": body["tools"][: i + 1]}
    before["system"] = body.get("system")
    if room == "system":
        return {**before, "system": body["system"][: i + 1]}
    message = body["messages"][i]
    cut = {**message, "content": message["content"][: int(rest[1]) + 1]}
    return {**before, "messages": [*body["messages"][:i], cut]}


def input_cost(request: Request, size: Input) -> float | None:
    """Return dollars for the input as a first request, which writes the cache and reads nothing (9.3)."""
    model = request.model
    price = _price(request, size.tokens) if model and request.served_by.priced else None
    if model is None or price is None:
        return None
    cached = model.min_cacheable is not None and size.marked >= model.min_cacheable
    written = (WRITE_5M - 1) * size.marked_5m + (WRITE_1H - 1) * size.marked_1h if cached else 0
    place = IN_THE_US if request.param("inference_geo") == "us" else 1
    return (size.tokens + written) * price * place / 1_000_000


def _price(request: Request, tokens: int) -> float | None:
    model = request.model
    assert model is not None
    if request.param("speed") == "fast" and model.price_fast:
        return model.price_fast[0]
    if model.long_context and tokens > model.long_context["above"]:
        return model.long_context["price_in"]
    return model.price_in
