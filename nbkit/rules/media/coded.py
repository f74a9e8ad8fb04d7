"""Base64 as the API takes it: standard letters; line breaks and missing padding are let through."""

from __future__ import annotations

import binascii


def decoded(data: str) -> bytes | None:
    """Return the bytes, or None where it isn't base64: a `data:` prefix, other letters, a piece missing."""
    compact = "".join(data.split())
    try:
        return binascii.a2b_base64(compact + "=" * (-len(compact) % 4), strict_mode=True)
    except ValueError:
        return None
