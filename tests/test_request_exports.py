"""Exported requests are run: the server receives what `chat.request()` says, and no key is in the text."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

import nbkit
from nbkit import Conversation, Simulator
from nbkit.errors import UsageError
from nbkit.sim.plan import Plan
from nbkit.sim.server import LocalServer
from nbkit.study import imports
from pictures import png

KEY = "sk-ant-of-this-test"
HOSTILE = """it's "quoted" `touch stolen` $(touch stolen) $HOME ${PATH} \\ \\\\ \\n %s !!
\x00\x1b[31m\x7f\u202e\u2028 é 🌧
JSON
'JSON'
EOF"""


class Listening(Simulator):
    """Keeps what was sent to it."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[dict[str, str], Any]] = []

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Plan:
        self.got.append(({name.lower(): value for name, value in headers.items()}, json.loads(body)))
        return super().respond(method, path, headers, body)


@nbkit.tool
def get_weather(city: str, days: int = 1) -> str:
    """Current `weather` in a city: "it's" $HOME."""
    return city


def with_everything() -> Conversation:
    picture = base64.b64encode(png(400, 300) + os.urandom(200_000)).decode()
    chat = Conversation(
        system=[{"type": "text", "text": HOSTILE, "cache_control": {"type": "ephemeral"}}],
        tools=[get_weather],
        betas=("context-management-2025-06-27", "interleaved-thinking-2025-05-14"),
        metadata={"user_id": HOSTILE},
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
        stop_sequences=["$END", "'"],
        client="simulator",
    )
    chat.messages = [
        {"role": "user", "content": HOSTILE},
        {
            "role": "assistant",
            "content": [
                {
                    "type": "tool_use",
                    "id": "toolu_01",
                    "name": "get_weather",
                    "input": {
                        "city": "Paris'`$(id)`",
                        "days": 2,
                        "far": 1e-7,
                        "odd": [None, True, False, [], {}],
                    },
                }
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_01",
                    "content": [{"type": "text", "text": HOSTILE}],
                },
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture}},
            ],
        },
    ]
    return chat


def plain() -> Conversation:
    chat = Conversation(client="simulator")
    chat.messages = [{"role": "user", "content": "Hi"}]
    return chat


def older() -> Conversation:
    """A request that the newest SDK has no names for any more, and that lacks a field."""
    chat = Conversation(
        "claude-sonnet-4-5", version="2023-06-01", temperature=0.5, max_tokens=None, client="simulator"
    )
    chat.messages = [{"role": "user", "content": "Hi"}]
    return chat


def with_mcp_servers() -> Conversation:
    servers = [
        {"type": "url", "name": name, "url": f"https://{name}.example", "authorization_token": f"hush-{name}"}
        for name in ("one", "two")
    ]
    chat = Conversation(
        mcp_servers=servers,
        tools=[{"type": "mcp_toolset", "mcp_server_name": "one"}],
        betas=["mcp-client-2025-11-20"],
        client="simulator",
    )
    chat.messages = [{"role": "user", "content": HOSTILE + ' "authorization_token": "$MCP_TOKEN"'}]
    return chat


CONVERSATIONS = [plain, with_everything, older, with_mcp_servers]


@pytest.fixture
def simulator() -> Listening:
    return Listening()


@pytest.fixture
def environment(simulator: Listening, tmp_path: Any) -> Iterator[dict[str, str]]:
    with LocalServer(simulator) as server:
        yield {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": server.url,
            "MCP_TOKEN": "hush-one",
            "MCP_TOKEN_2": "hush-two",
        }


