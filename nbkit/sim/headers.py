"""The headers of an answer (contract, section 1.3). The only place of the simulator where time is read into
an answer.

Clouds put their own around it: Amazon's know nothing of the maker's, Google's only the request's id.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from nbkit.sim.ids import new_id

if TYPE_CHECKING:
    from nbkit.sim.asked import Asked

SIMULATED = "nbkit-simulated"
ORGANIZATION = "7d1f6a52-0c3e-4b1e-9a57-5d0a1c2b3e4f"

AMAZON = ("/model/", "/foundation-models")
GOOGLE = "/publishers/anthropic/models/"
FOR_BEDROCK = "/bedrock/aws4_request"
MESSAGES = "/v1/messages"
WORKSPACE = "anthropic-workspace-id"
PASSING = (408, 409, 429)  # what may be gone at the next try, beside the server's own errors

_LIMITS = {"requests": 4000, "tokens": 4_800_000, "input-tokens": 4_000_000, "output-tokens": 800_000}
_FAST_LIMITS = {"input-tokens": 1_000_000, "output-tokens": 200_000}

Front = Literal["anthropic", "amazon", "google"]


def front_of(path: str, login: str = "") -> Front:
    """Whose front door a path is; what is signed for Bedrock is never the maker's own."""
    if path.startswith(AMAZON) or FOR_BEDROCK in login:
        return "amazon"
    return "google" if GOOGLE in path else "anthropic"


def response_headers(asked: Asked, content_type: str, status: int = 200) -> dict[str, str]:
    """Return what every answer carries; the rate limits only on messages that were taken and on 429."""
    headers = {"content-type": content_type, SIMULATED: "true"}
    if asked.front == "amazon":
        import uuid  # asks the platform for much

        return {**headers, "x-amzn-requestid": str(uuid.uuid5(uuid.NAMESPACE_OID, asked.id))}
    headers["request-id"] = asked.id
    if content_type.startswith("text/event-stream"):
        headers["cache-control"] = "no-cache"
    if asked.front == "google":
        return headers
    if status != 401:  # then nobody knows whose it is
        headers["anthropic-organization-id"] = ORGANIZATION
        headers["anthropic-workspace-id"] = asked.headers.get(WORKSPACE) or _workspace(asked.workspace.name)
    if status >= 400:
        headers["x-should-retry"] = "true" if status in PASSING or status >= 500 else "false"
    is_limited = status == 429 or (status == 200 and MESSAGES in asked.path)
    return {**headers, **rate_limits(asked.now)} if is_limited else headers


@lru_cache(maxsize=64)
def _workspace(name: str) -> str:
    return new_id("wrkspc", name.encode())


def rate_limits(now: float) -> dict[str, str]:
    """Return limits that are never reached: each minute is a full one."""
    return _limits_until(int(now // 60 + 1) * 60, is_fast=False)


def fast_limits(now: float) -> dict[str, str]:
    """Return the limits of fast mode, which come on top where a request ran in it."""
    return _limits_until(int(now // 60 + 1) * 60, is_fast=True)


@lru_cache(maxsize=4)
def _limits_until(end: int, *, is_fast: bool) -> dict[str, str]:
    reset = datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {}
    kind = "fast" if is_fast else "ratelimit"
    for name, limit in (_FAST_LIMITS if is_fast else _LIMITS).items():
        headers[f"anthropic-{kind}-{name}-limit"] = str(limit)
        headers[f"anthropic-{kind}-{name}-remaining"] = str(limit - (name == "requests"))
        headers[f"anthropic-{kind}-{name}-reset"] = reset
    return headers
