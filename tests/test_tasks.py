"""What buttons start runs on the kernel's own loop, and must not end it."""

import asyncio
from typing import Any

import pytest

from nbkit.notebook.page.tasks import Tasks


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_task_that_would_end_the_loop_is_broken_off(error: type[BaseException]) -> None:
    async def work() -> None:
        raise error

    async def kernel() -> asyncio.Task[Any]:
        task = Tasks().start(work())
        await asyncio.wait({task})
        return task

    assert asyncio.run(kernel()).cancelled()


def test_a_task_that_is_cancelled_before_it_began_leaves_nothing_behind() -> None:
    async def kernel() -> bool:
        tasks = Tasks()
        tasks.start(asyncio.sleep(60))
        assert tasks.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return bool(tasks)

    assert asyncio.run(kernel()) is False
