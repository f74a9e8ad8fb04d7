"""Events to message: the assembler (contract, sections 5.2 to 5.6).

Rules it keeps:

* Each event costs what is new. Strings grow as lists of pieces and are joined when somebody looks.
* Tool input is parsed once: while it streams, for who asks for `live_input`, else when its block stops. What
  can't be parsed is not guessed: `input` stays `{}`, or of a text that was cut off the members that had come
  whole; the raw text and the reason are a `Fault` of the message.
* Unknown blocks are kept as they came. Unknown events and deltas, a delta that its block can't take and what
  is said twice change nothing, and are `Fault`s.
* Blocks begin in the order of their indexes. Several may be open at once: each delta says which one it means.
  One that is open at `message_stop` ends there, and that is a `Fault`; so is an ending without a stop_reason.
* A `fallback` block says that another model goes on: the message's `model` follows it.
* `message_delta` overwrites, the three fields of an ending together; its usage is cumulative, so absent or
  null keeps what was there. Which message it is, and whose, it can't change.
* A `message_start` with the first one's id is a repetition; another one is an error.
* A stream that ends without `message_stop`, that leaves out an index or speaks of a block that isn't open,
  raises `StreamError` with the partial message and the text that made no sense. An `error` event raises
  `APIError` with the partial message.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, overload

from nbkit.errors import APIError, StreamError, UsageError, a_kind, an
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from nbkit.wire.growing import IGNORE, Change, ChangeKind, OpenBlock, Seen, Unfinished
from nbkit.wire.messages import Fault, FaultKind, Message
from nbkit.wire.partial import read_input
from nbkit.wire.sse_events import Growth, Likeness

if TYPE_CHECKING:
    from nbkit.wire.assembly import Reading

__all__ = ["Assembler", "Change", "ChangeKind", "Framing"]

Framing = Literal["sse", "aws"]

ENDING = ("stop_reason", "stop_sequence", "stop_details")
CUT_OFF = ("max_tokens", "model_context_window_exceeded")
LASTING = {"id", "type", "role", "model", "content", "usage"}  # a message_delta says nothing new of these


class Senseless(Exception):
    """An event that can't follow what came; `feed` makes a `StreamError` of it."""


