"""What stands in `error.details` beside the code (contract, 7.3)."""

import base64
import json
import struct
import zlib
from typing import Any

import pytest

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]


def picture(width: int, height: int) -> Json:
    """A grey PNG; its pixels are never looked at."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}


@pytest.mark.parametrize(
    ("pictures", "most", "large"),
    [
        ([picture(9, 9), picture(8001, 9)], 8000, [1]),
        ([picture(9, 8001), picture(9, 9), picture(9000, 9000)], 8000, [0, 2]),
        ([picture(2001, 9), *[picture(9, 9)] * 20], 2000, [0]),
    ],
)
def test_images_that_are_too_large_are_all_named(pictures: list[Json], most: int, large: list[int]) -> None:
    body = {
        "model": "claude-sonnet-5",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": pictures}],
    }
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    plan = Simulator().respond("POST", "/v1/messages", headers, json.dumps(body).encode())
    error = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))["error"]
    assert (plan.status, error["type"]) == (400, "invalid_request_error")
    assert error["details"] == {
        "error_code": "image_dimensions_too_large",
        "max_side_length_pixels": most,
        "paths": [f"messages.0.content.{at}.image.source.base64.data" for at in large],
    }
