"""The simulator as a server over HTTP, on a socket that is bound before it runs.

The only thread of the package that isn't a tool's: `LocalServer` runs in one, for tests and notebooks.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from nbkit.errors import UsageError
from nbkit.sim.patience import PATIENCE, Patience

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

BACKLOG = 2048
MISSING = "the server needs httptools, which is not installed here: pip install 'nbkit[serve]'"


class LocalServer:
    """The simulator on a free port of this machine, in a thread: `with LocalServer(Simulator()) as server:`
    then `server.url`. Leaving it stops it at once, streams that are open included.
    """

    def __init__(
        self,
        simulator: Simulator,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        patience: Patience = PATIENCE,
    ) -> None:
        self._simulator = simulator
        self._place = (host, port)
        self._patience = patience

    @property
    def url(self) -> str:
        return url_of(self._socket)

    def __enter__(self) -> LocalServer:
        self._runner = Runner(self._simulator, self._patience)
        self._socket = bound(*self._place)
        self._thread = threading.Thread(target=self._runner.run, args=(self._socket,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.stop()
        self._thread.join()
        self._socket.close()


def serve(simulator: Simulator, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Serve on a bound socket until Ctrl-C or SIGTERM, in the main thread; `announce` comes before."""
    runner = Runner(simulator, PATIENCE)
    before = {each: signal.signal(each, runner.stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        announce()
        runner.run(listener)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Runner:
    """A loop that serves until somebody stops it, from whichever thread or signal."""

    def __init__(self, simulator: Simulator, patience: Patience) -> None:
        try:
            from nbkit.sim.connections import Connections
        except ImportError as error:
            raise UsageError(MISSING) from error
        from nbkit.sim.asgi import Application

        self._connections = Connections(Application(simulator, patience), patience)
        self._stopped = threading.Event()
        self._wake: Callable[[], object] = self._stopped.set

    def run(self, listener: socket.socket) -> None:
        asyncio.run(self._serve(listener))

    def stop(self, *_: object) -> None:
        self._stopped.set()
        with suppress(RuntimeError):  # it has stopped already
            self._wake()

    async def _serve(self, listener: socket.socket) -> None:
        from nbkit.sim.connections import Connection

        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self._wake = partial(loop.call_soon_threadsafe, ended.set)
        server = await loop.create_server(
            lambda: Connection(self._connections), sock=listener, backlog=BACKLOG
        )
        if not self._stopped.is_set():
            await ended.wait()
        server.close()
        await self._connections.end()


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens; clients that come before the server runs are kept waiting, not refused.

    `UsageError` for an address that can't be had.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise UsageError(f"there is no address {host} to listen on ({error.strerror})") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        where = f"{host} port {port}"
        if error.errno == errno.EADDRINUSE:
            why = f"{where} is in use: stop what runs there, or take another port (0 takes any that is free)"
        else:
            why = f"can't listen on {where}: {error.strerror}"
        raise UsageError(why) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address that a client on this machine takes."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
