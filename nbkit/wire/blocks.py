"""Content blocks: typed, read-only views of the dicts that cross the wire.

What came in is kept as received (`raw`: same keys, same order, nulls included), so unknown blocks and fields
survive. Whether a block is legal is `rules`' business.
"""

from __future__ import annotations

import copy
from typing import Any, Generic, TypeVar, overload

Json = dict[str, Any]
T = TypeVar("T")


class Field(Generic[T]):
    """A field of the raw dict, read each time it is asked for; an absent one reads as its default."""

    def __init__(self, default: T) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, view: None, owner: type) -> Field[T]: ...
    @overload
    def __get__(self, view: View, owner: type) -> T: ...
    def __get__(self, view: View | None, owner: type) -> T | Field[T]:
        if view is None:
            return self
        value: T = view.raw.get(self.name, self.default)
        return value


class View:
    """A typed look at a dict from the wire; two views are equal when their dicts are."""

    __slots__ = ("raw",)

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def to_wire(self) -> Json:
        """Return a copy of the dict, equal to what was received."""
        return copy.deepcopy(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(repr(self.raw))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.raw!r})"


class Block(View):
    """One content block. A type that nbkit doesn't know is a plain `Block`: nothing of it is lost."""

    __slots__ = ()
    type = Field("")


class Text(Block):
    __slots__ = ()
    text = Field("")
    citations: Field[list[Json] | None] = Field(None)


class Thinking(Block):
    """Reasoning; `thinking` is empty when the display is omitted, the signature stands for it anyway."""

    __slots__ = ()
    thinking = Field("")
    signature = Field("")


class RedactedThinking(Block):
    __slots__ = ()
    data = Field("")


class ToolUse(Block):
    """A call the caller must run and answer in the next user message."""

    __slots__ = ()
    id = Field("")
    name = Field("")
    input: Field[Json] = Field({})
    toolset_name: Field[str | None] = Field(None)


class ServerToolUse(ToolUse):
    """A call the server runs itself; it must not be answered by the caller."""

    __slots__ = ()


class ToolResult(Block):
    __slots__ = ()
    tool_use_id = Field("")
    content: Field[str | list[Json] | None] = Field(None)
    is_error = Field(False)


class Image(Block):
    __slots__ = ()
    source: Field[Json] = Field({})


class Document(Block):
    __slots__ = ()
    source: Field[Json] = Field({})
    title: Field[str | None] = Field(None)


VIEWS: dict[str, type[Block]] = {
    "text": Text,
    "thinking": Thinking,
    "redacted_thinking": RedactedThinking,
    "tool_use": ToolUse,
    "server_tool_use": ServerToolUse,
    "tool_result": ToolResult,
    "image": Image,
    "document": Document,
}


def view(raw: Json) -> Block:
    """Return the typed view of a block; an unknown type gives a plain `Block`."""
    kind = raw.get("type")
    return VIEWS.get(kind, Block)(raw) if isinstance(kind, str) else Block(raw)
