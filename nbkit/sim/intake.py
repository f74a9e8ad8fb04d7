"""A body as it came over the wire: how large it may be, and how it is packed (contract, 1.1 and 7.3)."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Mapping

from nbkit.sim.refusal import Refused, invalid

MEGABYTE = 1024 * 1024
MAX_BODY = 32 * MEGABYTE
BATCHES = "/v1/messages/batches"
MANY = 16 * 1024  # bytes of a batch
_LARGER = {BATCHES: 256 * MEGABYTE, "/v1/files": 501 * MEGABYTE}  # a file, and what frames it

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def most_bytes(path: str) -> int:
    """How large a body may be at `path` (a query and a trailing slash left aside)."""
    return _LARGER.get(path.partition("?")[0].rstrip("/"), MAX_BODY)


def is_many(path: str, size: int) -> bool:
    """Whether so many bytes are many requests, each of which is judged: a batch of more than a few."""
    return size > MANY and path.rstrip("/") == BATCHES


def too_large(details: str | None = None) -> Refused:
    coded = {"error_code": details} if details else None
    return Refused(413, "request_too_large", "Request exceeds the maximum size", coded)


def unpacked(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return the body without its `content-encoding`; refuses what is too large or torn."""
    if len(body) > most_bytes(path):
        raise too_large()
    _check_charset(headers.get("content-type", ""))
    encodings = headers.get("content-encoding", "").lower().split(",")
    for encoding in reversed([name for each in encodings if (name := each.strip()) not in ("", "identity")]):
        if encoding not in _WINDOWS:
            what = f"content-encoding: `{encoding[:40]}` is not supported. Send gzip, deflate or no encoding."
            raise invalid(what, {"error_code": "request_body_encoding_unsupported"})
        body = _inflated(body, encoding, most_bytes(path))
    return body


def _inflated(body: bytes, encoding: str, most: int) -> bytes:
    inflater = zlib.decompressobj(_WINDOWS[encoding])
    try:
        plain = inflater.decompress(body, most + 1)
    except zlib.error:
        plain = None
    if plain is not None and len(plain) > most:
        raise too_large("request_body_too_large_after_decoding")
    if plain is None or not inflater.eof or inflater.unused_data:
        what = f"content-encoding: the request body is not valid {encoding}"
        raise invalid(what, {"error_code": "request_body_encoding_invalid"})
    return plain


def _check_charset(content_type: str) -> None:
    """JSON is UTF-8; another charset is refused, also one that nobody knows."""
    if "charset" not in content_type or not content_type.lower().startswith("application/json"):
        return
    name = content_type.lower().partition("charset=")[2].partition(";")[0].strip(' "')
    try:
        known = codecs.lookup(name or "utf-8").name
    except (LookupError, ValueError):  # a NUL in it is a ValueError
        known = ""
    if known not in ("utf-8", "ascii"):
        raise invalid("content-type: the charset must be utf-8", {"error_code": "unsupported_charset"})
