"""`typing.TypedDict` on Python 3.11, which pydantic can't read there: made again as the one that it can."""

from __future__ import annotations

import sys
from functools import reduce
from operator import or_
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)


def readable(kind: Any) -> Any:
    """Return a type in which every `typing.TypedDict` is one that pydantic reads; others are as they were."""
    return kind if sys.version_info >= (3, 12) else _readable(kind, ())


def _readable(kind: Any, outer: tuple[Any, ...]) -> Any:
    if is_typeddict(kind):
        # One that holds itself stays: pydantic says what it wants instead.
        return kind if type(kind).__module__ != "typing" or kind in outer else _again(kind, (*outer, kind))
    origin, args = get_origin(kind), get_args(kind)
    if origin is None or origin is Literal or not args:
        return kind
    if origin is Annotated:
        return Annotated[(_readable(args[0], outer), *args[1:])]
    made = tuple(_readable(each, outer) for each in args)
    if all(new is old for new, old in zip(made, args, strict=True)):
        return kind
    if origin is UnionType:
        return reduce(or_, made)
    return kind.copy_with(made) if hasattr(kind, "copy_with") else origin[made]


def _again(kind: Any, outer: tuple[Any, ...]) -> Any:
    import typing_extensions

    make: Any = typing_extensions.TypedDict
    fields: dict[str, Any] = {}
    for name, each in get_type_hints(kind, include_extras=True).items():
        told = get_origin(each)
        inner = _readable(get_args(each)[0] if told in (Required, NotRequired) else each, outer)
        needed = told is Required or (name in kind.__required_keys__ and told is not NotRequired)
        fields[name] = inner if needed else NotRequired[inner]
    made = make(kind.__name__, fields)
    made.__doc__ = kind.__doc__
    return made
