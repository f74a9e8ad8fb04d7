"""The clients: the same few lines twice, once blocking and once async. They send, they do not judge.

A stream is a context manager; leaving it early closes the socket. Nothing is tried again once a
stream has begun.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property, lru_cache
from typing import Any

import httpx

from nbkit.client import inputs, retry
from nbkit.client.providers import Anthropic, Provider
from nbkit.client.reply_stream import AsyncReplyStream, ReplyStream
from nbkit.client.stream import Reply, Tap, refusal, whole
from nbkit.errors import APIError, TransportError, UsageError, a_kind
from nbkit.facts.facts import DEFAULT_VERSION
from nbkit.wire.messages import Message, Target
from nbkit.wire.written import body_bytes

TIMEOUT = httpx.Timeout(600.0, connect=5.0)  # a stream has a read time-out, no total one
MESSAGES = "/v1/messages"


class _Requests:
    """What both clients know: the provider, and how a request is written."""

    def __init__(
        self,
        provider: Provider | None,
        retries: int,
        timeout: httpx.Timeout | float,
        jitter: Callable[[], float] | None,
    ) -> None:
        found = Anthropic.from_environment() if provider is None else provider
        if found is None:
            raise UsageError(
                "no provider: set ANTHROPIC_API_KEY, or pass nbkit.Anthropic(key=...), or use nbkit.connect()"
            )
        if not isinstance(found, Provider):
            raise UsageError(
                f"a client needs a provider like nbkit.Anthropic(key=...), not {a_kind(found)}; "
                "nbkit.connect() takes other things too"
            )
        self.provider: Provider = found
        self.retries = inputs.attempts(retries)
        self.timeout: httpx.Timeout | float = inputs.seconds(timeout)
        self._jitter = {"jitter": jitter} if jitter else {}

    @property
    def target(self) -> Target:
        return self.provider.target

    @property
    def _trusts_environment(self) -> bool:
        """A proxy has no business between this machine and itself."""
        return not getattr(self.provider, "loopback", False)

    def _request(
        self, body: Mapping[str, Any], version: str | None, betas: Sequence[str], attempt: int
    ) -> dict[str, Any]:
        version, betas = inputs.names(version, betas)
        try:
            content = body_bytes(self.provider.body(body))
        except (TypeError, ValueError, RecursionError) as error:
            raise UsageError(f"the request can't be written as JSON: {error}") from None
        return {
            "method": "POST",
            "url": _address(self.provider.url(MESSAGES)),
            "headers": {
                **self.provider.headers(version or DEFAULT_VERSION, betas),
                "x-stainless-retry-count": str(attempt),
            },
            "content": content,
        }

    def _delay(self, attempt: int, status: int | None, headers: Mapping[str, str]) -> float | None:
        if attempt >= self.retries:
            return None
        return retry.delay(attempt, status, headers, now=time.time(), **self._jitter)

    def _unreachable(self, error: httpx.HTTPError) -> TransportError:
        what = str(error) or type(error).__name__
        where = self.target.address
        if isinstance(error, httpx.TimeoutException):
            return TransportError(f"no answer from {where} in time ({what}): nothing was added; try again")
        return TransportError(
            f"no connection to {where} ({what}): check the address and the network, then try again"
        )


class Client(_Requests):
    """Sends requests to one provider and waits for the answers.

    `transport` is the seam for anything that isn't a socket (the simulator, a test). `retries` counts the
    attempts after the first. Raises `APIError`, `TransportError` and `StreamError`; `UsageError` for what
    can't be a request at all.
    """

    def __init__(
        self,
        provider: Provider | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        retries: int = 2,
        timeout: httpx.Timeout | float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(provider, retries, timeout, jitter)
        self.transport = transport
        self._sleep = sleep

    @cached_property
    def _http(self) -> httpx.Client:
        """Opened when it is first used: reading the certificates takes a while."""
        return httpx.Client(
            transport=self.transport, timeout=self.timeout, trust_env=self._trusts_environment
        )

    @contextmanager
    def stream(
        self,
        body: Mapping[str, Any],
        *,
        version: str | None = None,
        betas: Sequence[str] = (),
        tap: Tap | None = None,
    ) -> Iterator[ReplyStream]:
        """Send `body` with `stream: true` and give the reply as it arrives; `tap` sees each raw chunk."""
        response = self._open({**inputs.fields(body), "stream": True}, version, betas)
        try:
            yield ReplyStream(response, Reply(tap, self.provider.framing))
        finally:
            response.close()

    def send(
        self, body: Mapping[str, Any], *, version: str | None = None, betas: Sequence[str] = ()
    ) -> Message:
        """Send `body` and return the whole reply."""
        response = self._open({**inputs.fields(body), "stream": False}, version, betas)
        try:
            return whole(response.read(), response.request.headers)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            response.close()

    def awaited(self) -> AsyncClient:
        """Return a client for code that awaits, to the same provider over the same transport.

        Raises `UsageError` when the transport can only block.
        """
        if self.transport is not None and not isinstance(self.transport, httpx.AsyncBaseTransport):
            raise UsageError("the transport of this Client can't be awaited: use send() and resume()")
        return AsyncClient(
            self.provider, transport=self.transport, retries=self.retries, timeout=self.timeout
        )

    def close(self) -> None:
        if "_http" in vars(self):
            self._http.close()

    def _open(self, body: Mapping[str, Any], version: str | None, betas: Sequence[str]) -> httpx.Response:
        attempt = 0
        while True:
            try:
                response = self._http.send(
                    self._http.build_request(**self._request(body, version, betas, attempt)), stream=True
                )
                if response.status_code == 200:
                    return response
                failure: APIError | TransportError = _refused(response, _read(response))
            except httpx.HTTPError as error:
                failure = self._unreachable(error)
                failure.__cause__ = error
            wait = self._delay(attempt, *_seen(failure))
            if wait is None:
                raise failure
            self._sleep(wait)
            attempt += 1


class AsyncClient(_Requests):
    """The same for code that awaits."""

    def __init__(
        self,
        provider: Provider | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        retries: int = 2,
        timeout: httpx.Timeout | float = TIMEOUT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(provider, retries, timeout, jitter)
        self.transport = transport
        self._sleep = sleep

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.transport, timeout=self.timeout, trust_env=self._trusts_environment
        )

    @asynccontextmanager
    async def stream(
        self,
        body: Mapping[str, Any],
        *,
        version: str | None = None,
        betas: Sequence[str] = (),
        tap: Tap | None = None,
    ) -> AsyncIterator[AsyncReplyStream]:
        """Send `body` with `stream: true` and give the reply as it arrives; `tap` sees each raw chunk."""
        response = await self._open({**inputs.fields(body), "stream": True}, version, betas)
        try:
            yield AsyncReplyStream(response, Reply(tap, self.provider.framing))
        finally:
            await response.aclose()

    async def send(
        self, body: Mapping[str, Any], *, version: str | None = None, betas: Sequence[str] = ()
    ) -> Message:
        """Send `body` and return the whole reply."""
        response = await self._open({**inputs.fields(body), "stream": False}, version, betas)
        try:
            return whole(await response.aread(), response.request.headers)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        if "_http" in vars(self):
            await self._http.aclose()

    async def _open(
        self, body: Mapping[str, Any], version: str | None, betas: Sequence[str]
    ) -> httpx.Response:
        attempt = 0
        while True:
            try:
                request = self._http.build_request(**self._request(body, version, betas, attempt))
                response = await self._http.send(request, stream=True)
                if response.status_code == 200:
                    return response
                failure: APIError | TransportError = _refused(response, await _aread(response))
            except httpx.HTTPError as error:
                failure = self._unreachable(error)
                failure.__cause__ = error
            wait = self._delay(attempt, *_seen(failure))
            if wait is None:
                raise failure
            await self._sleep(wait)
            attempt += 1


@lru_cache(maxsize=64)
def _address(url: str) -> httpx.URL:
    """Read an address once: httpx would do so twice for each request."""
    return httpx.URL(url)


def _refused(response: httpx.Response, data: bytes) -> APIError:
    return refusal(response.status_code, response.headers, data, response.request.headers)


def _read(response: httpx.Response) -> bytes:
    try:
        return response.read()
    finally:
        response.close()


async def _aread(response: httpx.Response) -> bytes:
    try:
        return await response.aread()
    finally:
        await response.aclose()


def _seen(failure: APIError | TransportError) -> tuple[int | None, Mapping[str, str]]:
    return (failure.status, failure.headers) if isinstance(failure, APIError) else (None, {})
