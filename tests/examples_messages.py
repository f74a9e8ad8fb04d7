"""Examples of R1 to R18: shape and roles, content, prefill."""

from __future__ import annotations

from asking import (
    OLD,
    ask,
    assistant,
    result,
    search,
    system,
    text,
    thought,
    use,
    user,
)
from examples import Json, Legal, Refused

OPUS = {"model": "claude-opus-5"}
OLDER: Json = {"model": "claude-sonnet-4-5"}
IMAGE: Json = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
DOCUMENT: Json = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}}
CITATION: Json = {
    "type": "char_location",
    "cited_text": "c",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 1,
}
FORMAT: Json = {
    "format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}
}


SEARCH_RESULT: Json = {"type": "search_result", "source": "s", "title": "t", "content": [text()]}
NOT_EMPTY = "all messages must have non-empty content except for the optional final assistant message"
REFUSED = [
    Refused(
        "R1",
        "system first",
        ask(system("Be brief."), user("q"), **OPUS),
        "messages.0",
        "messages.0: use the top-level 'system' parameter for the initial system prompt",
    ),
    Refused("R2", "no message", {**ask(), "messages": []}, "messages", "messages: at least one message is"),
    Refused("R3", "a message too many", ask(*[user("a")] * 100_001), "messages", "messages: "),
    Refused(
        "R5",
        "an empty assistant in the middle",
        ask(user("a"), assistant(""), user("b")),
        "messages.1",
        "messages.1: all messages must have non-empty content except for the optional final assistant "
        "message",
    ),
    Refused(
        "R5",
        "an empty user's word",
        ask(user("")),
        "messages.0",
        f"messages.0: {NOT_EMPTY}",
    ),
    Refused(
        "R5",
        "an empty list of the user's at the end",
        ask(user("a"), assistant("b"), user(), **OLDER),
        "messages.2",
        f"messages.2: {NOT_EMPTY}",
    ),
    Refused(
        "R6",
        "an empty text of the assistant's",
        ask(user("a"), assistant(text(""), text()), user("b")),
        "messages.1.content.0",
        "messages: text content blocks must be non-empty",
    ),
    Refused(
        "R6",
        "an empty text",
        ask(user(text("a"), text(""))),
        "messages.0.content.1",
        "messages: text content blocks must be non-empty",
    ),
    Refused(
        "R7",
        "white space alone",
        ask(user(text(" \n"))),
        "messages.0.content.0",
        "messages: text content blocks must contain non-whitespace text",
    ),
    Refused(
        "R8",
        "a role of old",
        ask(user("q"), {"role": "tool", "content": "a"}),
        "messages.1.role",
        'messages: Unexpected role "tool". Allowed roles are "user" or "assistant".',
    ),
    Refused(
        "R8",
        "another role of old",
        ask({"role": "function", "content": "a"}),
        "messages.0.role",
        'messages: Unexpected role "function". Allowed roles are "user" or "assistant".',
    ),
    Refused(
        "shape",
        "no role",
        ask({"content": "a"}),
        "messages.0.role",
        "messages.0.role: Field required",
    ),
    Refused(
        "R9",
        "a picture as another API writes it",
        ask(user(text(), {"type": "image_url", "image_url": {"url": "https://a/b"}})),
        "messages.0.content.1",
        "messages.0.content.1: Input tag 'image_url' found using 'type' does not match any of ",
    ),
    Refused(
        "R9",
        "a call in a result",
        ask(user("q"), assistant(use()), user(result(content=[use()]))),
        "messages.2.content.0.tool_result.content.0",
        "messages.2.content.0.tool_result.content.0: Input tag 'tool_use' found using 'type' does not match ",
    ),
    Refused(
        "R9",
        "a function as another API writes it",
        ask(tools=[{"type": "function", "function": {"name": "f"}}]),
        "tools.0",
        "tools.0: Input tag 'function' found using 'type' does not match any of ",
    ),
    Refused(
        "R10",
        "a key too many in a call",
        ask(user("q"), assistant(text(), use(index=1)), user(result())),
        "messages.1.content.1.tool_use.index",
        "messages.1.content.1.tool_use.index: Extra inputs are not permitted",
    ),
    Refused(
        "R10",
        "a key too many in a marker",
        ask(system=[text(), text(cache_control={"type": "ephemeral", "scope": "global"})]),
        "system.1.cache_control.ephemeral.scope",
        "system.1.cache_control.ephemeral.scope: Extra inputs are not permitted",
    ),
    Refused(
        "R10",
        "a key too many in the body",
        ask(response_format={}),
        "response_format",
        "response_format: Extra inputs are not permitted",
    ),
    Refused(
        "R10",
        "a key too many in a message",
        ask({**user("x"), "name": "bob"}),
        "messages.0.name",
        "messages.0.name: Extra inputs are not permitted",
    ),
    Refused(
        "R9",
        "a block of no known type",
        ask(user(text(), {"type": "foo"})),
        "messages.0.content.1",
        "messages.0.content.1: Input tag 'foo' found using 'type' does not match any of ",
        level="unknown",
    ),
    Refused(
        "R11",
        "a picture from the assistant",
        ask(user("a"), assistant(text(), IMAGE), user("b")),
        "messages.1.content.1",
        "messages.1.content: 'image' blocks are not permitted within assistant turns.",
    ),
    Refused(
        "R11",
        "a call from the user",
        ask(user(text(), use())),
        "messages.0.content.1",
        "messages.0: `tool_use` blocks can only be in `assistant` messages",
    ),
    Refused(
        "R11",
        "a result from the assistant",
        ask(user("q"), assistant(text(), result()), user("b")),
        "messages.1.content.1",
        "messages.1: `tool_result` blocks can only be in `user` messages",
    ),
    Refused(
        "R11",
        "a result from the assistant, told before the call that it leaves open",
        # tghamm/Anthropic.SDK#128
        ask(user("q"), assistant(use()), assistant(result(), text()), user("b")),
        "messages.2.content.0",
        "messages.2: `tool_result` blocks can only be in `user` messages",
    ),
    Refused(
        "R11",
        "a thought from the user",
        ask(user(text(), thought())),
        "messages.0.content.1",
        "messages.0.content: thinking blocks may only be in `assistant` messages",
    ),
    Refused(
        "R11",
        "a search from the user",
        ask(user(text(), search())),
        "messages.0.content.1",
        "messages.0: `server_tool_use` blocks can only be in `assistant` messages",
    ),
    Refused(
        "R11",
        "a search result from the assistant",
        ask(
            user("q"),
            assistant(text(), SEARCH_RESULT),
            user("b"),
        ),
        "messages.1.content.1",
        "messages.1.content: 'search_result' blocks are not permitted within assistant turns.",
    ),
    Refused(
        "R12",
        "a document from the assistant",
        ask(user("a"), assistant(text(), DOCUMENT), user("b")),
        "messages.1.content.1",
        "messages.1.content: 'document' blocks are not permitted within assistant turns.",
    ),
    Refused(
        "R13",
        "a user's citations",
        ask(user(text(citations=[CITATION]))),
        "messages.0.content.0.citations",
        "messages.0.content.0.citations: ",
    ),
    Refused(
        "R14",
        "temperature of 1",
        ask(temperature=1),
        "temperature",
        "temperature: Extra inputs are not permitted",
    ),
    Refused(
        "R15",
        "a begun answer on Sonnet 4.6",
        ask(user("a"), assistant("b"), model="claude-sonnet-4-6"),
        "messages.1",
        "This model does not support assistant message prefill. The conversation must end with a user "
        "message.",
    ),
    Refused(
        "R15",
        "a begun answer of two messages",
        ask(user("a"), assistant("b"), assistant("c")),
        "messages.2",
        "This model does not support assistant message prefill. ",
    ),
    Refused(
        "R16",
        "a begun list of blocks with a newline",
        ask(user("a"), assistant(text("x"), text("{\n")), **OLDER),
        "messages.1.content.1",
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    Refused(
        "R16",
        "a begun answer with a space",
        ask(user("a"), assistant("Answer: "), **OLDER),
        "messages.1.content",
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    Refused(
        "R17",
        "a begun answer and a schema",
        ask(user("a"), assistant("{"), **OLDER, output_config=FORMAT),
        "messages.1",
        "output_config.format: ",
    ),
]
LEGAL = [
    Legal("R1", "an assistant first", ask(assistant("hello"), user("q"))),
    Legal("R2", "one message", ask(user("q"))),
    Legal("R3", "as many messages as there may be", ask(*[user("a")] * 100_000)),
    Legal(
        "R4",
        "users in a row, and assistants",
        ask(user("a"), user("b"), assistant("c"), assistant("d"), user("e")),
    ),
    Legal("R5", "an empty assistant at the end", ask(user("a"), assistant(""), **OLDER)),
    Legal("R6", "a result that says nothing", ask(user("q"), assistant(use()), user(result(content="")))),
    Legal("R7", "white space around words", ask(user(text(" a\n")))),
    Legal("R8", "system where it may be", ask(user("a"), system("s"), **OPUS)),
    Legal(
        "R9",
        "a reference in a result",
        ask(
            user("q"),
            assistant(use()),
            user(result(content=[{"type": "tool_reference", "tool_name": "get_weather"}])),
        ),
    ),
    Legal(
        "R10",
        "nulls and callers that came in",
        ask(user("q"), assistant(text(citations=None), use(caller={"type": "direct"})), user(result())),
    ),
    Legal(
        "R11",
        "a picture in a result",
        ask(user("q"), assistant(use()), user(result(content=[text(), IMAGE]))),
    ),
    Legal(
        "R11",
        "an upload as it came",
        ask(user("q"), assistant(text(), {"type": "container_upload", "file_id": "f"}), user("b")),
    ),
    Legal(
        "R12",
        "a document from the assistant, before 2026",
        ask(user("a"), assistant(text(), DOCUMENT), user("b")),
        OLD,
    ),
    Legal(
        "R13", "the assistant's citations", ask(user("a"), assistant(text(citations=[CITATION])), user("b"))
    ),
    Legal("R14", "temperature of 1, before 2026", ask(temperature=1, **OLDER), OLD),
    Legal("R15", "a begun answer on Sonnet 4.5", ask(user("a"), assistant("1."), **OLDER)),
    Legal(
        "R16",
        "white space at the end of an earlier answer",
        ask(user("a"), assistant("b \n"), user("c"), **OLDER),
    ),
    Legal(
        "R17",
        "a schema and no begun answer",
        ask(user("a"), model="claude-opus-4-5", output_config=FORMAT),
    ),
]
