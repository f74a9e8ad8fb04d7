"""A reply while its bytes come in: the same loop twice, once blocking and once async."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx

from nbkit.client.stream import Reply, take_keys_out
from nbkit.errors import APIError, StreamError
from nbkit.wire.assembler import Change
from nbkit.wire.events import Event
from nbkit.wire.messages import Message


class _Streamed:
    """What both have: `message` is the reply so far, whole when the iteration has ended."""

    def __init__(self, response: httpx.Response, reply: Reply) -> None:
        self._response = response
        self._reply = reply

    @property
    def message(self) -> Message:
        return self._reply.message

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    def live_input(self, index: int) -> Any:
        """The input of the call at `index` as far as it came: cheap after every delta, and not to be changed.

        It grows in place until its block stops. None before its first piece, and where there is no input.
        """
        return self._reply.live_input(index)

    def _close(self) -> Iterator[tuple[Event, Change]]:
        return self._reply.close(self.headers.get("content-type", "of no type"))

    def _cut(self, error: httpx.HTTPError) -> StreamError:
        what = str(error) or type(error).__name__
        return StreamError(
            f"the stream broke off ({what}): the reply is not complete; send the request again",
            partial=self._reply.partial,
            raw_text=self._reply.cut_off(),
        )


class ReplyStream(_Streamed):
    """Iterate it for `(event, change)` pairs."""

    def __iter__(self) -> Iterator[tuple[Event, Change]]:
        try:
            for data in self._response.iter_bytes():
                yield from self._reply.feed(data)
            yield from self._close()
        except httpx.HTTPError as error:
            raise self._cut(error) from error
        except (APIError, StreamError) as error:
            take_keys_out(error, self._response.request.headers)
            raise


class AsyncReplyStream(_Streamed):
    """The same with `async for`."""

    async def __aiter__(self) -> AsyncIterator[tuple[Event, Change]]:
        try:
            async for data in self._response.aiter_bytes():
                for pair in self._reply.feed(data):
                    yield pair
            for pair in self._close():
                yield pair
        except httpx.HTTPError as error:
            raise self._cut(error) from error
        except (APIError, StreamError) as error:
            take_keys_out(error, self._response.request.headers)
            raise
