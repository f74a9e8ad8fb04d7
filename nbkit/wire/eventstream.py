"""AWS event-stream frames, both ways: bytes in any split to frames, and frames to bytes (contract, 10.1).

A frame, big-endian:

    u32 length | u32 length of the headers | u32 CRC of these 8 bytes | headers | payload | u32 CRC of all
    header: u8 length of the name | name | u8 type of the value | value (for text: u16 length | UTF-8)

Lengths are believed only when their checksum fits, and refused when they are absurd: no more than one frame
is ever held. On Bedrock a payload is `{"bytes": <base64 of one event>, "p": <padding>}`; an exception frame
becomes the `error` event that the same failure is in server-sent events.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from nbkit.errors import StreamError
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event
from nbkit.wire.json_text import parsed, parsed_event
from nbkit.wire.unread import Unread
from nbkit.wire.written import readable

PRELUDE = struct.Struct(">III")
AROUND = PRELUDE.size + 4  # what a frame has beside its headers and its payload
MOST_HEADERS = 1 << 17  # AWS's own limits
MOST_PAYLOAD = 24 << 20
SSE_FIELDS = (b"event:", b"data:", b"id:", b":")
TRUE, FALSE, BYTES, TEXT = 0, 1, 6, 7  # types of header values; the first two are values themselves
FIXED = {TRUE: 0, FALSE: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}  # numbers, a time, a UUID: bytes of each


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the stream. Headers of other types than text are kept as their bytes."""

    headers: Mapping[str, str | bytes | bool]
    payload: bytes

    def text(self, name: str) -> str:
        """Return the header `name`, or an empty string where there is none of this name."""
        value = self.headers.get(name)
        return value if isinstance(value, str) else ""


class FrameDecoder:
    """Bytes in, frames out. Any split of the same bytes gives the same frames."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._need = PRELUDE.size
        self._count = 0

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that `data` completes. Raises `StreamError` for bytes that are none."""
        self._waiting += data
        while len(self._waiting) >= self._need:
            if self._need == PRELUDE.size:
                self._need = self._length()
                continue
            frame = self._frame(bytes(self._waiting[: self._need]))
            del self._waiting[: self._need]
            self._need = PRELUDE.size
            self._count += 1
            yield frame

    def close(self) -> bytes:
        """Say that the bytes have ended; return what was cut off."""
        rest = bytes(self._waiting)
        self._waiting.clear()
        return rest

    def _length(self) -> int:
        total, headers, check = PRELUDE.unpack_from(self._waiting)
        if crc32(self._waiting[:8]) != check:
            what = "its lengths don't fit their checksum"
            if self._waiting.startswith(SSE_FIELDS):
                what += "; these are server-sent events, which framing='sse' reads"
            raise self._broken(what, self._waiting[: PRELUDE.size])
        if headers > MOST_HEADERS or not headers + AROUND <= total <= headers + AROUND + MOST_PAYLOAD:
            what = f"it says that it is {total:,} bytes long, with {headers:,} of headers"
            raise self._broken(what, self._waiting[: PRELUDE.size])
        return int(total)

    def _frame(self, whole: bytes) -> Frame:
        _, headers, _ = PRELUDE.unpack_from(whole)
        if crc32(whole[:-4]) != int.from_bytes(whole[-4:], "big"):
            raise self._broken("its bytes don't fit their checksum", whole)
        end = PRELUDE.size + headers
        try:
            return Frame(_headers(whole[PRELUDE.size : end]), whole[end:-4])
        except (ValueError, LookupError) as error:
            raise self._broken(f"its headers can't be read ({error})", whole) from None

    def _broken(self, what: str, data: bytes | bytearray) -> StreamError:
        return StreamError(
            f"the stream sent bytes that are no event-stream frame, in frame {self._count + 1}: {what}",
            raw_text=bytes(data).decode("utf-8", "backslashreplace"),
        )


