"""Events to message: the assembler (contract, sections 5.2 to 5.6).

Rules it keeps:

* Each event costs what is new. Strings grow as lists of pieces and are joined when somebody looks.
* Tool input is parsed once, when its block stops. What can't be parsed is not guessed: `input` stays `{}`,
  the raw text and the reason are a `Fault` of the message. While it streams, `live_input` says what has come.
* Unknown events and deltas change nothing; unknown blocks are kept as they came. A delta that its block can't
  take changes nothing either, and is a `Fault`.
* Blocks begin in the order of their indexes. Several may be open at once: each delta says which one it means.
* A `fallback` block says that another model goes on: the message's `model` follows it.
* `message_delta` overwrites, the three fields of an ending together; its usage is cumulative, so absent or
  null keeps what was there. Which message it is, and whose, it can't change.
* A `message_start` that says the same as the first one is a repetition; another one is an error.
* A stream that ends without `message_stop`, that leaves out an index or speaks of a block that isn't open,
  raises `StreamError` with the partial message and the text that made no sense. An `error` event raises
  `APIError` with the partial message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from nbkit.errors import APIError, StreamError, UsageError
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from nbkit.wire.eventstream import AWSEvents
from nbkit.wire.growing import IGNORE, Change, ChangeKind, OpenBlock, Unfinished
from nbkit.wire.json_text import parsed
from nbkit.wire.messages import Fault, Message
from nbkit.wire.sse_events import Growth, Likeness, SSEEvents

__all__ = ["Assembler", "Change", "ChangeKind", "Framing", "Reading", "assemble"]

Framing = Literal["sse", "aws"]
FRAMINGS: dict[str, type[SSEEvents] | type[AWSEvents]] = {"sse": SSEEvents, "aws": AWSEvents}
ENDING = ("stop_reason", "stop_sequence", "stop_details")
LASTING = {"id", "type", "role", "model", "content", "usage"}  # a message_delta says nothing new of these
CHUNK = 1 << 16  # bytes that are taken apart at a time: a body in one piece is not held twice


class Senseless(Exception):
    """An event that can't follow what came; `feed` makes a `StreamError` of it."""


