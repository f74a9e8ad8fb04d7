"""The headers of an answer (contract, section 1.3). The only place of the simulator where time is read into
an answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

SIMULATED = "nbkit-simulated"
ORGANIZATION = "7d1f6a52-0c3e-4b1e-9a57-5d0a1c2b3e4f"

_LIMITS = {"requests": 4000, "tokens": 4_800_000, "input-tokens": 4_000_000, "output-tokens": 800_000}


def response_headers(
    request_id: str, now: float, content_type: str, *, limits: bool = True
) -> dict[str, str]:
    """Return what every answer carries; the rate limits only on success and on 429."""
    headers = {
        "content-type": content_type,
        "request-id": request_id,
        "anthropic-organization-id": ORGANIZATION,
        SIMULATED: "true",
    }
    return {**headers, **rate_limits(now)} if limits else headers


def rate_limits(now: float) -> dict[str, str]:
    """Return limits that are never reached: each minute is a full one."""
    return _limits_until(int(now // 60 + 1) * 60)


@lru_cache(maxsize=4)
def _limits_until(end: int) -> dict[str, str]:
    reset = datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {}
    for name, limit in _LIMITS.items():
        headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
        headers[f"anthropic-ratelimit-{name}-remaining"] = str(limit - (name == "requests"))
        headers[f"anthropic-ratelimit-{name}-reset"] = reset
    return headers
