"""What a caller hands to a client: as it is used, or one sentence on what it should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from nbkit.errors import UsageError, a_kind


def attempts(retries: object) -> int:
    """Return how often to try again."""
    if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
        raise UsageError(f"retries= takes a number of further attempts, 0 for none, not {retries!r}")
    return retries


def seconds(timeout: Any) -> Any:
    """Return what httpx takes as its timeout."""
    if timeout is not None and not isinstance(timeout, (int, float, tuple, httpx.Timeout)):
        raise UsageError(f"timeout= takes seconds or an httpx.Timeout, not {a_kind(timeout)}")
    return timeout


def fields(body: object) -> Mapping[str, Any]:
    """Return a body that has fields."""
    if not isinstance(body, Mapping):
        raise UsageError(f"a request is a dict of the fields of its body, not {a_kind(body)}")
    return body


def names(version: object, betas: object) -> tuple[str | None, tuple[str, ...]]:
    """Return the version and the betas as headers can carry them."""
    if isinstance(betas, (str, bytes)) or not isinstance(betas, Iterable):
        raise UsageError(f"betas= takes a list, not {a_kind(betas)}: put it in square brackets")
    given = tuple(betas)
    for name, value in (("version", version), *(("a beta", beta) for beta in given)):
        if value is not None and not (isinstance(value, str) and value.isascii() and value.isprintable()):
            raise UsageError(f"{name} is sent in a header, so it must be a string of one line, not {value!r}")
    return version if isinstance(version, str) else None, tuple(str(beta) for beta in given)
