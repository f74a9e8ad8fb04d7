"""A curl command is read as the request that curl would send, and no key of it goes any further."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.study.curl import Call, Unread, calls

URL = "https://api.anthropic.com/v1/messages"
SECRET = "sk-ant-api03-SECRET"
FILES = {"body.json": b'{"a":\r\n 1}', "part.txt": b"b\n"}


def read_file(name: str) -> bytes:
    if name not in FILES:
        raise UsageError(f"{name} can't be read: No such file or directory")
    return FILES[name]


def only(script: str) -> Call:
    (call,) = calls(script, read_file)
    assert isinstance(call, Call), call
    return call


def unread(script: str, name: str = "") -> Unread:
    (call,) = calls(script, read_file, name)
    assert isinstance(call, Unread), call
    return call


class Listener(HTTPServer):
    """Keeps what real curl sends, to compare it with what is read from the command."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((self.path.split("?")[0], headers, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


SAME_AS_CURL = [
    """curl URL -d '{"a": 1}'""",
    """curl -sS -XPOST URL -H"anthropic-beta: one" -d'{"a": "it'\\''s"}'""",
    r"""curl URL --data-raw "{\"a\": \"say \\\"hi\\\" @x\"}" -o /dev/null --max-time 20""",
    r"""curl --url URL --json $'{"a": "\\n", "b": "\'"}' -H 'anthropic-version: 2023-06-01'""",
    """curl URL \\\n  --data @body.json \\\n  -H 'anthropic-version:'""",
    "curl URL --data-binary @body.json",
    "curl URL --json @body.json --json ' '",
    "curl URL -d x=1 -d @part.txt --data-ascii y",
    'curl URL?beta=true -d @- <<EOF\n{"a": "\\$b"}\nEOF',
    'curl URL -d @- <<\'EOF\'\n{"a": "$b"}\nEOF',
    "curl URL -d @- <<<'{\"a\": 1}'",
    "curl URL -d @- < body.json",
    "cat body.json | curl URL --data-binary @-",
    "echo '{\"a\":' 1} | cat | curl URL --json @-",
    'curl URL -d "$(cat <<\'EOF\'\n{"a": 1}\n\nEOF\n)" -H "anthropic-beta: one" -H "anthropic-beta: two"',
    'curl URL -d "{\\"a\\": $(<body.json)}"',
]


@pytest.mark.parametrize("script", SAME_AS_CURL)
def test_what_is_read_is_what_curl_sends(script: str, listener: Listener, tmp_path: Path) -> None:
    if which("curl") is None or which("bash") is None:
        pytest.skip("there is no curl here to compare with")
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    script = script.replace("URL", f"http://127.0.0.1:{listener.server_port}/v1/messages")
    subprocess.run(["bash", "-c", script], cwd=tmp_path, check=True, timeout=30, capture_output=True)
    call, (path, headers, body) = only(script), listener.heard[0]
    assert (call.path, call.body) == (path, body)
    assert call.headers.get("anthropic-version") == headers.get("anthropic-version")


def test_headers_are_kept_where_the_rules_look_at_them() -> None:
    call = only(
        f"curl {URL} -H 'Anthropic-Version: 2023-06-01' -H 'X-Api-Key: k' -H 'cookie: a=b' "
        "-H 'anthropic-beta: one' -H 'anthropic-beta:two' -H 'X-Empty;' -d '{}'"
    )
    assert call.headers.keys() == {"content-type", "anthropic-version", "anthropic-beta", "x-api-key"}
    assert call.headers["anthropic-beta"] == "one,two"


@pytest.mark.parametrize(
    "option",
    [
        f"-H 'x-api-key: {SECRET}'",
        f"-H 'authorization: Bearer {SECRET}'",
        f"-H 'Authorization: Basic {SECRET}'",
        f"-u user:{SECRET}",
        f"--oauth2-bearer {SECRET}",
        f"-H x-other:{SECRET} -b {SECRET} --cookie-jar {SECRET} -H @{SECRET}",
        f"-H 'x-api-key: invalid{SECRET}'",
    ],
)
def test_no_key_goes_further(option: str) -> None:
    assert SECRET not in repr(only(f"curl {URL} {option} -d '{{}}'"))


def test_a_key_that_is_missing_or_invalid_is_seen() -> None:
    assert "x-api-key" not in only(f"curl {URL} -H 'x-api-key:' -d 1").headers
    assert only(f"curl {URL} -H 'x-api-key: invalid-1' -d 1").headers["x-api-key"] == "invalid"
    assert only(f"curl {URL} -H 'authorization: Bearer ' -d 1").headers["authorization"] == "Bearer"


def test_a_variable_inside_a_string_is_text() -> None:
    body = only(f"""curl {URL} -d '{{"a": "x '"$PROMPT"' \\" '"$B"'"}}'""").body
    assert json.loads(body) == {"a": 'x $PROMPT " $B'}


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (f"$ curl {URL} -d 1", 1),
        (f"!curl {URL} -d 1", 1),
        (f"X=1 time /usr/bin/curl {URL} -d 1", 1),
        (f"echo curl\n\nif true; then curl {URL} -d 1; fi", 3),
    ],
)
def test_curl_is_found_where_it_is_the_program(script: str, line: int) -> None:
    assert only(script).line == line


def test_a_script_may_have_several_requests() -> None:
    script = f"curl {URL} -d 1 --next {URL}/count_tokens -d 2\ncurl {URL} -d 3 && curl -d 4 {URL}"
    found = [call for call in calls(script, read_file) if isinstance(call, Call)]
    assert [(call.line, call.body) for call in found] == [
        (1, b"1"),
        (1, b"2"),
        (2, b"3"),
        (2, b"4"),
    ]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (f"curl {URL}", "sends no body"),
        ("curl -d 1", "names no address"),
        (f"curl {URL} -d", "ends after --data"),
        (f"curl {URL} -F a=b", "sends a form (--form)"),
        (f"curl {URL} -d @none.json", "none.json can't be read: No such file or directory"),
        (f"curl {URL} -d @$FILE", "has $FILE in the name of its body, which only the shell knows"),
        (
            f"curl {URL} -d '@body.json -H x-api-key:{SECRET}'",
            "takes its body from what is no name of a file",
        ),
        (f"curl {URL} -d @- < 'body\n{SECRET}'", "takes its body from what is no name of a file"),
        (f"cat 'body:{SECRET}' | curl {URL} -d @-", "takes its body from what is no name of a file"),
        (f"curl {URL} -d @- <<'E\nx-api-key {SECRET}'", "never ends: add its last line"),
        (f"curl {URL} -d @-", "takes its body from standard input, which is not here"),
        (f"jq . x | curl {URL} -d @-", "takes its body from standard input, which is not here"),
        (f"curl {URL} -d $BODY", "has $BODY in its body, and only a shell knows what that is"),
        (f'curl {URL} -d "$(jq -n {SECRET})"', "has a $(…) in its body"),
        (f"""curl {URL} -d '{{"max_tokens": 1, '$MORE'}}'""", "has $MORE in its body"),
        (f"curl {URL} -H '{SECRET}' -d 1", "has a -H that is no header"),
        ("curl http://[x -d 1", "has an address that is none"),
    ],
)
def test_a_command_that_can_t_be_known_says_why_in_a_sentence(script: str, message: str) -> None:
    told = unread(f"\n{script}")
    assert message in told.reason
    assert "line 2" in told.reason or "none.json" in message
    assert SECRET not in told.reason