@pytest.mark.parametrize("make", CONVERSATIONS)
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_curl_command_sends_the_request(
    make: Any, shell: str, simulator: Listening, environment: dict[str, str], tmp_path: Any
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here")
    chat = make()
    script = tmp_path / "again.sh"
    script.write_text(nbkit.export(chat, "curl"))
    ran = subprocess.run(
        [shell, script], env=environment, cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    [(headers, body)] = simulator.got
    assert body == chat.request()
    assert headers["x-api-key"] == KEY
    assert headers["anthropic-version"] == chat.version
    assert headers.get("anthropic-beta") == (",".join(chat.betas) or None)
    assert [path.name for path in tmp_path.iterdir()] == ["again.sh"]  # nothing in the text was run
    if make in (plain, with_everything):
        assert b"message_stop" in ran.stdout


@pytest.mark.parametrize("make", CONVERSATIONS)
def test_the_python_code_sends_the_request_with_the_sdk(
    make: Any, simulator: Listening, environment: dict[str, str], tmp_path: Any
) -> None:
    chat = make()
    code = nbkit.export(chat, "python")
    ran = subprocess.run(
        [sys.executable, "-c", "import sys; exec(sys.stdin.read())"],
        input=code.encode(),
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    [(headers, body), *_] = simulator.got
    assert body == chat.request()
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["anthropic-version"] == chat.version
    assert headers.get("anthropic-beta") == (",".join(chat.betas) or None)
    if make in (plain, with_everything):
        assert ran.returncode == 0, ran.stderr
        assert b"message_stop" in ran.stdout.lower() or b"MessageStop" in ran.stdout


@pytest.mark.parametrize("make", [plain, with_everything, older])
def test_the_json_is_the_body(make: Any, simulator: Listening, environment: dict[str, str]) -> None:
    chat = make()
    text = nbkit.export(chat, "json")
    assert json.loads(text) == chat.request()
    sent = {"x-api-key": KEY, "anthropic-version": chat.version, "content-type": "application/json"}
    if chat.betas:
        sent["anthropic-beta"] = ",".join(chat.betas)
    url = environment["ANTHROPIC_BASE_URL"] + "/v1/messages"
    with httpx.stream("POST", url, headers=sent, content=text.encode(), trust_env=False) as response:
        said = response.read()
    assert simulator.got[0][1] == chat.request()
    assert (response.status_code == 200 and b"message_stop" in said) == (make is not older)


@pytest.mark.parametrize("form", ["curl", "python", "json"])
def test_no_key_is_in_the_text(form: str) -> None:
    chat = with_mcp_servers()
    chat.client = nbkit.connect(nbkit.Anthropic(key=KEY, base_url="http://127.0.0.1:9999"))
    text = nbkit.export(chat, form)
    assert KEY not in text
    assert "hush" not in text
    if form != "json":
        assert "http://127.0.0.1:9999" in text
    chat.client = nbkit.connect(nbkit.Anthropic(token=KEY))
    text = nbkit.export(chat, form)
    assert KEY not in text
    assert ("ANTHROPIC_AUTH_TOKEN" in text) == (form != "json")


def test_what_a_terminal_would_not_show_is_written_as_an_escape() -> None:
    for form in ("curl", "python", "json"):
        text = nbkit.export(with_everything(), form)
        assert all(each.isprintable() or each == "\n" for each in text)


def test_nbkit_check_reads_the_command_back() -> None:
    chat = with_everything()
    found = imports.read(nbkit.export(chat, "curl").encode(), "again.sh", lambda name: b"")
    [request] = list(found.requests)
    assert request.body == chat.request()
    assert request.headers is not None
    assert request.headers["anthropic-version"] == chat.version


def test_code_stays_readable_beside_a_large_picture() -> None:
    lines = nbkit.export(with_everything(), "python").splitlines()
    assert [line[:9] for line in lines if len(line) > 400] == ["DATA_1 = "]


def test_another_form_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="a request is exported as curl, python, json, not 'rust'"):
        nbkit.export(plain(), "rust")
    with pytest.raises(UsageError, match="takes a conversation"):
        nbkit.export("chat", "curl")  # type: ignore[arg-type]


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbkit", *words], check=False, capture_output=True, text=True, timeout=60
    )


def test_the_command_exports_a_saved_conversation(tmp_path: Any) -> None:
    chat = with_everything()
    chat.save(tmp_path / "chat.json")
    file = str(tmp_path / "chat.json")
    assert json.loads(ran("export", file, "--as", "json").stdout) == chat.request()
    assert ran("export", file).stdout == nbkit.export(chat, "curl")


def test_the_command_says_what_a_file_lacks(tmp_path: Any) -> None:
    (tmp_path / "empty.json").write_text("{}")
    said = ran("export", str(tmp_path / "empty.json"))
    assert said.returncode == 2
    assert said.stderr.startswith("nbkit: empty.json is no saved conversation")
    assert "Traceback" not in ran("export", str(tmp_path / "none.json")).stderr
