"""A `multipart/form-data` body, taken apart. The only module that imports python-multipart."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState, parse_options_header

from nbkit.sim.refusal import invalid

# What is wrong with a form is the client's to hear; without a handler, logging would print it.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())

MOST_PARTS = 100
NOT_FORM = "content-type: the request must be sent as multipart/form-data with a boundary"


@dataclass(slots=True)
class FormPart:
    """One field of a form; `filename` is None where the part has none."""

    name: str
    filename: str | None
    content_type: str
    data: bytes


@dataclass(slots=True)
class _Collector:
    """What the parser calls as it reads."""

    parts: list[FormPart] = field(default_factory=list)
    headers: dict[str, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    chunks: list[memoryview] = field(default_factory=list)

    def begin(self) -> None:
        if len(self.parts) == MOST_PARTS:
            raise invalid(f"multipart: a form may have {MOST_PARTS} parts")
        self.headers, self.chunks = {}, []

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        self.headers[self.name.decode("latin-1").lower()] = self.value
        self.name = self.value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self.chunks.append(memoryview(data)[start:end])

    def end(self) -> None:
        disposition, options = parse_options_header(self.headers.get("content-disposition"))
        if disposition != b"form-data" or b"name" not in options:
            raise invalid("multipart: each part needs `content-disposition: form-data` with a name")
        filename = options.get(b"filename")
        self.parts.append(
            FormPart(
                name=_text(options[b"name"]),
                filename=None if filename is None else _text(filename),
                content_type=self.headers.get("content-type", b"").decode("latin-1").strip(),
                data=b"".join(self.chunks),
            )
        )
        self.chunks = []


def form_parts(body: bytes, content_type: str) -> list[FormPart]:
    """Return the parts of a form in their order; refuses (400) what is no form, or a torn one."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise invalid(NOT_FORM)
    collector = _Collector()
    callbacks: dict[str, Callable[..., None]] = {
        "on_part_begin": collector.begin,
        "on_header_field": collector.header_name,
        "on_header_value": collector.header_value,
        "on_header_end": collector.header_end,
        "on_part_data": collector.data,
        "on_part_end": collector.end,
    }
    try:
        parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise invalid(f"multipart: the form can't be read: {str(error)[:200]}") from None
    if parser.state != MultipartState.END:
        raise invalid("multipart: the form ends before its last boundary")
    return collector.parts


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