class Assembler:
    """Feed it events; each returns the `Change` it made, and `message` is the reply so far."""

    def __init__(self) -> None:
        self._message: Json | None = None  # everything but the content; replaced, never changed
        self._content: list[Json | OpenBlock] = []
        self._open: dict[int, OpenBlock] = {}
        self._faults: list[Fault] = []
        self._finished = False
        # What the last delta was like, and where its text went.
        self._like: Likeness | None = None
        self._index, self._field = -1, ""
        self._append: Callable[[str], None]

    @property
    def started(self) -> bool:
        return self._message is not None

    @property
    def finished(self) -> bool:
        """Whether `message_stop` has come."""
        return self._finished

    @property
    def message(self) -> Message:
        """The reply so far. It shares what is finished, so treat it as read-only (`to_wire()` copies).

        It costs nothing before it is read. Raises `StreamError` before `message_start`.
        """
        if self._message is None:
            raise StreamError("the stream has not begun: no message_start has come")
        faults = [*self._faults, *(fault for block in self._open.values() for fault in block.faults)]
        if self._open:
            return Unfinished(self._message, self._content, faults)
        return Message({**self._message, "content": self._content.copy()}, faults)

    @property
    def partial(self) -> Message | None:
        return self.message if self.started else None

    def live_input(self, index: int) -> Any:
        """The input of block `index` as far as it came: cheap after every delta, and not to be changed.

        It grows in place while its block is open. None before the first piece, and where there is no input.
        """
        block = self._open.get(index)
        if block is not None:
            return block.live_input()
        done = self._content[index] if 0 <= index < len(self._content) else {}
        return done.get("input") if isinstance(done, dict) else None

    def feed(self, event: Event) -> Change:
        """Take one event. Raises `StreamError` for an order that makes no sense, `APIError` for an `error`
        event.
        """
        if type(event) is Growth and (event.like is self._like or self._follows(event.like)):
            text = event.text
            self._append(text)
            return Change("grow", self._index, self._field, text)
        return self._step(event)

    def _follows(self, like: Likeness) -> bool:
        """Whether a delta like this needs no looking at: then its text goes where its kind went before."""
        block = self._open.get(like.index)
        sink = block.sinks.get(like.kind) if block is not None else None
        if block is None or sink is None:
            return False
        self._like, self._index, (self._field, _, self._append) = like, block.index, sink
        return True

    def _step(self, event: Event) -> Change:
        step = STEPS.get(event.type)
        if step is None:
            return IGNORE
        if self._message is None and event.type not in FIRST:
            raise StreamError(
                f"the stream began with {event.type} instead of message_start", raw_text=_text(event.data)
            )
        try:
            return step(self, event.data)
        except Senseless as error:
            what = str(error)
        except (KeyError, TypeError, AttributeError) as error:
            what = f"sent a {event.type} of a shape the contract doesn't have ({str(error)[:100]})"
        raise StreamError(f"the stream {what}", partial=self.partial, raw_text=_text(event.data))

    def close(self, cut_off: str = "") -> Message:
        """Return the finished message; raises `StreamError` when the stream ended early.

        `cut_off` is the text of an event that had begun when the bytes ended.
        """
        if self._finished:
            return self.message
        what = "without message_stop" if self.started else "before its first event"
        raise StreamError(
            f"the stream ended {what}: the reply is not complete; send the request again",
            partial=self.partial,
            raw_text=cut_off,
        )

    def _error(self, data: Json) -> Change:
        raise APIError.from_envelope(200, data, partial=self.partial)

    def _start(self, data: Json) -> Change:
        message = {**data["message"]}
        content = message.get("content") or []
        if not all(isinstance(block, dict) for block in content):
            raise TypeError("content is no list of blocks")
        message["content"] = []
        if self._message is not None:
            if self._finished or content != self._content or message != self._message:
                raise Senseless("sent a second message_start")
            return IGNORE
        self._content = list(content)
        self._message = message
        return Change("start", value=data["message"])

    def _block_start(self, data: Json) -> Change:
        index, block = data["index"], data["content_block"]
        if self._finished:
            raise Senseless(f"started block {_shown(index)} after message_stop")
        if type(index) is not int or index != len(self._content):
            raise Senseless(f"started block {_shown(index)} where block {len(self._content)} was due")
        if block.get("type") == "fallback":
            self._message = {**(self._message or {}), "model": block["to"]["model"]}
        opened = OpenBlock(index, block)
        self._content.append(opened)
        self._open[index] = opened
        return Change("block", index, value=block)

    def _block_delta(self, data: Json) -> Change:
        block, delta = self._open.get(data["index"]), data["delta"]
        if block is None:
            raise self._not_open(data["index"])
        sink = block.sinks.get(delta["type"]) if "type" in delta else None
        if sink is None:
            return block.take(delta)
        name, key, append = sink
        value = delta[key]
        if type(value) is not str:
            raise TypeError(f"{name} is no string")
        append(value)
        return Change("grow", block.index, name, value)

    def _block_stop(self, data: Json) -> Change:
        opened = self._open.get(data["index"])
        if opened is None:
            raise self._not_open(data["index"])
        self._like = None
        block, text = opened.stopped()
        self._faults += opened.faults
        if text.strip():
            block["input"] = self._parse_input(opened.index, text)
        self._content[opened.index] = block
        del self._open[opened.index]
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
        before, delta, usage = self._message or {}, data.get("delta") or {}, data.get("usage")
        said = {key: value for key, value in data.items() if key != "delta"}
        new = {key: value for key, value in said.items() if value is not None or key not in before}
        if "stop_reason" in delta:  # an ending is said whole: what another one had stays behind
            new |= {key: None for key in ENDING if key in before}
        new |= {key: value for key, value in delta.items() if value is not None or key in ENDING}
        new = {key: value for key, value in new.items() if key not in LASTING}
        if usage is not None:
            counted = {key: value for key, value in usage.items() if value is not None}
            new["usage"] = {**(before.get("usage") or {}), **counted}
        self._message = {**before, **new, "content": []}
        if self._message.get("stop_reason") in ("max_tokens", "model_context_window_exceeded"):
            self._mark_truncated()
        return Change("update", value={**delta, "usage": self._message.get("usage")})

    def _mark_truncated(self) -> None:
        """A last tool input that the limit cut is told from one that the model got wrong."""
        last = len(self._content) - 1
        for at, fault in enumerate(self._faults):
            if fault.index == last and fault.kind == "invalid_input":
                why = "the reply was cut off (max_tokens) inside this tool input"
                self._faults[at] = Fault(last, "truncated_input", fault.raw_text, why)

    def _finish(self, data: Json) -> Change:
        if self._open:
            raise Senseless(f"ended while block {min(self._open)} was still open")
        self._finished = True
        return Change("finish")

    def _not_open(self, index: object) -> Senseless:
        return Senseless(f"spoke of block {_shown(index)}, which is not open")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _text(data: Json) -> str:
    return json.dumps(data, ensure_ascii=False)


