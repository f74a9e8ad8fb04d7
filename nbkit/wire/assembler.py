"""Events to message: the assembler (contract, sections 5.2 to 5.6).

Rules it keeps:

* Each event costs what is new. Strings grow as lists of pieces and are joined when somebody looks.
* Tool input is parsed once, when its block stops. What can't be parsed is not guessed: `input` stays `{}`,
  the raw text and the reason are a `Fault` of the message.
* Unknown events and deltas change nothing; unknown blocks are kept as they came.
* A `fallback` block says that another model goes on: the message's `model` follows it.
* `message_delta` overwrites; its usage is cumulative, so absent or null keeps what was there.
* A stream that ends without `message_stop`, that leaves out an index or speaks of a block that isn't open,
  raises `StreamError` with the partial message. An `error` event raises `APIError` with it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from nbkit.errors import APIError, StreamError, UsageError
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event, parse
from nbkit.wire.json_text import parsed
from nbkit.wire.messages import Fault, Message
from nbkit.wire.sse import SSEDecoder

ChangeKind = Literal["start", "block", "grow", "set", "append", "stop", "update", "finish", "ignore"]

GROWS = {"text_delta": "text", "thinking_delta": "thinking"}
REPLACES = {"signature_delta": ("signature",), "compaction_delta": ("content", "encrypted_content")}


@dataclass(frozen=True, slots=True)
class Change:
    """What one event did to the message: enough to update a picture of it without looking at the rest.

    `grow` appends the string `value` to `field` of block `index` (for `input` the value is a piece of JSON
    text).
    """

    kind: ChangeKind
    index: int | None = None
    field: str | None = None
    value: Any = None


IGNORE = Change("ignore")


@dataclass(slots=True)
class OpenBlock:
    """A block that is still streaming: what it started as, and the pieces that came since."""

    index: int
    block: Json
    pieces: dict[str, list[str]] = field(default_factory=dict)

    def snapshot(self) -> Json:
        """The block as it would be now; input text that is still coming is not parsed."""
        grown = {
            name: (self.block.get(name) or "") + "".join(pieces)
            for name, pieces in self.pieces.items()
            if name != "input"
        }
        return {**self.block, **grown}


class Assembler:
    """Feed it events; each returns the `Change` it made, and `message` is the reply so far."""

    def __init__(self) -> None:
        self._message: Json | None = None
        self._content: list[Json] = []
        self._open: OpenBlock | None = None
        self._faults: list[Fault] = []
        self._finished = False

    @property
    def started(self) -> bool:
        return self._message is not None

    @property
    def message(self) -> Message:
        """The reply so far, a copy. Raises `StreamError` before `message_start`."""
        if self._message is None:
            raise StreamError("the stream has not begun: no message_start has come")
        content = copy.deepcopy(self._content)
        faults = list(self._faults)
        if self._open is not None:
            content.append(copy.deepcopy(self._open.snapshot()))
            text = "".join(self._open.pieces.get("input", ()))
            faults.append(Fault(self._open.index, "unfinished_block", text, "the block never stopped"))
        return Message({**copy.deepcopy(self._message), "content": content}, faults)

    @property
    def partial(self) -> Message | None:
        return self.message if self.started else None

    def feed(self, event: Event) -> Change:
        """Take one event. Raises `StreamError` for an order that makes no sense, `APIError` for an `error`
        event.
        """
        if event.type == "error":
            raise APIError.from_envelope(200, event.data, partial=self.partial)
        step = STEPS.get(event.type)
        if step is None:
            return IGNORE
        if event.type != "message_start" and self._message is None:
            raise StreamError(f"the stream began with {event.type} instead of message_start")
        try:
            return step(self, event.data)
        except (KeyError, TypeError, AttributeError) as error:
            raise self._broken(
                f"sent a {event.type} of a shape the contract doesn't have ({error!r})"
            ) from None

    def close(self) -> Message:
        """Return the finished message; raises `StreamError` when the stream ended early."""
        if not self._finished:
            what = "before its first event" if not self.started else "without message_stop"
            raise self._broken(f"ended {what}: the reply is not complete; send the request again")
        return self.message

    def _start(self, data: Json) -> Change:
        if self._message is not None:
            raise self._broken("sent a second message_start")
        message = copy.deepcopy(data["message"])
        content = message.get("content") or []
        if not all(isinstance(block, dict) for block in content):
            raise TypeError("content is no list of blocks")
        self._content = list(content)
        self._message = {**message, "content": []}
        return Change("start", value=data["message"])

    def _block_start(self, data: Json) -> Change:
        index = data["index"]
        if self._open is not None:
            raise self._broken(f"started block {index} while block {self._open.index} was still open")
        if index != len(self._content):
            raise self._broken(f"started block {index} where block {len(self._content)} was due")
        block = data["content_block"]
        if block.get("type") == "fallback" and self._message is not None:
            self._message["model"] = block["to"]["model"]
        self._open = OpenBlock(index, copy.deepcopy(block))
        return Change("block", index, value=block)

    def _block_delta(self, data: Json) -> Change:
        block, delta = self._block(data["index"]), data["delta"]
        kind = delta.get("type")
        if kind in GROWS:
            return self._grow(block, GROWS[kind], delta[GROWS[kind]])
        if kind == "input_json_delta":
            return self._grow(block, "input", delta["partial_json"])
        if kind == "citations_delta":
            if not block.block.get("citations"):
                block.block["citations"] = []
            block.block["citations"].append(delta["citation"])
            return Change("append", block.index, "citations", delta["citation"])
        if kind in REPLACES:
            names = [name for name in REPLACES[kind] if name in delta]
            block.block.update({name: delta[name] for name in names})
            return Change(
                "set", block.index, names[0] if names else None, delta.get(names[0]) if names else None
            )
        return IGNORE

    def _grow(self, block: OpenBlock, name: str, value: Any) -> Change:
        begun: Any = "" if name == "input" else block.block.get(name) or ""
        if not isinstance(value, str) or not isinstance(begun, str):
            raise TypeError(f"{name} is no string")
        block.pieces.setdefault(name, []).append(value)
        return Change("grow", block.index, name, value)

    def _block_stop(self, data: Json) -> Change:
        opened = self._block(data["index"])
        block = opened.snapshot()
        text = "".join(opened.pieces.get("input", ()))
        if text.strip():
            block["input"] = self._parse_input(opened.index, text)
        self._content.append(block)
        self._open = None
        return Change("stop", opened.index, value=block)

    def _parse_input(self, index: int, text: str) -> Json:
        try:
            value = parsed(text)
        except ValueError as error:
            self._faults.append(Fault(index, "invalid_input", text, f"the tool input is no JSON: {error}"))
            return {}
        if not isinstance(value, dict):
            self._faults.append(Fault(index, "invalid_input", text, "the tool input is no JSON object"))
            return {}
        return value

    def _update(self, data: Json) -> Change:
        assert self._message is not None
        delta = data.get("delta") or {}
        usage = {key: value for key, value in (data.get("usage") or {}).items() if value is not None}
        extra = {key: value for key, value in data.items() if key not in ("type", "delta", "usage")}
        kept = {key: value for key, value in delta.items() if value is not None or key.startswith("stop_")}
        self._message.update(copy.deepcopy({**kept, **extra}))
        self._message["usage"] = {**(self._message.get("usage") or {}), **copy.deepcopy(usage)}
        if self._message.get("stop_reason") in ("max_tokens", "model_context_window_exceeded"):
            self._mark_truncated()
        return Change("update", value={**delta, "usage": self._message["usage"]})

    def _mark_truncated(self) -> None:
        """A last tool input that the limit cut is told from one that the model got wrong."""
        last = len(self._content) - 1
        for at, fault in enumerate(self._faults):
            if fault.index == last and fault.kind == "invalid_input":
                why = "the reply was cut off (max_tokens) inside this tool input"
                self._faults[at] = Fault(last, "truncated_input", fault.raw_text, why)

    def _finish(self, data: Json) -> Change:
        if self._open is not None:
            raise self._broken(f"ended while block {self._open.index} was still open")
        self._finished = True
        return Change("finish")

    def _block(self, index: int) -> OpenBlock:
        if self._open is None or self._open.index != index:
            raise self._broken(f"spoke of block {index}, which is not open")
        return self._open

    def _broken(self, what: str) -> StreamError:
        return StreamError(f"the stream {what}", partial=self.partial)


STEPS = {
    "message_start": Assembler._start,
    "content_block_start": Assembler._block_start,
    "content_block_delta": Assembler._block_delta,
    "content_block_stop": Assembler._block_stop,
    "message_delta": Assembler._update,
    "message_stop": Assembler._finish,
}


def assemble(chunks: Iterable[bytes] | bytes, framing: Literal["sse"] = "sse") -> Message:
    """Return the message that the bytes of a stream add up to, however they are split.

    Raises `StreamError` for a stream that breaks off or makes no sense, `APIError` for an `error` event; both
    carry the partial message.
    """
    if framing != "sse":
        raise UsageError(f"framing {framing!r} is not known: use 'sse'")
    decoder, assembler = SSEDecoder(), Assembler()
    for chunk in [chunks] if isinstance(chunks, bytes) else chunks:
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise UsageError(f"a stream is bytes, not {type(chunk).__name__}: open its file with 'rb'")
        for item in decoder.feed(chunk):
            event = parse(item)
            if event is not None:
                assembler.feed(event)
    return assembler.close()
