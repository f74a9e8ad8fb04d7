"""Any Python value as JSON data, and the words for what is none."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from itertools import islice
from typing import Any, cast

from nbkit.errors import counted
from nbkit.loop.tools.interrupts import is_interrupt
from nbkit.loop.tools.pictures import bundle

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
NOTHING_SAID = re.compile(r"<[^<>]* object>")
MOST_BITS = 14_000  # of a number that Python writes out in decimal digits
MOST_ITEMS = 100_000  # that are taken from an iterator, which may have no end
MOST_CELLS = 200_000  # of a table that is written whole: no model reads more


def data(value: Any) -> Any:
    """Return a value as JSON data: what has members as an object, what has items as a list, else words."""
    match value:
        case None | bool() | str():
            return value
        case enum.Enum():
            return data(value.value)
        case int():
            return value if value.bit_length() < MOST_BITS else hex(value)
        case float():
            return value
        case bytes() | bytearray() | memoryview():
            return text_in(bytes(value))
        case io.BytesIO():
            return text_in(value.getvalue())
        case io.StringIO():
            return value.getvalue()
        case BaseException():
            return said_by(value)
    if isinstance(value, type):
        return words(value)
    held = members(value)
    if held is not None:
        return {_key(key): data(each) for key, each in held.items()}
    listed = items(value)
    if listed is not None:
        return [data(each) for each in listed]
    plain = _scalar(value)
    return words(value) if plain is None else data(plain)


def members(value: Any) -> Mapping[Any, Any] | None:
    """Return what a value has by name: of a dict, a dataclass, a pydantic model, a named tuple."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if callable(getattr(value, "model_dump", None)):
        return _dumped(value)
    if isinstance(value, tuple) and callable(getattr(value, "_asdict", None)):
        named: Any = value
        return cast("Mapping[Any, Any]", named._asdict())
    return None


def items(value: Any) -> list[Any] | None:
    """Return what a value has in order: of a list, a set, an array, a generator."""
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, (Sequence, Set, ValuesView, deque)) and not isinstance(value, (str, bytes)):
        return list(value)
    for name in ("tolist", "to_dicts"):  # arrays of numpy and its relatives; tables of polars
        if callable(method := getattr(value, name, None)) and isinstance(found := method(), list):
            return found
    if isinstance(value, Iterator) and not isinstance(value, io.IOBase):
        return taken(value)
    return None


def taken(values: Iterator[Any]) -> list[Any]:
    """Return all that an iterator gives. Raises `OverflowError` where it doesn't come to an end."""
    found = list(islice(values, MOST_ITEMS + 1))
    if len(found) > MOST_ITEMS:
        raise OverflowError(f"it gives more than {counted(MOST_ITEMS, 'item')}")
    return found


def table(value: Any) -> str | None:
    """Return a table of pandas as text, None for anything else. Of a very long one its ends are shown."""
    to_string = getattr(value, "to_string", None)
    if not callable(to_string) or isinstance(value, type):
        return None
    shape = getattr(value, "shape", None)
    rows, columns = (*shape, 1)[:2] if isinstance(shape, tuple) and shape else (0, 0)
    if rows * columns > MOST_CELLS:
        return f"{to_string(max_rows=40)}\n\n[the first and last of {counted(rows, 'row')}]"
    return str(to_string())


def words(value: Any) -> str:
    """Return the words for a value that is no data: what it shows in a notebook, or says of itself."""
    if isinstance(value, (datetime.date, datetime.time)):
        return str(value.isoformat())
    shown = _shown(value, "_repr_markdown_", "text/markdown")
    if shown is None:
        # A memory address says nothing, and would make two runs differ.
        shown = ADDRESS.sub("", str(value))
        if NOTHING_SAID.fullmatch(shown):
            shown = _shown(value, "_repr_html_", "text/html") or shown
    return shown


def said_by(error: BaseException) -> str:
    """Return what was raised, in one line; an exception is anybody's class, and may fail to say it."""
    name = type(error).__name__
    try:
        told = str(error)
    except BaseException as failed:
        if is_interrupt(failed):
            raise
        told = ""
    if isinstance(error, BaseExceptionGroup):
        told += f": {'; '.join(map(said_by, error.exceptions))}"
    return f"{name}: {told}" if told else name


def text_in(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return f"<no text: {counted(len(value), 'byte')}>"


def _key(key: Any) -> str:
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    plain = _scalar(key)
    told = data(key if plain is None else plain)
    return str(key) if isinstance(told, list) else str(told)


def _scalar(value: Any) -> Any:
    """Return what Python calls a number, a truth or a date of numpy's; None for anything else."""
    method = getattr(value, "tolist", None)
    found = method() if callable(method) and not isinstance(value, type) else None
    known = (bool, int, float, complex, str, datetime.date, datetime.timedelta)
    return found if isinstance(found, known) else None


def _dumped(value: Any) -> Mapping[Any, Any] | None:
    """A pydantic model's fields; one that holds what JSON can't is read field by field."""
    try:
        found = value.model_dump(mode="json")
    except ValueError:
        found = value.model_dump()
    return found if isinstance(found, Mapping) else None


def _shown(value: Any, method: str, media: str) -> str | None:
    if isinstance(value, type):
        return None
    try:
        own = getattr(value, method, None)
        found = own() if callable(own) else bundle(value).get(media)
    except Exception:  # noqa: BLE001  # a value is anybody's object
        return None
    return found if isinstance(found, str) else None