STEPS = {
    "message_start": Assembler._start,
    "content_block_start": Assembler._block_start,
    "content_block_delta": Assembler._block_delta,
    "content_block_stop": Assembler._block_stop,
    "message_delta": Assembler._update,
    "message_stop": Assembler._finish,
    "error": Assembler._error,
}
FIRST = ("message_start", "error")


class Reading:
    """A body as it arrives: bytes in, `(event, change)` out, and at the end the message."""

    def __init__(self, framing: Framing = "sse") -> None:
        if framing not in FRAMINGS:
            raise UsageError(f"framing {framing!r} is not known: use 'sse' or 'aws'")
        self._events = FRAMINGS[framing]()
        self.assembler = Assembler()

    def feed(self, data: bytes) -> Iterator[tuple[Event, Change]]:
        """Yield each event that `data` completes, with what it did. Raises `StreamError` and `APIError`."""
        feed = self.assembler.feed
        try:
            for at in range(0, len(data), CHUNK):
                for event in self._events.feed(data[at : at + CHUNK]):
                    yield event, feed(event)
        except StreamError as error:
            raise self._with_partial(error) from None

    def close(self) -> Iterator[tuple[Event, Change]]:
        """Say that the bytes have ended: yield the event that only lacked its blank line.

        Raises `StreamError` when the reply is not complete.
        """
        event, rest = self._events.close()
        if event is not None:
            yield event, self.assembler.feed(event)
        self.assembler.close("" if event else rest)

    def cut_off(self) -> str:
        """Say that the bytes broke off; return the text of the event that had begun."""
        return self._events.close()[1]

    def _with_partial(self, error: StreamError) -> StreamError:
        """An event that could not be read is told together with what came before it."""
        if error.partial is None:
            error.partial = self.assembler.partial
        return error


def assemble(chunks: Iterable[bytes] | bytes, framing: Framing = "sse") -> Message:
    """Return the message that the bytes of a stream add up to, however they are split.

    `framing` is `"sse"` for server-sent events and `"aws"` for Bedrock's event-stream frames. Raises
    `StreamError` for a stream that breaks off or makes no sense, with `raw_text`, and `APIError` for an
    `error` event; both carry the partial message.
    """
    reading = Reading(framing)
    if isinstance(chunks, (bytes, bytearray, memoryview)):
        chunks = [bytes(chunks)]
    if not isinstance(chunks, Iterable):
        raise UsageError(f"a stream is bytes or an iterable of bytes, not {type(chunks).__name__}")
    for chunk in chunks:
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise UsageError(f"a stream is bytes, not {type(chunk).__name__}: open its file with 'rb'")
        for _ in reading.feed(bytes(chunk)):
            pass
    for _ in reading.close():
        pass
    return reading.assembler.message
