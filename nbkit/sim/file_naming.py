"""What an uploaded file is called, and of which type it is (the Files API's rules for both)."""

from __future__ import annotations

import mimetypes
import re
from functools import cache

from nbkit.rules.media.image_header import sniff
from nbkit.sim.refusal import invalid

LONGEST = 255
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
UNKNOWN = "application/octet-stream"
_MIME = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
MORE = {".md": "text/markdown", ".webp": "image/webp", ".jsonl": "application/jsonl"}


def mime_type(declared: str, filename: str, data: bytes) -> str:
    """Return the type of a file: what the part says, else what its first bytes or its name say."""
    plain = declared.partition(";")[0].strip().lower()
    if plain != UNKNOWN and _MIME.fullmatch(plain):
        return plain
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    header = sniff(data[:65536])
    return header.media_type if header else _types().guess_type(filename)[0] or UNKNOWN


def stored_name(filename: str | None, mime: str) -> str:
    """Return the last component of a path, or `unnamed` with the extension of its type.

    Refuses one that is too long, or has characters that no file's name may have.
    """
    name = re.split(r"[/\\]", filename or "")[-1].strip()
    if name in ("", ".", ".."):
        return "unnamed" + (_types().guess_extension(mime) or "")
    if len(name) > LONGEST:
        raise invalid(f"file: Invalid filename: {len(name)} characters, and {LONGEST} is the maximum")
    if FORBIDDEN.search(name):
        raise invalid(
            'file: Invalid filename: it contains forbidden characters (<, >, :, ", |, ?, *, \\, / '
            "or control characters)"
        )
    return name


@cache
def _types() -> mimetypes.MimeTypes:
    """The table that comes with Python: what a machine knows beside it differs from place to place."""
    types = mimetypes.MimeTypes()
    for extension, mime in MORE.items():
        types.add_type(mime, extension)
    return types
