"""A block that is still streaming: what it started as, and what each delta does to it (contract, 5.4).

Strings grow as lists of pieces, which cost what is new; who looks pays for the joining, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from nbkit.errors import an
from nbkit.wire.blocks import Json, kinds
from nbkit.wire.messages import Fault, FaultKind, Message
from nbkit.wire.partial import PartialJson, whole_members

ChangeKind = Literal["start", "block", "grow", "set", "append", "stop", "update", "finish", "ignore"]

# What each delta does, and in which blocks; a block of a type that is newer than we are may take any.
# A string that grows: its name, and the name of the piece in the delta.
GROWS = {
    "text_delta": ("text", "text", {"text"}),
    "thinking_delta": ("thinking", "thinking", {"thinking"}),
    "input_json_delta": ("input", "partial_json", {"tool_use", "server_tool_use", "mcp_tool_use"}),
}
# What comes whole, under the same name in the delta and in the block.
REPLACES = {
    "signature_delta": (("signature",), {"thinking"}),
    "compaction_delta": (("content", "encrypted_content"), {"compaction"}),
}
TAKERS = {
    "citations_delta": {"text"},
    **{kind: rule[-1] for kind, rule in GROWS.items()},
    **{kind: rule[-1] for kind, rule in REPLACES.items()},
}

Sink: TypeAlias = tuple[str, str, Callable[[str], None]]


@dataclass(slots=True)  # not frozen, as an Event isn't, and for the same reason
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


class Growing:
    """A string that comes in pieces; `read(count)` is what the first `count` of them say."""

    __slots__ = ("_joined", "_text", "pieces")

    def __init__(self, begun: str) -> None:
        self.pieces = [begun]
        self._text = ""
        self._joined = 0

    def read(self, count: int) -> str:
        if count < self._joined:
            return "".join(self.pieces[:count])
        # Moved to a local name: CPython lengthens a string in place when there is no other reference to it.
        text, self._text = self._text, ""
        text += "".join(self.pieces[self._joined : count])
        self._text, self._joined = text, count
        return text


class OpenBlock:
    """A block between its start and its stop."""

    __slots__ = ("_live", "_taken", "block", "citations", "faults", "index", "sinks", "strings")

    def __init__(self, index: int, block: Json) -> None:
        self.index = index
        self.block = {**block}
        self.strings: dict[str, Growing] = {}
        self.citations: list[Any] = []
        self.faults: list[Fault] = []
        # Where the pieces go that a kind of delta brings: filled when the first one comes.
        self.sinks: dict[Any, Sink] = {}
        self._live = PartialJson()
        self._taken = 0

    def take(self, delta: Json) -> Change:
        """Do what a delta says for which there is no sink yet."""
        kind, own = delta.get("type"), self.block.get("type")
        takers = TAKERS.get(kind) if isinstance(kind, str) else None
        if takers is None:
            return self._leave(delta, "unknown_delta", "a delta of an unknown type came for it")
        if own not in takers and isinstance(own, str) and own in kinds():
            return self._leave(
                delta,
                "misplaced_delta",
                f"{an(str(kind))} came for it, and {an(own)} takes none",
            )
        if kind in GROWS:
            return self._grow(kind, delta)
        if kind in REPLACES:
            return self._replace(REPLACES[kind][0], delta)
        citation = delta["citation"]
        if not self.citations:
            self.citations += self.block.get("citations") or ()
        self.citations.append(citation)
        return Change("append", self.index, "citations", citation)

    def _leave(self, delta: Json, kind: FaultKind, why: str) -> Change:
        self.faults.append(Fault(self.index, kind, json.dumps(delta, ensure_ascii=False), why))
        return IGNORE

    def _grow(self, kind: str, delta: Json) -> Change:
        name, key, _ = GROWS[kind]
        begun: Any = "" if name == "input" else self.block.get(name) or ""
        if not isinstance(begun, str) or not isinstance(delta[key], str):
            raise TypeError(f"{name} is no string")
        string = self.strings.setdefault(name, Growing(begun))
        string.pieces.append(delta[key])
        self.sinks[kind] = name, key, string.pieces.append
        return Change("grow", self.index, name, delta[key])

    def _replace(self, fields: tuple[str, ...], delta: Json) -> Change:
        if len(fields) == 1 and fields[0] not in delta:
            raise KeyError(fields[0])
        for name in fields:  # they belong together: none stays behind from before
            if name in delta:
                self.block[name] = delta[name]
            else:
                self.block.pop(name, None)
        first = next((name for name in fields if name in delta), None)
        return Change("set", self.index, first, delta[first] if first else None)

    def live_input(self) -> Any:
        """The tool input as far as it came: a tree that goes on growing, or None before its text begins."""
        pieces = self.strings["input"].pieces if "input" in self.strings else []
        for piece in pieces[self._taken :] if self._taken else pieces:
            self._live.feed(piece)
        self._taken = len(pieces)
        return self._live.value

    def whole_input(self) -> Json | None:
        """The live tree when it is all of the input, so that nothing has to be read a second time; else None.

        Text that isn't whole Unicode is left to the second reading, which joins its halves.
        """
        if not self._taken or not isinstance(self.live_input(), dict) or not self._live.whole:
            return None
        text = self.strings["input"].read(self._taken)
        return self._live.value if _paired(text) is text else None

    def stopped(self) -> tuple[Json, str]:
        """Return the whole block, and the text of its input, which is not read yet."""
        seen = Seen(self)
        block = seen.without_input()
        block.update({name: _paired(block[name]) for name in self.strings if name != "input"})
        return block, _paired(seen.input_text())


class Seen:
    """An open block as it is now. Nothing is joined or copied before somebody reads it."""

    __slots__ = ("_block", "_citations", "_counts", "_of")

    def __init__(self, of: OpenBlock) -> None:
        self._of = of
        self._block = of.block.copy()
        self._citations = len(of.citations)
        self._counts = {name: len(string.pieces) for name, string in of.strings.items()}

    def without_input(self) -> Json:
        block = self._block
        for name, count in self._counts.items():
            if name != "input":
                block[name] = self._of.strings[name].read(count)
        if self._citations:
            block["citations"] = self._of.citations[: self._citations]
        return block

    def input_text(self) -> str:
        count = self._counts.get("input")
        return self._of.strings["input"].read(count) if count else ""

    def wire(self, live: bool) -> Json:
        """The block; its input is the live tree, or where no more will come the members that came whole."""
        block = self.without_input()
        if "input" in self._counts:
            input = self._of.live_input() if live else whole_members(self.input_text())
            if isinstance(input, dict):
                block["input"] = input
        return block

    def fault(self) -> Fault:
        return Fault(self._of.index, "unfinished_block", self.input_text(), "the block never stopped")


class Unfinished(Message):
    """A reply that is still coming, as it was when this was made; it is read when somebody looks at it.

    What is finished is shared, not copied. The `input` of an open block is its live tree; where the reply has
    broken off (`live=False`) it is what had come whole.
    """

    __slots__ = ("_content", "_envelope", "_found", "_live")

    def __init__(
        self,
        envelope: Json,
        content: Sequence[Json | OpenBlock],
        found: Sequence[Fault],
        *,
        live: bool = True,
    ) -> None:
        self._envelope = envelope
        self._live = live
        self._content = [Seen(item) if isinstance(item, OpenBlock) else item for item in content]
        self._found = tuple(found)

    def __getattr__(self, name: str) -> Any:
        """Make what `Message` has in slots when it is first asked for."""
        if name == "raw":
            blocks = [item.wire(self._live) if isinstance(item, Seen) else item for item in self._content]
            self.raw = {**self._envelope, "content": blocks}
            return self.raw
        if name == "faults":
            opened = [item.fault() for item in self._content if isinstance(item, Seen)]
            self.faults = (*self._found, *opened)
            return self.faults
        raise AttributeError(name)

    def __reduce__(self) -> tuple[Any, ...]:
        return Message, (self.raw, self.faults)


def _paired(text: str) -> str:
    """Join the halves of a character that two deltas share: servers that count in UTF-16 may cut it there."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text
