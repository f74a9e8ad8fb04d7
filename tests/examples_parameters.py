"""Examples of R68 to R85: limits, headers, tools."""

from __future__ import annotations

import base64
import struct

from asking import OLD, TOOL, ask, text, user
from examples import Json, Legal, Refused

OLDER: Json = {"model": "claude-sonnet-4-5"}
MCP = {"anthropic-beta": "mcp-client-2025-11-20"}


def image(width: int = 8, height: int = 8, media_type: str = "image/png", more: int = 0) -> Json:
    """A PNG as far as its header goes."""
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0"
    return picture(base64.b64encode(header + b"\0" * more).decode(), media_type)


def picture(data: str, media_type: str = "image/png") -> Json:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def pdf(pages: int = 1, start: bytes = b"%PDF-1.4 ", **more: object) -> Json:
    data = base64.b64encode(start + b"/Type /Page " * pages).decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    return {"type": "document", "source": source, **more}


def marked(ttl: str = "5m", words: str = "words") -> Json:
    return text(words, cache_control={"type": "ephemeral", "ttl": ttl})


def schema(**more: object) -> Json:
    return {"format": {"type": "json_schema", "schema": {"type": "object", **more}}}


def server(name: str) -> Json:
    return {"type": "url", "name": name, "url": "https://example.com/mcp"}


COMPUTER: Json = {
    "type": "computer_20251124",
    "name": "computer",
    "display_width_px": 800,
    "display_height_px": 600,
}
CITY: Json = {
    "name": "city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
TOOLSET: Json = {"type": "mcp_toolset", "mcp_server_name": "docs"}
NEWER_SEARCH = {"type": "web_search_20260209", "name": "web_search"}
REFUSED = [
    Refused(
        "R68",
        "a token too many",
        ask(model="claude-opus-5", max_tokens=128_001),
        "max_tokens",
        "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-opus-5",
    ),
    Refused("R69", "a stream of nothing", ask(max_tokens=0, stream=True), "stream", "max_tokens: 0 "),
    Refused(
        "R70", "a book too long", ask(user("word " * 250_000), **OLDER), "messages", "prompt is too long: "
    ),
    Refused(
        "R72",
        "33 megabytes",
        ask(user("x" * 33 * 1024 * 1024)),
        "",
        "Request exceeds the maximum size",
    ),
    Refused(
        "R73",
        "a newline to stop at",
        ask(stop_sequences=["\n"]),
        "stop_sequences.0",
        "stop_sequences: each stop sequence must contain non-whitespace",
    ),
    Refused(
        "R74",
        "an address",
        ask(metadata={"user_id": "someone@example.com"}),
        "metadata.user_id",
        "metadata.user_id: user_id appears to contain an email address",
    ),
    Refused(
        "R75",
        "no version",
        ask(),
        "headers",
        "anthropic-version: header is required",
        {"anthropic-version": None},
    ),
    Refused("R76", "a retired model", ask(model="claude-2.1"), "model", "model: claude-2.1"),
    Refused("R76", "a model of no name", ask(model="claude-0"), "model", "model: claude-0", level="unknown"),
    Refused(
        "R77", "a wrong key", ask(), "headers", "invalid x-api-key", {**OLD, "x-api-key": "sk-ant-invalid"}
    ),
    Refused(
        "R78",
        "a beta of no day",
        ask(),
        "headers",
        "Unexpected value(s) `no-beta-2020-02-02` for the `anthropic-beta` header.",
        {"anthropic-beta": "no-beta-2020-02-02"},
        level="unknown",
    ),
    Refused(
        "R79",
        "a beta's field without its header",
        ask(mcp_servers=[server("docs")]),
        "mcp_servers",
        "mcp_servers: Extra inputs are not permitted",
    ),
    Refused(
        "R80",
        "an effort of later models",
        ask(model="claude-opus-4-6", output_config={"effort": "xhigh"}),
        "output_config.effort",
        "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
    ),
    Refused(
        "R81",
        "a newer web tool on Haiku 4.5",
        ask(model="claude-haiku-4-5", tools=[NEWER_SEARCH]),
        "tools.0",
        "'claude-haiku-4-5-20251001' does not support programmatic tool calling. ",
    ),
    Refused(
        "R81",
        "a computer of before",
        ask(model="claude-opus-5-5", tools=[COMPUTER]),
        "tools.0",
        "'claude-opus-5-5' does not support tool types: computer_20251124. Did you mean one of ",
        {"anthropic-beta": "computer-use-2025-11-24"},
    ),
    Refused("R82", "one name twice", ask(tools=[TOOL, TOOL]), "tools.1", "tools: Tool names must be unique."),
    Refused(
        "R83",
        "all put off",
        ask(tools=[{**TOOL, "defer_loading": True}]),
        "tools",
        "At least one tool must have defer_loading=false. All tools cannot be deferred.",
    ),
    Refused(
        "R84",
        "an example that doesn't fit",
        ask(tools=[{**CITY, "input_examples": [{"city": 1}]}]),
        "tools.0.custom.input_examples.0",
        "tools.0.custom.input_examples.0: ",
    ),
    Refused(
        "R85", "a place on Sonnet 4.5", ask(**OLDER, inference_geo="us"), "inference_geo", "inference_geo"
    ),
]
LEGAL = [
    Legal("R68", "all the tokens there are", ask(model="claude-opus-5", max_tokens=128_000)),
    Legal("R69", "filling the cache", ask(user(marked()), max_tokens=0)),
    Legal("R70", "a long book for a long context", ask(user("word " * 250_000))),
    Legal("R72", "a body that fits", ask(user("word " * 250_000))),
    Legal("R73", "a word to stop at", ask(stop_sequences=["\nEND"])),
    Legal("R74", "an opaque id", ask(metadata={"user_id": "u-17"})),
    Legal("R75", "the version of 2023", ask(), OLD),
    Legal("R76", "a model by its alias", ask(model="claude-haiku-4-5")),
    Legal("R77", "a bearer token", ask(), {**OLD, "authorization": "Bearer sk-ant-a"}),
    Legal("R78", "a beta that nobody dated", ask(), {"anthropic-beta": "whatever"}),
    Legal("R79", "a beta's field with its header", ask(mcp_servers=[server("docs")], tools=[TOOLSET]), MCP),
    Legal("R80", "an effort of its time", ask(model="claude-opus-4-6", output_config={"effort": "max"})),
    Legal(
        "R81",
        "a computer on Opus 4.8",
        ask(model="claude-opus-4-8", tools=[COMPUTER]),
        {"anthropic-beta": "computer-use-2025-11-24"},
    ),
    Legal(
        "R81",
        "a computer on Opus 5.5 of Bedrock",
        ask(model="claude-opus-5-5", tools=[COMPUTER]),
        {"anthropic-beta": "computer-use-2025-11-24"},
        platform="bedrock",
    ),
    Legal(
        "R81",
        "a newer web tool on Haiku 4.5 that only the model calls",
        ask(model="claude-haiku-4-5", tools=[{**NEWER_SEARCH, "allowed_callers": ["direct"]}]),
    ),
    Legal("R81", "a newer web tool on Sonnet 4.5", ask(model="claude-sonnet-4-5", tools=[NEWER_SEARCH])),
    Legal("R82", "two names", ask(tools=[TOOL, CITY])),
    Legal("R83", "one put off", ask(tools=[TOOL, {**CITY, "defer_loading": True}])),
    Legal("R84", "an example that fits", ask(tools=[{**CITY, "input_examples": [{"city": "Paris"}]}])),
    Legal("R85", "a place on Opus 4.6", ask(model="claude-opus-4-6", inference_geo="us")),
]
