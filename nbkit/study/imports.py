"""What others wrote down, as requests with their headers and places: JSON, JSON Lines, batches, curl.

The kind is seen in the content; the name decides only where the content leaves it open. What is no JSON is
left to the rules to say in the API's words. Saved conversations are read by `records`, an entry of a log by
`entries`, and `exchanges` gives it the reply that stands in an entry of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from nbkit.errors import UsageError, a_kind
from nbkit.rules import batch, endpoints
from nbkit.rules.body.body import Body
from nbkit.rules.body.body import read as read_body
from nbkit.rules.endpoints import BATCHES, MESSAGES
from nbkit.rules.pointing import pointed
from nbkit.study import curl, replies, unknown
from nbkit.study.entries import OWN_FIELDS, Imported, unwrapped
from nbkit.study.exchanges import paired
from nbkit.study.piping import ReadFile

__all__ = ["Import", "Imported", "read"]

Kind = Literal["request", "list", "jsonl", "batch", "curl", "notebook", "conversation", "autosave"]

BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SPACE = re.compile(r"\s*")
WIDE = re.compile(rb"\x00[\s -~]|[\s -~]\x00[\s -~]\x00")  # how text of two bytes a character begins
LARGEST_SCRIPT = 36 * 1024 * 1024
CURL = re.compile(r"""(?:^|[\s;&|($!"'`/@])curl(?:\.exe)?[\s"']""")
STREAMED = re.compile(rb"(event|data):")
RECORD = re.compile(rb'\s*\{\s*"format"\s*:\s*"nbkit/')


@dataclass(frozen=True, slots=True)
class Import:
    """A file as a whole: its kind, its requests one after the other, and what to say beside them."""

    kind: Kind
    requests: Iterable[Imported]
    notes: tuple[str, ...] = ()

    @property
    def many(self) -> bool:
        """Whether this is a kind of file that holds requests by the thousand."""
        return self.kind in ("list", "jsonl", "batch")


def read(data: bytes, name: str, read_file: ReadFile) -> Import:
    """Return what a file holds. Raises `UsageError` or `LoadError` for one that holds no request.

    `name` is what the file is called; `read_file` reads what a curl command names with `@`.
    """
    notes: tuple[str, ...] = ()
    if data.startswith(BOM):
        data = data.removeprefix(BOM)
        notes = ("the file begins with a byte order mark, skipped here: don't send it, it is no JSON",)
    if not data.strip():
        raise UsageError(f"{name} is empty: it should hold a request")
    if data.startswith(UTF16) or WIDE.match(data):
        raise UsageError(f"{name} is UTF-16 text: save it as UTF-8, which JSON is sent in")
    found = _read(data, name, read_file)
    return replace(found, notes=notes + found.notes)


def _read(data: bytes, name: str, read_file: ReadFile) -> Import:
    suffix = name.rpartition(".")[2].lower()
    if suffix == "ipynb":
        return _conversations(data, name, "notebook")
    if RECORD.match(data):
        is_journal = len(data.strip().splitlines()) > 1 and _is_json(data.lstrip().split(b"\n", 1)[0])
        return _conversations(data, name, "autosave" if is_journal else "conversation")
    if suffix in ("jsonl", "ndjson"):
        return Import("jsonl", paired(_lines(data, name), name))
    if suffix == "json" or data.lstrip()[:1] in (b"{", b"["):
        return _json(data, name)
    return _text(data, name, read_file)


def _json(data: bytes, name: str) -> Import:
    body = read_body(data)
    if body.broken is not None:
        if _is_lines(data):
            return Import("jsonl", paired(_lines(data, name), name))
        if b"\0" in data:
            raise UsageError(f"{name} is no text: it has NUL bytes, which JSON can't hold")
        if _is_several(data):
            raise UsageError(
                f"{name} holds several JSON documents, one after another: write each on one line, "
                "or all of them in one array"
            )
        return Import("request", [Imported(name, broken=body.broken, size=len(data))])
    match body.value:
        case {"cells": list(), "nbformat": _}:
            return _conversations(data, name, "notebook")
        case {"requests": requests} if not OWN_FIELDS & body.value.keys():
            twice = tuple(each.message for each in body.twice(body.value) if "." not in each.path)
            return Import("batch", _batch(body, requests, name), twice)
        case [dict(), *_] as several:
            found = (unwrapped(body, each, f"{name}: {n}") for n, each in enumerate(several, 1))
            return Import("list", list(paired(found, name)))
        case dict():
            return Import("request", list(paired([unwrapped(body, body.value, name)], name)))
        case []:
            raise UsageError(f"{name} holds no request: it is an empty array")
        case [first, *_]:
            raise UsageError(
                f"{name} holds no request: an array of requests has objects, not {a_kind(first)}"
            )
        case other:
            what = "null" if other is None else a_kind(other)
            raise UsageError(f"{name} holds no request: it is JSON, but a request is an object, not {what}")


def _text(data: bytes, name: str, read_file: ReadFile) -> Import:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text:
        raise UsageError(f"{name} is no text: it should hold a request as JSON, or a curl command")
    if "curl" in text and CURL.search(text):
        if len(text) > LARGEST_SCRIPT:
            raise UsageError(f"{name} is too long for a curl command: the API takes 32 MB")
        return Import("curl", _calls(text, name, read_file))
    if _is_json(data):
        return _json(data, name)
    if replies.is_reply(text):  # a stream; there may be requests between several
        return Import("jsonl", paired(_lines(data, name), name))
    raise UsageError(
        f"{name} holds no request: it is neither JSON nor a curl command nor anything that nbkit saved"
    )


def _conversations(data: bytes, name: str, kind: Kind) -> Import:
    from nbkit.study import (
        records,
    )  # a quarter of a second with all of the loop, which a request doesn't need

    found, notes = records.read(data, name, is_journal=kind == "autosave")
    where = f"{name}: {{}}" if kind == "notebook" else name
    requests = [
        Imported(
            where.format(each.name),
            each.body,
            each.headers,
            name=each.name,
            at_rest=each.at_rest,
            history=each.history,
            note=each.note,
        )
        for each in found
    ]
    return Import(kind, requests, notes)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _is_several(data: bytes) -> bool:
    """Say whether the text is one JSON document after another, as pretty printing makes them."""
    text, decoder, at, count = data.decode(errors="replace").rstrip(), json.JSONDecoder(), 0, 0
    try:
        while at < len(text):
            at = SPACE.match(text, at).end()  # type: ignore[union-attr]
            if text[at] not in "{[":
                return False
            at, count = decoder.raw_decode(text, at)[1], count + 1
    except (ValueError, RecursionError):
        return False
    return count > 1


def _is_lines(data: bytes) -> bool:
    """Say whether text that is no JSON is several requests, one a line: then some line of it is whole."""
    lines = [line for line in data.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    return _is_json(lines[0]) or all(line.lstrip().startswith(b"{") for line in lines)


def _lines(data: bytes, name: str) -> Iterator[Imported]:
    stream: list[bytes] = []  # a reply as it came, over several lines
    for number, line in enumerate(data.split(b"\n"), 1):
        if STREAMED.match(line) or (stream and (not line.strip() or line.startswith((b":", b"id:")))):
            stream.append(line)
            continue
        if stream:
            yield _streamed(stream, name, number)
            stream = []
        if line.strip():
            where = f"{name}:{number}"
            body = read_body(line.rstrip(b"\r"))
            if body.broken is not None:
                yield Imported(where, line=number, broken=body.broken, size=len(line))
            else:
                yield unwrapped(body, body.value, where, number)
    if stream:
        yield _streamed(stream, name, data.count(b"\n") + 2)


def _streamed(lines: list[bytes], name: str, end: int) -> Imported:
    """Return the reply that stands as a stream before the line `end`."""
    line = end - len(lines)
    message = replies.read(b"\n".join(lines).decode("utf-8", "replace") + "\n\n")
    return Imported(f"{name}:{line}", line=line, reply=message, kind="reply")


def _batch(body: Body, requests: Any, name: str) -> Iterator[Imported]:
    if not isinstance(requests, list) or not requests:
        raise UsageError(f"{name} is a batch without requests: its `requests` should be a list with some")
    for at, (each, around) in enumerate(zip(requests, batch.entries(requests), strict=True)):
        place = f"requests.{at}"
        where = f"{name}: {place}"
        if at == 0 and isinstance(body.value, dict):
            around = [*batch.shape(body.value), *around]
        pointed(around, body.value)
        if isinstance(each, dict) and "params" in each:
            id = each.get("custom_id")
            label = id if isinstance(id, str) else None
            twice = list(body.twice(each["params"]))
            pointed(twice, each["params"])
            inside = f"{place}.params"
            around = [*around, *(problem.moved(inside) for problem in twice)]
            yield Imported(where, each["params"], name=label, around=around, in_batch=True, at=inside)
        else:  # nothing in it can be judged as a request
            yield Imported(where, broken=around[-1], around=around[:-1])


def _calls(text: str, name: str, read_file: ReadFile) -> Iterator[Imported]:
    waiting: list[Imported] = []  # what isn't read, until there is a request beside it
    asides: list[Imported] = []
    found = False
    for call in curl.calls(text, read_file, name):
        for each in _called(call, f"{name}:{call.line}" if call.line else name):
            if isinstance(call, curl.Unread) and call.is_aside:
                asides.append(each)
            elif each.kind == "unread" and not found:
                waiting.append(each)
            else:
                yield from waiting
                found, waiting = found or each.kind != "unread", []
                yield each
    waiting = waiting or ([] if found else asides)
    if not found and not waiting:
        raise UsageError(f"{name} speaks of curl, but no command in it runs curl")
    if not found and len(waiting) == 1:
        raise UsageError(f"{name}: {waiting[0].note}")
    yield from waiting


def _called(call: curl.Call | curl.Unread, where: str) -> Iterator[Imported]:
    if isinstance(call, curl.Unread):
        yield Imported(where, line=call.line or None, note=call.reason, kind="unread")
        return
    endpoint, read = endpoints.found(call.path), read_body(call.body)
    body, around = read.value, tuple(call.around)
    made = Imported(where, None, call.headers, endpoint or MESSAGES, line=call.line, platform=call.platform)
    if read.broken is not None:
        yield replace(made, broken=read.broken, size=len(call.body), around=around)
    elif endpoint == BATCHES or (endpoint is None and isinstance(body, dict) and "requests" in body):
        yield from _called_batch(call, read, made)
    elif endpoint is None and not (isinstance(body, dict) and body.keys() & {"messages", "max_tokens"}):
        reason = f"the curl command in line {call.line} sends no request of the Messages API"
        yield replace(made, note=reason, kind="unread")
    else:
        notes = ["" if endpoint else endpoints.as_messages(call.path), unknown.told(call.unknown)]
        twice = tuple(read.twice(body))
        pointed(twice, body)
        around = (*around, *twice)
        note = "; ".join(filter(None, notes))
        yield replace(made, body=body, around=around, note=note, unknown=call.unknown)


def _called_batch(call: curl.Call, read: Body, made: Imported) -> Iterator[Imported]:
    requests = read.value.get("requests") if isinstance(read.value, dict) else None
    if any(each.path == "requests" for each in call.unknown):
        yield replace(made, note=unknown.told(call.unknown), kind="unread")
        return
    places = unknown.by_entry(call.unknown)
    for at, each in enumerate(_batch(read, requests, made.where)):
        inside = places.get(at, ())
        around = (*(() if at else call.around), *unknown.certain(each.around, call.unknown, read.value))
        yield replace(
            each,
            headers=call.headers,
            line=call.line,
            around=around,
            platform=call.platform,
            unknown=inside,
            note=unknown.told(inside),
        )
