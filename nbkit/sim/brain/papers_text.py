"""The text of simple PDFs, page by page: streams in the open or deflated, text in literal or hex strings.

Fonts with encodings of their own, scanned pages and compressed object tables are not read: such a page has no
text here, and nobody makes one up.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

_OBJECT = re.compile(rb"(\d+)\s+\d+\s+obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_REFERENCE = re.compile(rb"(\d+)\s+\d+\s+R")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_CONTENTS = re.compile(rb"/Contents\s*(?:\[([^\]]*)\]|(\d+\s+\d+\s+R))")
_SHOWN = re.compile(
    rb"(?P<literal>\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))|(?P<hex><[0-9A-Fa-f\s]*>)"
    rb"|(?P<gap>-\d{3,}(?:\.\d+)?)|(?P<line>\bT\*|\b(?:Td|TD|Tm|ET)\b|')",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MOST = 20_000_000  # bytes of one page's stream, deflated ones unpacked


@lru_cache(maxsize=16)
def pages(data: bytes) -> tuple[str, ...]:
    """The text of each page in order; "" where it can't be read."""
    objects = {int(hit[1]): hit[2] for hit in _OBJECT.finditer(data)}
    root = next((number for number, body in objects.items() if re.search(rb"/Type\s*/Catalog", body)), None)
    tree = re.search(rb"/Pages\s+(\d+)\s+\d+\s+R", objects[root]) if root is not None else None
    order = _leaves(objects, int(tree[1]), set()) if tree else []
    return tuple(_text(objects, objects[number]) for number in order)


def _leaves(objects: dict[int, bytes], number: int, seen: set[int]) -> list[int]:
    if number in seen or number not in objects:
        return []
    seen.add(number)
    kids = _KIDS.search(objects[number])
    if kids is None:
        return [number]
    return [leaf for kid in _REFERENCE.findall(kids[1]) for leaf in _leaves(objects, int(kid), seen)]


def _text(objects: dict[int, bytes], page: bytes) -> str:
    contents = _CONTENTS.search(page)
    numbers = _REFERENCE.findall(contents[1] or contents[2]) if contents else []
    drawn = b"\n".join(_unpacked(objects.get(int(number), b"")) for number in numbers)
    said = []
    for hit in _SHOWN.finditer(drawn):
        match hit.lastgroup:
            case "literal":
                said.append(_plain(hit[0][1:-1]))
            case "hex":
                digits = re.sub(rb"\s", b"", hit[0][1:-1])
                said.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
            case "gap":
                said.append(b" ")
            case "line":
                said.append(b"\n")
    text = b"".join(said).decode("cp1252", errors="replace")
    text = re.sub(r"[ \t]+", " ", re.sub(r"\s*\n\s*", "\n", text)).strip()
    return text if text.isprintable() or ("\n" in text and text.replace("\n", "").isprintable()) else ""


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    if b"/FlateDecode" in body[: found.start()]:
        try:
            return zlib.decompressobj().decompress(found[1], _MOST)
        except zlib.error:
            return b""
    return b"" if b"/Filter" in body[: found.start()] else found[1]


def _plain(literal: bytes) -> bytes:
    def one(hit: re.Match[bytes]) -> bytes:
        sign = hit[1]
        if sign[:1] in b"01234567":
            return bytes([int(sign, 8) & 255])
        return b"" if sign.strip() == b"" else _LETTERS.get(sign, sign)

    return _ESCAPE.sub(one, literal)
