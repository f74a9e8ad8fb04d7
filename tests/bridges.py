"""The official SDK brings its own HTTP library; these hand its requests to a simulator in this process."""

from collections.abc import AsyncIterator, Iterator

import anthropic
import httpx2

from nbkit.sim.simulator import Simulator


class Chunks(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    def __init__(self, steps: Iterator[bytes | float]) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[bytes]:
        return (step for step in self.steps if isinstance(step, bytes))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


class Bridge(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        path = request.url.raw_path.decode()
        plan = self.simulator.respond(request.method, path, request.headers, body)
        return httpx2.Response(plan.status, headers=plan.headers, stream=Chunks(plan.steps))


def sdk_for(simulator: Simulator, key: str = "sk-test") -> anthropic.Anthropic:
    client = httpx2.Client(transport=Bridge(simulator))
    return anthropic.Anthropic(api_key=key, http_client=client, max_retries=0)


def async_sdk_for(simulator: Simulator, key: str = "sk-test") -> anthropic.AsyncAnthropic:
    client = httpx2.AsyncClient(transport=Bridge(simulator))
    return anthropic.AsyncAnthropic(api_key=key, http_client=client, max_retries=0)
