"""MCP servers as a source of tools: a real one, over its pipes and over HTTP."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import nbkit
from nbkit import McpServer, ToolError, UsageError, allow

pytest.importorskip("mcp")

SERVER = '''
import base64
import os
import sys
import time
from typing import Any

from mcp.server import MCPServer
from mcp.types import (
    AudioContent,
    BlobResourceContents,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

server = MCPServer("weather")


@server.tool(name="weather.now")
def weather(city: str) -> str:
    """Current weather in a city."""
    return f"hail in {city}, 1 °C"


@server.tool()
def broken(city: str) -> str:
    """Fails."""
    raise ValueError("no such city")


@server.tool()
def picture() -> list[ImageContent | TextContent]:
    """A picture."""
    image = ImageContent(type="image", data="aGk=", mime_type="image/png")
    return [TextContent(type="text", text="see"), image]


@server.tool()
def variable(name: str) -> str:
    """An environment variable."""
    return os.environ.get(name, "unset")


@server.tool(name="weather_now")
def other() -> dict[str, int]:
    """Its name becomes the same."""
    return {"degrees": 1}


@server.tool()
def files() -> list[Any]:
    """What other kinds of content there are."""
    blob = base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n").decode()
    return [
        EmbeddedResource(type="resource", resource=TextResourceContents(uri="file:///a.txt", text="hello")),
        EmbeddedResource(
            type="resource", resource=BlobResourceContents(uri="file:///a", blob=blob, mime_type="image/png")
        ),
        EmbeddedResource(
            type="resource", resource=BlobResourceContents(uri="file:///b", blob="aGk=", mime_type="a/b")
        ),
        ResourceLink(type="resource_link", name="more", uri="file:///c"),
        AudioContent(type="audio", data="aGk=", mime_type="audio/wav"),
    ]


@server.tool()
def ends() -> str:
    """The server dies."""
    os._exit(3)


@server.tool()
def slow() -> str:
    """Takes its time."""
    time.sleep(20)
    return "late"


if len(sys.argv) > 1:
    server.run("streamable-http", port=int(sys.argv[1]))
else:
    server.run()
'''


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mcp") / "server.py"
    path.write_text(SERVER, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(script: Path) -> Iterator[McpServer]:
    with McpServer([sys.executable, str(script)], env={"TOWN": "Paris"}) as server:
        yield server


def by_name(server: McpServer) -> dict[str, nbkit.Tool]:
    return {tool.name: tool for tool in server.tools()}


def test_its_tools_are_tools_of_the_model(server: McpServer) -> None:
    tool = by_name(server)["weather_now"]  # no dots in names of the API's tools
    assert tool.description == "Current weather in a city."
    assert (tool.input_schema or {})["required"] == ["city"]
    assert tool.run({"city": "Oslo"}) == "hail in Oslo, 1 °C"
    with pytest.raises(ToolError, match="does not fit"):
        tool.run({"town": "Oslo"})


def test_a_conversation_with_them_is_legal_and_runs_to_its_end(server: McpServer) -> None:
    chat = nbkit.Conversation(tools=[by_name(server)["weather_now"]], policy=allow)
    assert "1 °C" in chat.send("What is the weather in Paris and in Oslo?").text
    assert not [each for each in chat.problems() if each.level == "error"]


def test_a_failure_is_an_error_result(server: McpServer) -> None:
    chat = nbkit.Conversation(tools=[by_name(server)["broken"]])
    chat.insert("messages.0", {"role": "user", "content": "go"})
    call = {"type": "tool_use", "id": "toolu_1", "name": "broken", "input": {"city": "Atlantis"}}
    chat.insert("messages.1", {"role": "assistant", "content": [call]})
    result = chat.decide("toolu_1", nbkit.Approve()).result or {}
    assert result["is_error"] is True
    assert "broken" in result["content"]


def test_pictures_stay_pictures(server: McpServer) -> None:
    text, picture = by_name(server)["picture"].run({})
    assert text == {"type": "text", "text": "see"}
    assert picture["source"] == {"type": "base64", "media_type": "image/png", "data": "aGk="}


def test_a_process_gets_what_it_is_given_and_no_keys(
    server: McpServer, monkeypatch: pytest.MonkeyPatch, script: Path
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret")
    with McpServer(f"{sys.executable} {script}") as fresh:
        assert by_name(fresh)["variable"].run({"name": "ANTHROPIC_API_KEY"}) == "unset"
    assert by_name(server)["variable"].run({"name": "TOWN"}) == "Paris"


def test_an_address_is_a_server_too(script: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, str(script), str(port)], stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 30
            while time.monotonic() < end:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
            with McpServer(f"http://127.0.0.1:{port}/mcp") as server:
                assert by_name(server)["weather_now"].run({"city": "Rome"}) == "hail in Rome, 1 °C"
        finally:
            process.terminate()


def test_what_is_closed_is_told(script: Path) -> None:
    server = McpServer([sys.executable, str(script)])
    tool = by_name(server)["weather_now"]
    server.close()
    with pytest.raises(ToolError, match="closed"):
        tool.run({"city": "Oslo"})


def test_what_can_not_be_reached_is_told_in_a_sentence() -> None:
    with pytest.raises(ToolError, match="can't be reached"):
        McpServer("no-such-command-of-anybody --serve").tools()
    with pytest.raises(ToolError, match="can't be reached"):
        McpServer("http://127.0.0.1:9/mcp").tools()


def test_a_command_that_can_not_be_split_is_told() -> None:
    with pytest.raises(UsageError, match=r"can't be split, No closing quotation: serve 'my folder"):
        McpServer("serve 'my folder")


@pytest.mark.parametrize("given", ["", " ", []])
def test_an_empty_command_is_told(given: object) -> None:
    with pytest.raises(UsageError, match="a command, and this one is empty"):
        McpServer(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [7, None, [1, 2]])
def test_what_is_no_server_is_told(given: object) -> None:
    with pytest.raises(UsageError, match="an address or a command"):
        McpServer(given)  # type: ignore[arg-type]


def test_names_that_become_the_same_are_told_apart(server: McpServer) -> None:
    tools = by_name(server)
    assert len(tools) == len(server.tools())
    assert tools["weather_now_2"].run({}) == '{\n  "degrees": 1\n}'
    chat = nbkit.Conversation(tools=server.tools())
    chat.messages = [{"role": "user", "content": "hi"}]
    assert [each.message for each in chat.problems() if each.level == "error"] == []


def test_every_kind_of_content_is_seen_or_named(server: McpServer) -> None:
    blocks = by_name(server)["files"].run({})
    assert [block.get("text", block["type"]) for block in blocks] == [
        "hello",
        "image",
        "[a/b: file:///b]",
        "[more: file:///c]",
        "[audio/wav, which can't be shown to the model]",
    ]


def test_a_server_that_dies_in_a_call_is_told_and_can_be_started_again(script: Path) -> None:
    with McpServer([sys.executable, str(script)]) as server:
        tools = by_name(server)
        with pytest.raises(ToolError, match=r"ends got no result from the MCP server: .*closed"):
            tools["ends"].run({})
        with pytest.raises(ToolError, match=r"is closed: its tools\(\) connects again"):
            tools["weather_now"].run({"city": "Oslo"})
        server.tools()
        assert tools["weather_now"].run({"city": "Oslo"}) == "hail in Oslo, 1 °C"


def test_a_slow_server_is_waited_for_no_longer_than_was_said(script: Path) -> None:
    with (
        McpServer([sys.executable, str(script)], timeout=1) as server,
        pytest.raises(ToolError, match="timed out"),
    ):
        by_name(server)["slow"].run({})
