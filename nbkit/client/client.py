"""The clients: the same few lines twice, once blocking and once async. They send, they do not judge.

A stream is a context manager; leaving it early closes the socket. Nothing is tried again once a
stream has begun.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx

from nbkit.client import retry
from nbkit.client.providers import Anthropic, Provider
from nbkit.client.stream import Reply, Tap, refusal
from nbkit.errors import APIError, StreamError, TransportError, UsageError
from nbkit.facts.facts import DEFAULT_VERSION
from nbkit.wire.assembler import Change
from nbkit.wire.events import Event
from nbkit.wire.messages import Message, Target

TIMEOUT = httpx.Timeout(600.0, connect=5.0)  # a stream has a read time-out, no total one
MESSAGES = "/v1/messages"


class ReplyStream:
    """Iterate it for `(event, change)` pairs; `message` is the reply so far, whole at the end."""

    def __init__(self, response: httpx.Response, reply: Reply) -> None:
        self._response = response
        self._reply = reply

    @property
    def message(self) -> Message:
        return self._reply.message

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    def __iter__(self) -> Iterator[tuple[Event, Change]]:
        try:
            for data in self._response.iter_bytes():
                yield from self._reply.feed(data)
        except httpx.HTTPError as error:
            raise _cut(error, self._reply) from error
        self._reply.close(self.headers.get("content-type", ""))


class AsyncReplyStream:
    """The same with `async for`."""

    def __init__(self, response: httpx.Response, reply: Reply) -> None:
        self._response = response
        self._reply = reply

    @property
    def message(self) -> Message:
        return self._reply.message

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    async def __aiter__(self) -> AsyncIterator[tuple[Event, Change]]:
        try:
            async for data in self._response.aiter_bytes():
                for pair in self._reply.feed(data):
                    yield pair
        except httpx.HTTPError as error:
            raise _cut(error, self._reply) from error
        self._reply.close(self.headers.get("content-type", ""))


class _Requests:
    """What both clients know: the provider, and how a request is written."""

    def __init__(self, provider: Provider | None, retries: int, jitter: Callable[[], float] | None) -> None:
        found = provider or Anthropic.from_environment()
        if found is None:
            raise UsageError(
                "no provider: set ANTHROPIC_API_KEY, or pass nbkit.Anthropic(key=...), or use nbkit.connect()"
            )
        self.provider: Provider = found
        self.retries = retries
        self._jitter = {"jitter": jitter} if jitter else {}

    @property
    def target(self) -> Target:
        return self.provider.target

    def _request(self, body: Mapping[str, Any], version: str | None, betas: Sequence[str]) -> dict[str, Any]:
        content = json.dumps(self.provider.body(body), ensure_ascii=False, separators=(",", ":"))
        return {
            "method": "POST",
            "url": self.provider.url(MESSAGES),
            "headers": self.provider.headers(version or DEFAULT_VERSION, betas),
            "content": content.encode("utf-8", "surrogatepass"),
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
    attempts after the first. Raises `APIError`, `TransportError` and `StreamError`, nothing else.
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
        super().__init__(provider, retries, jitter)
        self.transport = transport
        self._sleep = sleep
        trust = not getattr(self.provider, "loopback", False)
        self._http = httpx.Client(transport=transport, timeout=timeout, trust_env=trust)

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
        response = self._open({**body, "stream": True}, version, betas)
        try:
            yield ReplyStream(response, Reply(tap))
        finally:
            response.close()

    def send(
        self, body: Mapping[str, Any], *, version: str | None = None, betas: Sequence[str] = ()
    ) -> Message:
        """Send `body` and return the whole reply."""
        response = self._open({**body, "stream": False}, version, betas)
        try:
            return _whole(response.read())
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
        return AsyncClient(self.provider, transport=self.transport, retries=self.retries)

    def close(self) -> None:
        self._http.close()

    def _open(self, body: Mapping[str, Any], version: str | None, betas: Sequence[str]) -> httpx.Response:
        attempt = 0
        while True:
            try:
                response = self._http.send(
                    self._http.build_request(**self._request(body, version, betas)), stream=True
                )
                if response.status_code == 200:
                    return response
                failure: APIError | TransportError = refusal(
                    response.status_code, response.headers, _read(response)
                )
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
        super().__init__(provider, retries, jitter)
        self.transport = transport
        self._sleep = sleep
        trust = not getattr(self.provider, "loopback", False)
        self._http = httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=trust)

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
        response = await self._open({**body, "stream": True}, version, betas)
        try:
            yield AsyncReplyStream(response, Reply(tap))
        finally:
            await response.aclose()

    async def send(
        self, body: Mapping[str, Any], *, version: str | None = None, betas: Sequence[str] = ()
    ) -> Message:
        """Send `body` and return the whole reply."""
        response = await self._open({**body, "stream": False}, version, betas)
        try:
            return _whole(await response.aread())
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _open(
        self, body: Mapping[str, Any], version: str | None, betas: Sequence[str]
    ) -> httpx.Response:
        attempt = 0
        while True:
            try:
                request = self._http.build_request(**self._request(body, version, betas))
                response = await self._http.send(request, stream=True)
                if response.status_code == 200:
                    return response
                data = await _aread(response)
                failure: APIError | TransportError = refusal(response.status_code, response.headers, data)
            except httpx.HTTPError as error:
                failure = self._unreachable(error)
                failure.__cause__ = error
            wait = self._delay(attempt, *_seen(failure))
            if wait is None:
                raise failure
            await self._sleep(wait)
            attempt += 1


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


def _whole(data: bytes) -> Message:
    try:
        raw = json.loads(data)
    except ValueError as error:
        raise StreamError(f"the answer is no JSON ({error}); is this address a Messages API?") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("content"), list):
        raise StreamError("the answer is no message: it has no content list; is this address a Messages API?")
    return Message(raw)


def _cut(error: httpx.HTTPError, reply: Reply) -> StreamError:
    what = str(error) or type(error).__name__
    return StreamError(
        f"the stream broke off ({what}): the reply is not complete; send the request again",
        partial=reply.partial,
    )
