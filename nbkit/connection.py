"""Who answers by default, and the public names that need to know: `connect`, `Conversation`, `load`.

The loop knows only the `Streamer` protocol; here it is bound to a client and a provider, or to the simulator.
What the code says comes first, then the environment, then the simulator.
"""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from nbkit.client.client import AsyncClient, Client
from nbkit.client.providers import Anthropic, Key, Provider
from nbkit.client.reply_stream import AsyncReplyStream, ReplyStream
from nbkit.client.stream import Tap
from nbkit.errors import TurnError, UsageError, a_kind
from nbkit.loop import conversation as loop
from nbkit.loop.saved import store
from nbkit.sim.simulator import Simulator
from nbkit.wire.messages import Target

SIMULATED = Target("simulator", "in-process", simulated=True)
# The simulator takes any key; its address is never resolved, requests go to its transport.
SIMULATOR_PROVIDER = Anthropic(key="simulated", base_url="http://simulator")


class Connection:
    """One provider, reachable from blocking code (`stream`) and from code that awaits (`astream`).

    `named` says whether the code chose the provider (then nobody needs to be asked before the first real
    call), `simulator` is the embedded one when it answers, and `loopback` says that no bill can come of it.
    `before_sending` gets each connection and body before they meet, and how many such requests there will be;
    it raises to keep them apart (a notebook asks its person there).
    """

    before_sending: ClassVar[Callable[[Connection, Mapping[str, Any], int], None] | None] = None

    def __init__(
        self,
        provider: Provider,
        *,
        named: bool,
        simulator: Simulator | None = None,
        client: Client | None = None,
        async_client: AsyncClient | None = None,
    ) -> None:
        self.provider = provider
        self.named = named
        self.simulator = simulator
        self._transport = simulator.transport() if simulator else None
        self._client = client
        self._async_client = async_client

    @property
    def target(self) -> Target:
        return SIMULATED if self.simulator else self.provider.target

    @property
    def loopback(self) -> bool:
        return self.simulator is not None or bool(getattr(self.provider, "loopback", False))

    def stream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Tap | None = None
    ) -> AbstractContextManager[ReplyStream]:
        """Send `body` and give the reply as it arrives (see `Client.stream`)."""
        self.may_send(body)
        if self._client is None:
            if self._async_client is not None:
                raise TurnError("this conversation has an AsyncClient: await asend(), or pass it a Client")
            self._client = Client(self.provider, transport=self._transport)
            weakref.finalize(self, self._client.close)  # it is ours, so nobody else would
        return self._client.stream(body, version=version, betas=betas, tap=tap)

    @asynccontextmanager
    async def astream(
        self, body: Mapping[str, Any], *, version: str, betas: Sequence[str] = (), tap: Tap | None = None
    ) -> AsyncIterator[AsyncReplyStream]:
        """The same for code that awaits; with a client for each call, because event loops come and go."""
        self.may_send(body)
        client = self._async_client or self._for_this_loop()
        try:
            async with client.stream(body, version=version, betas=betas, tap=tap) as stream:
                yield stream
        finally:
            if client is not self._async_client:
                await client.aclose()

    def may_send(self, body: Mapping[str, Any], requests: int = 1) -> None:
        """Raise if a body, and as many like it, is not to go out; where somebody is to be asked, ask."""
        ask = type(self).before_sending
        if ask is not None:
            ask(self, body, requests)

    def _for_this_loop(self) -> AsyncClient:
        if self._client is not None and self._transport is None:
            return self._client.awaited()
        return AsyncClient(self.provider, transport=self._transport)

    def __repr__(self) -> str:
        return f"Connection({self.target.provider}, {self.target.address})"


def connect(
    to: Connection | Client | AsyncClient | Provider | Simulator | str | None = None,
    *,
    key: Key | None = None,
    base_url: str | None = None,
) -> Connection:
    """Return the connection a conversation talks through.

    `to` is a provider, a client, a `Simulator`, or one of the words `"anthropic"` and `"simulator"`. With
    nothing given the environment decides (`ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, `ANTHROPIC_BASE_URL`),
    and without any of these the simulator answers: no key, no network, no bill. Raises `UsageError` for
    anything else.
    """
    if key is not None or base_url is not None:
        return Connection(_anthropic(to, key, base_url), named=True)
    match to:
        case None:
            provider = Anthropic.from_environment()
            return Connection(provider, named=False) if provider else _simulated(Simulator(), named=False)
        case Connection():
            return to
        case Simulator():
            return _simulated(to, named=True)
        case Client():
            return Connection(to.provider, named=True, client=to)
        case AsyncClient():
            return Connection(to.provider, named=True, async_client=to)
        case "simulator":
            return _simulated(Simulator(), named=True)
        case "anthropic":
            return Connection(_anthropic(to, None, None), named=True)
        case str():
            raise UsageError(f"no provider is called {to!r}: use 'anthropic' or 'simulator'")
        case Provider():
            return Connection(to, named=True)
    raise UsageError(f"client= takes a connection, a client, a provider or a Simulator, not {a_kind(to)}")


def _anthropic(to: object, key: Key | None, base_url: str | None) -> Anthropic:
    """The provider that was spelled out; what is not said comes from the environment."""
    if to not in (None, "anthropic"):
        raise UsageError("key= and base_url= belong to the provider anthropic: leave out the other one")
    found = Anthropic.from_environment()
    if found is None and key is None and base_url is None:
        raise UsageError("no key for anthropic: set ANTHROPIC_API_KEY, or pass connect(key=...)")
    known = found or Anthropic()
    return Anthropic(key=key or known.key, token=known.token, base_url=base_url or known.base_url)


def _simulated(simulator: Simulator, *, named: bool) -> Connection:
    return Connection(SIMULATOR_PROVIDER, named=named, simulator=simulator)


class Conversation(loop.Conversation):
    """A conversation that knows whom to talk to; `client` takes whatever `connect` takes."""

    def __init__(
        self,
        *args: Any,
        client: Connection | Client | AsyncClient | Provider | Simulator | str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, client=connect(client), **options)


def load(path: str | Path, **overrides: Any) -> Conversation:
    """Read a conversation back from a notebook, a file made by `Conversation.save`, or an autosave.

    A file with the body of a request, or with a list of messages, begins one; its tools are definitions only.
    The array, the provenance and the decisions are exactly those that were saved. `overrides` go to
    `Conversation` (`tools=` binds functions by name, `client=` the provider); `conversation=` picks one by
    name where a notebook holds several. Raises `LoadError` for a file that holds none.
    """
    return store.load(path, cls=Conversation, **overrides)
