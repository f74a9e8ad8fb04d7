"""Where a request goes: URL, headers, body, framing. A provider is a frozen object that answers these four.

Keys are values or callables, read when used; they are in no repr, error or saved file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from nbkit.errors import UsageError, a_kind
from nbkit.wire.assembly import Framing
from nbkit.wire.messages import Target

Key = str | Callable[[], str]

HOST = "https://api.anthropic.com"
LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}


@runtime_checkable
class Provider(Protocol):
    """The seam between the client and a platform."""

    @property
    def target(self) -> Target: ...
    @property
    def framing(self) -> Framing: ...
    def url(self, path: str) -> str: ...
    def headers(self, version: str, betas: Sequence[str]) -> dict[str, str]: ...
    def body(self, request: Mapping[str, Any]) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Anthropic:
    """Anthropic's own API, or any server that speaks it at `base_url`.

    `key` is sent as `x-api-key`, `token` as a Bearer token; where both are given the key wins (contract,
    1.2).
    """

    key: Key | None = field(default=None, repr=False)
    base_url: str = HOST
    token: Key | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Anthropic | None:
        """Return the provider that `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN` and `ANTHROPIC_BASE_URL`
        describe.

        None when none of them is set. An address without a key is fine: local servers often need none.
        """
        env = os.environ if environment is None else environment
        key, token = env.get("ANTHROPIC_API_KEY"), env.get("ANTHROPIC_AUTH_TOKEN")
        base_url = env.get("ANTHROPIC_BASE_URL")
        if not (key or token or base_url):
            return None
        return cls(key=key or None, token=token or None, base_url=base_url or HOST)

    def __post_init__(self) -> None:
        for name, value in (("key", self.key), ("token", self.token)):
            given: object = value
            if not (given is None or isinstance(given, str) or callable(given)):
                wanted = "a string, or a function that returns one"
                raise UsageError(f"{name}= takes {wanted}, not {a_kind(value)}")
        if set("@?#") & set(str(self.base_url)):
            raise UsageError(
                "the base URL holds a user name, a password or a query: give the key separately, so it is "
                "never shown, and write the rest as https://host or http://host:port"
            )
        if not _is_address(self.base_url):
            raise UsageError(
                f"{self.base_url!r} is no address of a server: write it as https://host or http://host:port"
            )

    @property
    def target(self) -> Target:
        return Target("anthropic", urlsplit(self.base_url).netloc, simulated=False)

    @property
    def framing(self) -> Framing:
        return "sse"

    @property
    def loopback(self) -> bool:
        """Whether the address is this machine: such a server bills nobody, and proxies are bypassed."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    def url(self, path: str) -> str:
        """Return the full URL; a base URL that already ends in `/v1` is understood."""
        return self.base_url.rstrip("/").removesuffix("/v1") + path

    def headers(self, version: str, betas: Sequence[str]) -> dict[str, str]:
        headers = {"anthropic-version": version, "content-type": "application/json"}
        if betas:
            headers["anthropic-beta"] = ",".join(betas)
        if self.key is not None:
            headers["x-api-key"] = _read(self.key)
        elif self.token is not None:
            headers["authorization"] = f"Bearer {_read(self.token)}"
        return headers

    def body(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        return request


def _read(key: Key) -> str:
    """Read the key when it is used; one that can't be a header is refused here, without quoting it."""
    value: object = key() if callable(key) else key
    if not isinstance(value, str):
        raise UsageError(f"the API key must be a string, or a function that returns one, not {a_kind(value)}")
    value = value.strip()
    if not value.isascii() or not value.isprintable():
        raise UsageError("the API key holds characters that no header may carry: copy it again")
    return value


def _is_address(url: object) -> bool:
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that doesn't close
        return False
