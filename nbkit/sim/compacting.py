"""Compaction: a summary in the place of what was said (contract, 2.2, 3.6), asked for or when it gets long.

A summary that was asked for is signed, and goes back as it is, as the first block of all (R96). What stands
before the last summary isn't read any more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.rules.portable.estimate import prompt_tokens
from nbkit.sim.brain.summing_up import summary
from nbkit.sim.cache import InputUsage
from nbkit.sim.ids import Ids
from nbkit.sim.parts import Part
from nbkit.sim.prompt import Prompt
from nbkit.sim.refusal import Refused, invalid
from nbkit.sim.reply import Reply
from nbkit.sim.tokens import pieces
from nbkit.wire.blocks import Json

STRATEGY = "compact_20260112"
TRIGGER = 150_000  # input tokens
_SECRET = b"nbkit signs the summaries of its simulated models with this"
_MARK = b"\x12\x03"
_SIZE = 16  # bytes of each half


@dataclass(frozen=True, slots=True)
class Compacted:
    """A summary that was made on the way: what goes on after it, and whether the reply ends with it."""

    summary: str
    tokens: int  # of what it was made from
    request: Json
    pauses: bool

    @property
    def part(self) -> Part:
        return Part({"type": "compaction", "content": None}, "content", pieces(self.summary))


def since_summary(request: Json) -> Json:
    """Return the request without what stands before its last summary, and that as words of the model."""
    places = [(i, j) for i, j, block in _blocks(request) if _is_summary(block) and block.get("content")]
    if not places:
        return request
    i, j = places[-1]
    messages = request["messages"]
    first, *rest = messages[i]["content"][j:]
    content = [{"type": "text", "text": first["content"]}, *rest]
    return {**request, "messages": [{**messages[i], "content": content}, *messages[i + 1 :]]}


def on_the_way(request: Json) -> Compacted | None:
    """Sum up an array that is longer than its `compact_20260112` edit wants, None for any other."""
    edits = (request.get("context_management") or {}).get("edits") or []
    edit = next((each for each in edits if each["type"] == STRATEGY), None)
    tokens = prompt_tokens(request) if edit else 0
    if edit is None or tokens <= (edit.get("trigger") or {"value": TRIGGER})["value"]:
        return None
    text, messages = summary(request), request["messages"]
    said: list[Json] = [{"role": "assistant", "content": [{"type": "text", "text": text}]}]
    after = {**request, "messages": [*said, *messages[_begin_of_turn(messages) :]]}
    return Compacted(text, tokens, after, bool(edit.get("pause_after_compaction")))


def put_first(reply: Reply, compacted: Compacted) -> None:
    """Let a reply begin with the summary that was made on the way, or be nothing else."""
    reply.summed_up = InputUsage(compacted.tokens)
    if compacted.pauses:
        reply.parts, reply.stop_reason, reply.spent = [], "compaction", None
    reply.parts = [compacted.part, *reply.parts]


def reply_to(request: Json, prompt: Prompt, seed: int) -> Reply:
    """Return the reply that is only the summary that `compaction` asks for.

    One that doesn't fit into `max_tokens` has failed: its content is null.
    """
    reply = Reply(
        Ids(request, seed).message(), prompt.model.id, InputUsage(prompt.total), [_asked_for(request)]
    )
    reply.stop_reason = "compaction"
    if reply.output_tokens > request["max_tokens"]:
        reply.parts = [Part({"type": "compaction", "content": None}, None, [])]
        reply.stop_reason, reply.spent = "max_tokens", request["max_tokens"]
    return reply


def _asked_for(request: Json) -> Part:
    """Return the signed summary of an array; refuses where there is nothing to sum up."""
    if all(_is_summary(block) for _, _, block in _blocks(request)):
        raise _invalid("messages: there is nothing to summarize beside a summary", "nothing_to_summarize")
    text = summary(request)
    start = {"type": "compaction", "content": None, "signature": _signature(text)}
    return Part(start, "content", pieces(text))


def check_summaries(request: Json) -> None:
    """Refuse a signed summary that is changed, or isn't the first and only one (R96)."""
    signed = [
        (i, j, block) for i, j, block in _blocks(request) if block.get("signature") and _is_summary(block)
    ]
    for number, (i, j, block) in enumerate(signed):
        path = f"messages.{i}.content.{j}"
        if number:
            raise _invalid(
                f"{path}: only one signed `compaction` block may be in a request", "block_ambiguous"
            )
        if (i, j) != (0, 0) or request["messages"][0]["role"] == "system":
            what = "a signed `compaction` block must be the first block of the conversation"
            raise _invalid(f"{path}: {what}", "block_misplaced")
        made = _content_of(block["signature"])
        if made is None:
            raise _invalid(f"{path}: Invalid `signature` in `compaction` block", "signature_invalid")
        if made != _digest(block.get("content") or ""):
            what = "the `content` of a `compaction` block must be the one that was signed"
            raise _invalid(f"{path}: {what}", "content_mismatch")


def _invalid(message: str, code: str) -> Refused:
    return invalid(message, {"error_code": f"compaction_{code}"})


def _signature(text: str) -> str:
    content = _digest(text)
    return base64.b64encode(_MARK + content + _mac(content)).decode()


def _content_of(signature: str) -> bytes | None:
    """Return the digest of what was signed, None for a signature that wasn't made here."""
    try:
        data = base64.b64decode(signature, validate=True).removeprefix(_MARK)
    except (binascii.Error, ValueError):
        return None
    content, mac = data[:_SIZE], data[_SIZE:]
    return content if len(content) == _SIZE and hmac.compare_digest(mac, _mac(content)) else None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:_SIZE]


def _mac(content: bytes) -> bytes:
    return hmac.new(_SECRET, content, hashlib.sha256).digest()[:_SIZE]


def _is_summary(block: Json) -> bool:
    return block.get("type") == "compaction"


def _begin_of_turn(messages: list[Json]) -> int:
    """Where the turn begins that the array ends with: at the last message that isn't only results."""
    for at in range(len(messages) - 1, -1, -1):
        content: Any = messages[at]["content"]
        is_results = not isinstance(content, str) and all(
            block.get("type") == "tool_result" for block in content
        )
        if messages[at]["role"] == "user" and not is_results:
            return at
    return 0


def _blocks(request: Json) -> Iterator[tuple[int, int, Json]]:
    for i, message in enumerate(request["messages"]):
        content: Any = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for j, block in enumerate(blocks):
            yield i, j, block
