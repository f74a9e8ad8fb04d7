"""What stood in a body and is no event: kept as it came, and told in words."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from nbkit.wire.json_text import parsed
from nbkit.wire.views import Json

MOST = 1 << 20  # bytes: enough for any error page, and no more of an endless one
GZIP = b"\x1f\x8b"
BETWEEN = b"\n\n"


class Unread:
    """Pieces of a body in their order; what is past the limit is left out, and that is said."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._left = MOST

    def add(self, piece: bytes) -> None:
        if piece.strip() and self._left > 0:
            self.pieces.append(piece if len(piece) <= self._left else piece[: self._left] + b" ...")
            self._left -= len(piece)


def shown(pieces: Sequence[bytes]) -> str:
    """Return the pieces as text; bytes that are no UTF-8 stay readable as escapes."""
    return BETWEEN.join(pieces).decode("utf-8", "backslashreplace")


def error_in(pieces: Sequence[bytes]) -> Json | None:
    """Return the error that a server sent in place of events, or broke off with."""
    for piece in reversed(pieces):
        value = _object(piece)
        if value is not None and (value.get("type") == "error" or isinstance(value.get("error"), dict)):
            return value
    return None


def kind_of(pieces: Sequence[bytes]) -> str:
    """Say what a body looks like that holds no event."""
    start = pieces[0]
    if start.startswith(GZIP):
        return "compressed with gzip, and must be unpacked first"
    if len(start) >= 12 and crc32(start[:8]) == int.from_bytes(start[8:12], "big"):
        return "made of event-stream frames as Bedrock sends them, which framing='aws' reads"
    if start.lstrip().startswith(b"<"):
        return "a page of HTML or XML, as a proxy sends it; is this address a Messages API?"
    value = _object(BETWEEN.join(pieces))
    if value is None and _object(start.partition(b"\n")[0]) is not None:
        return "made of JSON lines, and lacks `data: ` before each and a blank line behind it"
    if value is None:
        return "something else; is this address a Messages API?"
    if value.get("type") == "message":
        return "a whole message in JSON, as it comes without stream: true"
    return "JSON; is this address a Messages API?"


def _object(text: bytes) -> Json | None:
    try:
        value = parsed(text.strip())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