class Assembler:
    """A reply as it grows: feed it what arrives, and `message` is what it adds up to so far.

        assembler = nbkit.Assembler()
        for chunk in response.iter_bytes():
            for change in assembler.feed(chunk):
                if change.field == "text":
                    print(change.value, end="")
        message = assembler.close()

    `framing` says how bytes are framed, as for `assemble()`. Not for several threads at once.
    """

    def __init__(self, framing: Framing = "sse") -> None:
        self._reading: Reading | None = None  # once bytes are fed
        if framing != "sse":
            self._reading = self._read_as(framing)
        self._first: Json = {}  # the message as it began
        self._message: Json | None = None  # everything but the content; replaced, never changed
        self._content: list[Json | OpenBlock] = []
        self._open: dict[int, OpenBlock] = {}
        self._faults: list[Fault] = []
        self._garbled: dict[int, int] = {}  # where the fault of an input is that can't be read
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
        return self._seen(live=True)

    @property
    def partial(self) -> Message | None:
        """What came of a reply that broke off, None where nothing did."""
        return self._seen(live=False) if self.started else None

    @property
    def faults(self) -> list[Fault]:
        """What could not become a part of the message so far."""
        return [*self._faults, *(fault for block in self._open.values() for fault in block.faults)]

    def _seen(self, live: bool) -> Message:
        envelope = self._message or {}
        if self._open:
            return Unfinished(envelope, self._content, self.faults, live=live)
        return Message({**envelope, "content": self._content.copy()}, self.faults)

    def live_input(self, index: int) -> Any:
        """The input of block `index` as far as it came: cheap after every delta, and not to be changed.

        It grows in place while its block is open. None before the first piece, and where there is no input.
        """
        block = self._open.get(index)
        if block is not None:
            return block.live_input()
        done = self._content[index] if 0 <= index < len(self._content) else {}
        return done.get("input") if isinstance(done, dict) else None

    @overload
    def feed(self, event: Event | Json) -> Change: ...
    @overload
    def feed(self, event: bytes) -> list[Change]: ...
    def feed(self, event: Event | Json | bytes) -> Change | list[Change]:
        """Take one event, as itself or as its JSON; of bytes, cut anywhere, all events that they complete.

        Returns what each did. Raises `StreamError` for an order that makes no sense and for bytes that are no
        events, `APIError` for an `error` event, `UsageError` for anything else than an event or bytes.
        """
        if type(event) is Growth and (event.like is self._like or self._follows(event.like)):
            text = event.text
            self._append(text)
            return Change("grow", self._index, self._field, text)
        return self._step(event) if isinstance(event, Event) else self._taken(event)

    def _read_as(self, framing: Framing) -> Reading:
        from nbkit.wire.assembly import Reading  # which imports this module

        return Reading(framing, self)

    def _taken(self, given: Any) -> Change | list[Change]:
        """Take an event that is no `Event` yet."""
        if isinstance(given, bytes | bytearray | memoryview):
            self._reading = self._reading or self._read_as("sse")
            return [change for _, change in self._reading.feed(bytes(given))]
        kind = given.get("type") if isinstance(given, dict) else None
        if not isinstance(kind, str):
            raise UsageError(f"an event is a dict with its `type`, or bytes of a stream, not {a_kind(given)}")
        return self._step(Event(kind, given))

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
            if event.type != "ping":
                self._note("unknown_event", _text(event.data), f"an event of type {_shown(event.type)}")
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
            what = f"sent {an(str(event.type))} of a shape the contract doesn't have ({str(error)[:100]})"
        raise StreamError(f"the stream {what}", partial=self.partial, raw_text=_text(event.data))

    def close(self, cut_off: str = "") -> Message:
        """Return the finished message; raises `StreamError` when the stream ended early.

        `cut_off` is the text of an event that had begun when the bytes ended; of bytes fed here it is known.
        """
        reading, self._reading = self._reading, None
        if reading is not None:
            for _ in reading.close():
                pass
        if self._finished:
            return self.message
        what = "without message_stop" if self.started else "before its first event"
        raise StreamError(
            f"the stream ended {what}: the reply is not complete; send the request again",
            partial=self.partial,
            raw_text=cut_off,
        )

    def note_unread(self, text: str) -> None:
        """Keep what stood in the body and is no event."""
        self._note("unread_text", text, "lines that belong to no event")

    def _note(self, kind: FaultKind, text: str, what: str, index: int | None = None) -> None:
        self._faults.append(Fault(index, kind, text, f"{what} came, which changes nothing"))

    def _error(self, data: Json) -> Change:
        raise APIError.from_envelope(200, data, partial=self.partial)

    def _start(self, data: Json) -> Change:
        message = {**data["message"]}
        content = message.get("content") or []
        if not all(isinstance(block, dict) for block in content):
            raise TypeError("content is no list of blocks")
        message["content"] = []
        if self._message is not None:
            same = data["message"] == self._first
            if self._finished or not (same or message.get("id", "") == self._first.get("id")):
                raise Senseless("sent a second message_start")
            if not same:
                self._note("repeated_event", _text(data), "a second message_start of this message")
            return IGNORE
        self._first = data["message"]
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
        index = data["index"]
        opened = self._open.get(index)
        if opened is None:
            if type(index) is not int or not 0 <= index < len(self._content):
                raise self._not_open(index)
            self._note("repeated_event", _text(data), "a stop of a block that had stopped", index)
            return IGNORE
        return Change("stop", opened.index, value=self._settled(opened))

    def _settled(self, opened: OpenBlock) -> Json:
        """Make a block of what has come of it; its index is open no longer."""
        self._like = None
        block, text = opened.stopped()
        self._faults += opened.faults
        if text.strip():
            live = opened.whole_input()
            block["input"], wrong = (live, "") if live is not None else read_input(text)
            if wrong:
                self._garbled[opened.index] = len(self._faults)
                self._faults.append(Fault(opened.index, "invalid_input", text, wrong))
        self._content[opened.index] = block
        del self._open[opened.index]
        return block

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
        self._mark_truncated()
        return Change("update", value={**delta, "usage": self._message.get("usage")})

    def _mark_truncated(self) -> None:
        """A last tool input that the limit cut is told from one that the model got wrong."""
        reason, last = (self._message or {}).get("stop_reason"), len(self._content) - 1
        at = self._garbled.get(last) if reason in CUT_OFF else None
        if at is not None:
            why = f"the reply was cut off ({reason}) inside this tool input"
            self._faults[at] = Fault(last, "truncated_input", self._faults[at].raw_text, why)

    def _finish(self, data: Json) -> Change:
        if self._finished:
            self._note("repeated_event", _text(data), "a second message_stop")
            return IGNORE
        for opened in [*self._open.values()]:
            unfinished = Seen(opened).fault()
            self._settled(opened)
            self._faults.append(unfinished)
        self._mark_truncated()
        if (self._message or {}).get("stop_reason") is None:
            self._faults.append(Fault(None, "missing_ending", "", "the reply ended, and nothing said why"))
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