def _headers(data: bytes) -> dict[str, str | bytes | bool]:
    """Read the headers of a frame. Raises `ValueError` or `LookupError` for bytes that are none."""
    found: dict[str, str | bytes | bool] = {}
    at = 0
    while at < len(data):
        name, at = _cut(data, at + 1, data[at])
        kind, at = data[at], at + 1
        if kind in (BYTES, TEXT):
            length, at = _cut(data, at, 2)
            size = int.from_bytes(length, "big")
        else:
            size = FIXED[kind]
        value, at = _cut(data, at, size)
        if kind in (TRUE, FALSE):
            found[name.decode()] = kind == TRUE
        else:
            found[name.decode()] = value.decode() if kind == TEXT else value
    return found


def _cut(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(data):
        raise ValueError("they end too early")
    return data[at : at + size], at + size


class AWSEvents:
    """The bytes of an `application/vnd.amazon.eventstream` body in, events out."""

    def __init__(self) -> None:
        self._decoder = FrameDecoder()
        self._unread = Unread()

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events that `data` completes. Raises `StreamError` for what is no event."""
        for frame in self._decoder.feed(data):
            event = parse(frame)
            if event is not None:
                yield event
            elif frame.payload != b"{}":
                self._unread.add(frame.payload)

    def close(self) -> tuple[Event | None, list[bytes]]:
        """Say that the body has ended; return no event, for a frame is whole or nothing, and what is none."""
        self._unread.add(self._decoder.close())
        return None, self._unread.pieces


def parse(frame: Frame) -> Event | None:
    """Decode one frame; None where it holds no event. Garbage raises `StreamError`."""
    kind = frame.text(":message-type")
    if kind in ("exception", "error"):
        return _error(frame)
    payload = _object(frame.payload, "a frame") if frame.payload else {}
    if "bytes" not in payload:
        return None
    try:
        text = base64.b64decode(payload["bytes"], validate=True)
    except (ValueError, TypeError) as error:
        raise StreamError(
            f"the stream sent an event that is no base64 ({error})", raw_text=str(payload["bytes"])
        ) from None
    data = _object(text, "an event")
    name = data.get("type")
    return Event(name, data) if isinstance(name, str) else None


def _error(frame: Frame) -> Event:
    """Say a failure as the `error` event does; its type is AWS's own word for it."""
    name = frame.text(":exception-type") or frame.text(":error-code") or "unknown"
    message = frame.text(":error-message") or frame.payload.decode("utf-8", "replace")
    try:
        body = parsed(message)
    except ValueError:
        body = None  # then it is quoted as it came
    if isinstance(body, dict):
        message = str(body.get("message") or body.get("Message") or message)
    return Event("error", {"type": "error", "error": {"type": name, "message": message}})


def _object(data: bytes, what: str) -> Json:
    text = data.decode("utf-8", "backslashreplace")
    try:
        value: Any = parsed_event(data.decode())
    except ValueError as error:
        raise StreamError(f"the stream sent {what} that is no JSON ({error})", raw_text=text) from None
    if not isinstance(value, dict):
        raise StreamError(f"the stream sent {what} that is no object", raw_text=text)
    return value


def encode(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Return the bytes of one frame."""
    written = b"".join(
        struct.pack(">B", len(name.encode()))
        + name.encode()
        + struct.pack(">BH", TEXT, len(value.encode()))
        + value.encode()
        for name, value in headers.items()
    )
    lengths = struct.pack(">II", len(written) + len(payload) + AROUND, len(written))
    rest = lengths + struct.pack(">I", crc32(lengths)) + written + payload
    return rest + struct.pack(">I", crc32(rest))


def encode_event(data: Json, padding: str = "") -> bytes:
    """Return the frame of one event, as Bedrock sends it."""
    payload = {"bytes": base64.b64encode(readable(data)).decode(), "p": padding}
    headers = {
        ":event-type": "chunk",
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return encode(headers, json.dumps(payload, separators=(",", ":")).encode())


def encode_exception(kind: str, message: str) -> bytes:
    """Return the frame that ends a stream in a failure, such as `throttlingException`."""
    headers = {
        ":exception-type": kind,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return encode(headers, json.dumps({"message": message}, separators=(",", ":")).encode())
