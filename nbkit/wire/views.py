"""Views: typed, read-only looks at the dicts that cross the wire.

What came in is kept as received (`raw`: same keys, same order, nulls included), so unknown fields survive;
one that has no name here is read as `view["its_name"]`. Views read and never judge: whether a shape is legal
is `rules`' business, and a value that is no object at all is a view in which every field is absent.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Generic, Self, TypeAlias, TypeVar, overload

Json = dict[str, Any]
T = TypeVar("T")
V = TypeVar("V", bound="View")
Reader: TypeAlias = Callable[[Any], V]


class Named(Generic[T]):
    """A descriptor for one key of the raw dict, read each time it is asked for.

    The key is the attribute's name unless another is given.
    """

    def __init__(self, key: str = "") -> None:
        self.key = key

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = self.key or name

    @overload
    def __get__(self, view: None, owner: type) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type) -> T: ...
    def __get__(self, view: View | None, owner: type) -> Self | T:
        return self if view is None else self.of(view)

    def of(self, view: View) -> T:
        raise NotImplementedError


class Field(Named[T]):
    """A plain value; an absent one reads as its default."""

    def __init__(self, default: T, key: str = "") -> None:
        super().__init__(key)
        self.default = default

    def of(self, view: View) -> T:
        value: T = view.get(self.key, self.default)
        return value


class Free(Named[Json]):
    """An object whose keys are free, like a tool's input; an absent one reads as an empty one."""

    def of(self, view: View) -> Json:
        value: Json | None = view.get(self.key)
        return {} if value is None else value


class Nested(Named[T], Generic[T, V]):
    """Objects inside the raw dict, which read as views; how many there may be is the subclass's."""

    def __init__(self, read: Reader[V], key: str = "") -> None:
        super().__init__(key)
        self.read = read


class One(Nested[V, V]):
    """An object that every such dict has; an absent or null one reads as an empty view."""

    def of(self, view: View) -> V:
        value = view.get(self.key)
        return self.read({} if value is None else value)


class Maybe(Nested[V | None, V]):
    """An object that may be absent or null: then it reads as None."""

    def of(self, view: View) -> V | None:
        value = view.get(self.key)
        return None if value is None else self.read(value)


class Many(Nested[list[V], V]):
    """A list of objects; an absent or null one reads as an empty list (`raw` tells which it was)."""

    def of(self, view: View) -> list[V]:
        value = view.get(self.key)
        return [self.read(item) for item in value] if isinstance(value, list) else []


class TextOrMany(Nested[str | list[V] | None, V]):
    """Content: a string, a list of objects, or nothing."""

    def of(self, view: View) -> str | list[V] | None:
        value = view.get(self.key)
        if isinstance(value, list):
            return [self.read(item) for item in value]
        return value if isinstance(value, str) else None


class ByName(Nested[dict[str, V], V]):
    """Objects by their names; a null one reads as an empty view, an absent dict as an empty one."""

    def of(self, view: View) -> dict[str, V]:
        value = view.get(self.key)
        items = value.items() if isinstance(value, dict) else ()
        return {name: self.read({} if item is None else item) for name, item in items}


class View:
    """A typed look at a dict from the wire; it equals its dict, and any view of an equal one."""

    __slots__ = ("raw",)

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def get(self, key: str, default: Any = None) -> Any:
        """Return what the dict has under `key`: also for fields that are newer than this view."""
        raw: Any = self.raw
        return raw.get(key, default) if isinstance(raw, dict) else default

    def __getitem__(self, key: str) -> Any:
        return self.raw[key]

    def to_wire(self) -> Json:
        """Return a copy of the dict, equal to what was received."""
        return copy.deepcopy(self.raw)

    def __eq__(self, other: object) -> bool:
        return bool(self.raw == (other.raw if isinstance(other, View) else other))

    def __hash__(self) -> int:
        return hash(repr(self.raw))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.raw!r})"


def by_type(kinds: Mapping[str, type[V]], unknown: type[V]) -> Reader[V]:
    """Return what reads an object as the view that its `type` names; other types read as `unknown`."""

    def read(raw: Any) -> V:
        kind = raw.get("type") if isinstance(raw, dict) else None
        return kinds.get(kind, unknown)(raw) if isinstance(kind, str) else unknown(raw)

    return read
