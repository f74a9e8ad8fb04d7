"""Examples of what other platforms refuse: Bedrock, Vertex, and the reading of 2023."""

from __future__ import annotations

from asking import SEARCH_TOOL, TOOL, ask, assistant, system, text, user
from examples import Json, Legal, Refused

URL: Json = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
MARK: Json = {"type": "ephemeral"}
OLDER = "claude-haiku-4-5"

REFUSED = [
    Refused(
        "platform",
        "a picture by its address on Vertex",
        ask(user(URL, text())),
        "messages.0.content.0",
        "messages.0.content.0.image.source.base64.data: URL sources are not supported",
        platform="vertex",
    ),
    Refused(
        "platform",
        "a server tool on Bedrock",
        ask(tools=[TOOL, SEARCH_TOOL]),
        "tools.1",
        "tools.1: Input tag 'web_search_20250305' found using 'type'",
        platform="bedrock",
    ),
    Refused(
        "platform",
        "automatic caching of an older model on Bedrock",
        ask(model=OLDER, cache_control=MARK),
        "cache_control",
        "cache_control: Extra inputs are not permitted",
        platform="bedrock",
    ),
    Refused(
        "R75",
        "the newest version of an older model on Bedrock",
        ask(model=OLDER),
        "headers",
        'anthropic_version: "2026-10-21" is not a valid version',
        {"anthropic-version": "2026-10-21"},
        platform="bedrock",
    ),
    Refused(
        "R1",
        "an assistant's message first, read as in 2023",
        ask(assistant("Hello."), user("Hi")),
        "messages.0",
        'messages: first message must use the "user" role',
        platform="strict",
    ),
    Refused(
        "R4",
        "a role twice in a row, read as in 2023",
        ask(user("One."), user("Two.")),
        "messages.1",
        'messages: roles must alternate between "user" and "assistant", ',
        platform="strict",
    ),
    Refused(
        "R86",
        "a system message, read as in 2023",
        ask(user("One."), system("Be brief."), model="claude-opus-5"),
        "messages.1",
        'messages: Unexpected role "system".',
        platform="strict",
    ),
]
LEGAL = [
    Legal(
        "platform", "a server tool on Vertex that it runs", ask(tools=[TOOL, SEARCH_TOOL]), platform="vertex"
    ),
    Legal(
        "platform",
        "automatic caching of a newer model on Bedrock",
        ask(cache_control=MARK),
        platform="bedrock",
    ),
    Legal("platform", "a picture by its address", ask(user(URL, text()))),
    Legal("R75", "an older model on Bedrock, no version named", ask(model=OLDER), platform="bedrock"),
    Legal("R4", "a role twice in a row", ask(user("One."), user("Two."))),
]
