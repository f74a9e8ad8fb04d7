"""When to try again, and after how long: data in, data out. The client does the sleeping (contract, 7.4)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from nbkit.errors import RETRIED

LONGEST = 4_294_967.0


def delay(
    attempt: int,
    status: int | None,
    headers: Mapping[str, str],
    *,
    now: float,
    jitter: Callable[[], float] = random.random,
) -> float | None:
    """Return the seconds to wait before the next attempt, or None when there must be none.

    `attempt` counts the retries already made, `status` is None when no answer came, `now` is Unix time (for a
    `retry-after` that is a date). Header names are lower case.
    """
    if not _should(status, headers):
        return None
    asked = _asked(headers, now)
    if asked is not None and 0 < asked <= LONGEST:
        return asked
    return min(0.5 * 2.0**attempt, 8.0) * (1 - 0.25 * jitter())


def _should(status: int | None, headers: Mapping[str, str]) -> bool:
    told = headers.get("x-should-retry")
    if told in ("true", "false"):
        return told == "true"
    return status is None or status in RETRIED or status >= 500


def _asked(headers: Mapping[str, str], now: float) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    after = headers.get("retry-after")
    seconds = _number(after)
    if seconds is not None or after is None:
        return seconds
    try:
        return parsedate_to_datetime(after).timestamp() - now
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
