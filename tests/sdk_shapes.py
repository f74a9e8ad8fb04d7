"""Instances of the official SDK's types as JSON, made from the types themselves.

`variants` gives a type's instances: the least one, one with every field, and for each alternative anywhere
inside (a union's members, a literal's words, null) one more that has it. Their number is the sum of the
alternatives, not their product.
"""

from __future__ import annotations

import inspect
import os
import types
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import IO, Any, Literal, NamedTuple, Union, get_args, get_origin

import typing_extensions
from pydantic import BaseModel

Json = dict[str, Any]
Way = tuple[str | int, ...]
PLAIN: Mapping[Any, Any] = {
    str: "srvtoolu_x",  # whatever it is: an id of any kind may be written like this
    int: 20_000,  # within every bound that the contract has
    float: 0.5,
    bool: True,
    object: "x",
    datetime: "2026-11-01T00:00:00Z",
    types.NoneType: None,
}
FREE = {"x": "x"}  # an instance of a dict whose keys are free: a tool's input, a schema
FILES = {IO, os.PathLike}  # the SDK takes them as well, and makes JSON of them
REQUIRED: Any = typing_extensions.Required
WRAPPERS = (REQUIRED, typing_extensions.Annotated, typing_extensions.NotRequired)


class SdkField(NamedTuple):
    type: Any
    required: bool


def bare(kind: Any) -> Any:
    """Take `Annotated`, `Required` and names of aliases off a type."""
    while get_origin(kind) in WRAPPERS:
        kind = get_args(kind)[0]
    return kind


@cache
def members(kind: Any) -> list[Any]:
    """Return the members of a union, flat; any other type is its own only member."""
    kind = bare(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return [member for each in get_args(kind) for member in members(each)]
    return [kind]


def is_shape(kind: Any) -> bool:
    return inspect.isclass(kind) and (typing_extensions.is_typeddict(kind) or issubclass(kind, BaseModel))


@cache
def fields(kind: Any) -> dict[str, SdkField]:
    """Return the fields of a TypedDict or a model by their names on the wire."""
    if typing_extensions.is_typeddict(kind):
        hints = typing_extensions.get_type_hints(kind, include_extras=True)
        return {name: SdkField(hint, get_origin(hint) is REQUIRED) for name, hint in hints.items()}
    return {
        field.alias or name: SdkField(field.annotation, field.is_required() or name == "type")
        for name, field in kind.model_fields.items()
    }


@cache
def variants(kind: Any) -> tuple[Any, ...]:
    """Return instances of a type that together have each alternative at least once."""
    return tuple(value for member in members(kind) for value in _of_member(member))


@cache
def words(kind: Any) -> set[str]:
    """Return the words of every literal in a union."""
    return {word for member in members(kind) if get_origin(member) is Literal for word in get_args(member)}


def _of_member(kind: Any) -> Iterator[Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if FILES.intersection((kind, origin)):
        return
    if is_shape(kind):
        yield from _of_shape(kind)
    elif origin is Literal:
        yield from arguments
    elif origin in (dict, Mapping):
        yield from ({"x": value} for value in variants(arguments[1]))
    elif origin is not None:  # every other generic is some sequence
        yield from ([value] for value in variants(arguments[0]))
    else:
        yield PLAIN[kind]


def _of_shape(kind: Any) -> Iterator[Json]:
    alternatives = {name: variants(field.type) for name, field in fields(kind).items()}
    whole = {name: values[0] for name, values in alternatives.items()}
    yield whole
    least = {name: whole[name] for name, field in fields(kind).items() if field.required}
    if least != whole:
        yield least
    for name, values in alternatives.items():
        for value in values[1:]:
            yield {**whole, name: value}


def places(kind: Any, value: Any, way: Way = ()) -> Iterator[tuple[Any, Way]]:
    """Yield each object inside an instance: the type that it is of, and the way to it."""
    for member in members(kind):
        if is_shape(member) and _looks_like(member, value):
            yield member, way
            for name, inner in value.items():
                yield from places(fields(member)[name].type, inner, (*way, name))
            return
        arguments = get_args(member)
        if isinstance(value, list) and get_origin(member) not in (None, dict, Literal):
            for at, item in enumerate(value):
                yield from places(arguments[0], item, (*way, at))
            return
        if isinstance(value, dict) and get_origin(member) is dict:
            for name, inner in value.items():
                yield from places(arguments[1], inner, (*way, name))
            return


def fits(kind: Any, value: Any) -> bool:
    """Say whether a value is an instance of a type."""
    return any(_fits(member, value) for member in members(kind))


def _fits(kind: Any, value: Any) -> bool:
    origin, arguments = get_origin(kind), get_args(kind)
    if is_shape(kind):
        known = fields(kind)
        return (
            isinstance(value, dict)
            and value.keys() <= known.keys()
            and all(name in value for name, field in known.items() if field.required)
            and all(fits(known[name].type, inner) for name, inner in value.items())
        )
    if origin is Literal:
        return value in arguments
    if origin is dict:
        return isinstance(value, dict) and all(fits(arguments[1], inner) for inner in value.values())
    if origin is not None:
        return isinstance(value, list) and all(fits(arguments[0], item) for item in value)
    return isinstance(value, str if kind is datetime else kind)


def _looks_like(kind: Any, value: Any) -> bool:
    """Say whether a value has only the keys of a type, and its `type`: enough to tell instances apart."""
    known = fields(kind)
    if not isinstance(value, dict) or not value.keys() <= known.keys():
        return False
    return "type" not in value or "type" not in known or fits(known["type"].type, value["type"])
