"""Clients that go away, stall or never end."""

import socket
import threading
from collections.abc import Iterator

import pytest

from loose_clients import Scripted, asking, host_of, raw, request_bytes, to_the_end, until
from nbkit.sim.patience import Patience
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator


def test_who_goes_away_during_a_wait_frees_the_stream_at_once() -> None:
    def steps() -> Iterator[bytes | float]:
        yield b"event: ping\ndata: {}\n\n"
        yield 3600.0

    simulator = Scripted(steps)
    with LocalServer(simulator) as server:
        connections = [socket.create_connection(host_of(server.url), timeout=20) for _ in range(20)]
        for connection in connections:
            connection.sendall(request_bytes(asking()))
            assert connection.recv(100)
        until(lambda: simulator.open == 20)
        for connection in connections:
            connection.close()
        until(lambda: simulator.open == 0)


def test_who_goes_away_in_a_stream_without_waits_stops_it() -> None:
    def steps() -> Iterator[bytes | float]:
        while True:
            yield b"event: ping\ndata: {}\n\n" * 100

    simulator = Scripted(steps)
    with LocalServer(simulator) as server:
        with socket.create_connection(host_of(server.url), timeout=20) as connection:
            connection.sendall(request_bytes(asking()))
            assert connection.recv(100)
        until(lambda: simulator.open == 0)


def test_a_slow_reader_is_waited_for_without_making_more_and_let_go_in_the_end() -> None:
    def steps() -> Iterator[bytes | float]:
        while True:
            yield b"x" * 10_000

    simulator = Scripted(steps)
    with LocalServer(simulator, patience=Patience(reading=0.3)) as server:
        with socket.create_connection(host_of(server.url), timeout=20) as connection:
            connection.sendall(request_bytes(asking()))
            until(lambda: simulator.made > 0 and simulator.open == 0)
            assert simulator.made < 30_000_000  # what the kernel keeps on both sides, and one write


def test_a_paced_stream_is_sent_piece_by_piece() -> None:
    gate = threading.Event()

    def steps() -> Iterator[bytes | float]:
        yield b"first"
        while not gate.is_set():
            yield 0.001
        yield b"second"

    with LocalServer(Scripted(steps)) as server:
        with socket.create_connection(host_of(server.url), timeout=20) as connection:
            connection.sendall(request_bytes(asking(), "connection: close"))
            received = b""
            while b"first" not in received:
                received += connection.recv(1000)
            gate.set()
            assert b"second" in to_the_end(connection)


@pytest.mark.parametrize("start", [b"", b"POST /v1/mess", b"GET / HTTP/1.1\r\nx: "])
def test_who_never_ends_the_headers_is_let_go(start: bytes) -> None:
    with LocalServer(Simulator(), patience=Patience(headers=0.1)) as server:
        assert raw(server.url, start) == b""


def test_who_stops_in_the_second_request_is_let_go() -> None:
    with LocalServer(Simulator(), patience=Patience(headers=0.1)) as server:
        with socket.create_connection(host_of(server.url), timeout=20) as connection:
            connection.sendall(request_bytes(asking()))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            connection.sendall(b"GET / HT")
            assert b"HTTP" not in to_the_end(connection)


def test_who_sends_no_second_request_is_let_go() -> None:
    with LocalServer(Simulator(), patience=Patience(idle=0.1)) as server:
        assert raw(server.url, request_bytes(asking())).startswith(b"HTTP/1.1 200")


def test_who_never_ends_the_body_is_told() -> None:
    with LocalServer(Simulator(), patience=Patience(body=0.1)) as server:
        answer = raw(server.url, request_bytes(asking())[:-1])
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"error_code":"request_body_timeout"' in answer


def test_leaving_the_server_ends_the_streams_that_are_open() -> None:
    def steps() -> Iterator[bytes | float]:
        yield b"first"
        yield 3600.0

    simulator = Scripted(steps)
    with LocalServer(simulator) as server:
        connection = socket.create_connection(host_of(server.url), timeout=20)
        connection.sendall(request_bytes(asking()))
        until(lambda: simulator.open == 1)
    assert simulator.open == 0
    connection.close()
