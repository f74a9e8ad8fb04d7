"""nbkit serve as a command: what it prints, keeps to itself, and refuses."""

import re
import signal
import socket
import subprocess
import sys

import pytest

from loose_clients import asking, host_of, request_bytes, send
from nbkit import cli


class Served:
    """The real command, and what it printed."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "nbkit", "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.lines = [self.process.stdout.readline() for _ in range(2)]
        found = re.search(r"http://\S+", self.lines[0])
        assert found, self.lines
        self.url = found[0]

    def stopped(self, by: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(by)
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_what_to_copy_and_stops_at_once_with_streams_open(by: signal.Signals) -> None:
    served = Served()
    assert served.lines[1] == f"  export ANTHROPIC_BASE_URL={served.url} ANTHROPIC_API_KEY=sk-ant-simulated\n"
    with socket.create_connection(host_of(served.url), timeout=20) as connection:
        connection.sendall(request_bytes(asking()))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(request_bytes(asking())[:-5])  # and one that never ends
        assert served.stopped(by) == (0, "")


def test_the_command_keeps_its_key_to_itself_and_says_who_can_reach_it() -> None:
    served = Served("--host", "0.0.0.0", "--key", "sk-mine", "--seed", "7")
    assert send(served.url, asking(), x_api_key="sk-mine")[0] == 200
    assert send(served.url, asking())[0] == 401
    code, errors = served.stopped(signal.SIGINT)
    assert (code, errors) == (
        0,
        "nbkit: 0.0.0.0 can be reached from beyond this machine, by who has the key\n",
    )
    assert "sk-mine" not in "".join(served.lines)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "70000"], "a port is a number from 0 to 65535"),
        (["--key", "an-invalid-key"], "is always refused"),
        (["--key", ""], "fits in a header"),
        (["--host", "no.such.host.example"], "there is no address no.such.host.example"),
    ],
)
def test_what_cannot_be_served_is_told_in_a_sentence(arguments: list[str], told: str) -> None:
    command = [sys.executable, "-m", "nbkit", "serve", "--port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_extra_is_told_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "nbkit.sim.connections", None)
    assert cli.main(["serve", "--port", "0"]) == 2
    assert "pip install 'nbkit[serve]'" in capsys.readouterr().err
