from __future__ import annotations

import pytest

from nbkit.client.retry import delay


def wait(attempt: int, status: int | None, **headers: str) -> float | None:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return delay(attempt, status, names, now=1_000_000_000.0, jitter=lambda: 0.0)


@pytest.mark.parametrize("status", [None, 408, 409, 429, 500, 503, 529])
def test_what_may_pass_is_tried_again(status: int | None) -> None:
    assert [wait(attempt, status) for attempt in range(6)] == [0.5, 1, 2, 4, 8, 8]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_will_not_pass_is_not_tried_again(status: int) -> None:
    assert wait(0, status) is None


def test_the_server_decides_when_it_says_so() -> None:
    assert wait(0, 400, x_should_retry="true") == 0.5
    assert wait(0, 529, x_should_retry="false") is None


def test_the_wait_the_server_asks_for_is_used_as_it_is() -> None:
    assert wait(0, 429, retry_after="75.5") == 75.5
    assert wait(0, 429, retry_after="9", retry_after_ms="1500") == 1.5
    assert wait(0, 429, retry_after="Sun, 09 Sep 2001 01:46:50 GMT") == 10.0


@pytest.mark.parametrize("after", ["soon", "-3", "0", "1e300"])
def test_a_wait_that_makes_no_sense_is_ignored(after: str) -> None:
    assert wait(1, 429, retry_after=after) == 1.0
