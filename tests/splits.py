"""The ways a stream of bytes can be cut: whole, byte by byte, and in two at every position."""

from __future__ import annotations

from collections.abc import Iterator


def splits(data: bytes) -> Iterator[list[bytes]]:
    yield [data]
    yield [data[at : at + 1] for at in range(len(data))]
    for cut in range(len(data) + 1):
        yield [data[:cut], data[cut:]]
