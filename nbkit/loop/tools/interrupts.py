"""What breaks a run off from outside, told apart from what the code that runs raises by itself."""

from __future__ import annotations

import asyncio

FROM_OUTSIDE = (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)


def is_interrupt(error: BaseException) -> bool:
    """Whether somebody wants the run to end; an exit, or a panic of Rust code, is the tool's own failure."""
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(FROM_OUTSIDE) is not None
    return isinstance(error, FROM_OUTSIDE)
