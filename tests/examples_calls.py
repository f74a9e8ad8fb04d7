"""Examples of R19 to R28: calls and their results."""

from __future__ import annotations

from asking import (
    SEARCH_TOOL,
    TOOL,
    ask,
    assistant,
    found,
    result,
    search,
    text,
    use,
    user,
)
from examples import Json, Legal, Refused

OLDER: Json = {"model": "claude-sonnet-4-5"}
SEARCHING: Json = {**OLDER, "tools": [TOOL, SEARCH_TOOL]}
UNANSWERED = "`tool_use` ids were found without `tool_result` blocks immediately after: "


REFUSED = [
    Refused(
        "R19",
        "a call answered by text",
        ask(user("q"), assistant(use()), user("go on")),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}toolu_1. Each `tool_use` block must have a corresponding `tool_result` "
        "block in the next message.",
    ),
    Refused(
        "R19",
        "two calls answered by text, deep in the history",
        ask(user("q"), assistant(use("a"), use("b")), user("go on"), assistant("no"), user("why"), **OLDER),
        "messages.1.content.0",
        f"messages.1: {UNANSWERED}a, b. Each `tool_use` block must have a corresponding `tool_result` block "
        "in the next message.",
    ),
    Refused(
        "R19",
        "the second of three",
        ask(user("q"), assistant(use("a"), use("b"), use("c")), user(result("c"), result("a"))),
        "messages.1.content.1",
        f"messages.1: {UNANSWERED}b. ",
    ),
    Refused(
        "R19",
        "a call at the very end",
        ask(user("q"), assistant(text(), use())),
        "messages.1.content.1",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
    Refused(
        "R20",
        "a result of no call",
        ask(user("q"), assistant("a"), user(text(), result("toolu_9"))),
        "messages.2.content.1",
        "messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_9. Each "
        "`tool_result` block must have a corresponding `tool_use` block in the previous message.",
    ),
    Refused(
        "R20",
        "a result as the first word",
        ask(user(result())),
        "messages.0.content.0",
        "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. ",
    ),
    Refused(
        "R20",
        "a result told again a turn later",
        ask(user("q"), assistant(use()), user(result()), assistant("a"), user(result(), text())),
        "messages.4.content.0",
        "messages.4.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. ",
    ),
    Refused(
        "R21",
        "a text between two results",
        ask(user("q"), assistant(use("a"), use("b")), user(result("a"), text(), result("b"))),
        "messages.2.content.1",
        f"messages.1: {UNANSWERED}b. ",
    ),
    Refused(
        "R21",
        "a text in the message before the result",
        ask(user("q"), assistant(use()), user("wait"), user(result())),
        "messages.2.content",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
    Refused(
        "R21",
        "a text before the result",
        ask(user("q"), assistant(use()), user(text(), result())),
        "messages.2.content.0",
        f"messages.1: {UNANSWERED}toolu_1. ",
    ),
    Refused(
        "is_error",
        "a failure that says nothing",
        # bytedance/trae-agent#231, jlevy/markform#153, can1357/oh-my-pi#2250
        ask(user("q"), assistant(use()), user(result(content="", is_error=True))),
        "messages.2.content.0.tool_result",
        "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
    ),
    Refused(
        "is_error",
        "a failure with an empty list",
        ask(user("q"), assistant(use()), user(result(content=[], is_error=True))),
        "messages.2.content.0.tool_result",
        "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
    ),
    Refused(
        "is_error",
        "a failure without content",
        ask(
            user("q"),
            assistant(use()),
            user({"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True}),
        ),
        "messages.2.content.0.tool_result",
        "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
    ),
    Refused(
        "R24",
        "one id for two calls",
        ask(user("q"), assistant(use(), use()), user(result())),
        "messages.1.content.1",
        "messages.1.content.1: `tool_use` ids must be unique",
    ),
    Refused(
        "R24",
        "the id of an earlier turn",
        ask(user("q"), assistant(use()), user(result()), assistant(use()), user(result())),
        "messages.3.content.0",
        "messages.3.content.0: `tool_use` ids must be unique",
    ),
    Refused(
        "R25",
        "two results in two messages",
        ask(user("q"), assistant(use()), user(result()), user(result())),
        "messages.3.content.0",
        "messages.3.content.0: each tool_use must have a single result. Found multiple `tool_result` blocks "
        "with id: toolu_1",
    ),
    Refused(
        "R25",
        "two results of one call",
        ask(user("q"), assistant(use()), user(result(), result())),
        "messages.2.content.1",
        "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks "
        "with id: toolu_1",
    ),
    Refused(
        "R26",
        "a dot in an id",
        ask(user("q"), assistant(use("call.1")), user(result("call.1"))),
        "messages.1.content.0.tool_use.id",
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Refused(
        "R26",
        "a dot in a result's id",
        ask(user("q"), assistant("a"), user(result("call.1"))),
        "messages.2.content.0.tool_result.tool_use_id",
        "messages.2.content.0.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Refused(
        "R26",
        "an empty id",
        ask(user("q"), assistant(use("")), user(result(""))),
        "messages.1.content.0.tool_use.id",
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    Refused(
        "R26",
        "another maker's id of a search",
        ask(user("q"), assistant(search("call_1"), found("call_1")), user("b"), **SEARCHING),
        "messages.1.content.0.server_tool_use.id",
        "messages.1.content.0.server_tool_use.id: String should match pattern '^srvtoolu_[a-zA-Z0-9_]+$'",
    ),
    Refused(
        "R27",
        "a server's tool of no known name",
        ask(user("q"), assistant({**search(), "name": "analyze_image"}), user("b"), **SEARCHING),
        "messages.1.content.0.server_tool_use.name",
        "messages.1.content.0.server_tool_use.name: Input should be 'web_search', 'web_fetch', ",
        level="unknown",
    ),
    Refused(
        "R28",
        "what a server looked for, as a string",
        ask(user("q"), assistant({**search(), "input": "x"}, found()), user("b"), **SEARCHING),
        "messages.1.content.0.server_tool_use.input",
        "messages.1.content.0.server_tool_use.input: Input should be a valid dictionary",
    ),
    Refused(
        "R27",
        "no name",
        ask(user("q"), assistant(use(name="")), user(result())),
        "messages.1.content.0.tool_use.name",
        "messages.1.content.0.tool_use.name: String should have at least 1 character",
    ),
    Refused(
        "R27",
        "a name of 201 letters",
        ask(user("q"), assistant(use(name="n" * 201)), user(result())),
        "messages.1.content.0.tool_use.name",
        "messages.1.content.0.tool_use.name: String should have at most 200 characters",
    ),
    Refused(
        "R28",
        "JSON as a string",
        ask(user("q"), assistant(use(input='{"city":"Paris"}')), user(result())),
        "messages.1.content.0.tool_use.input",
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    Refused(
        "R28",
        "a list of arguments",
        ask(user("q"), assistant(use(input=[])), user(result())),
        "messages.1.content.0.tool_use.input",
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    Refused(
        "R28",
        "no input at all",
        ask(user("q"), assistant(use(input=None)), user(result())),
        "messages.1.content.0.tool_use.input",
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
]
LEGAL = [
    Legal(
        "R19",
        "calls of two messages",
        ask(user("q"), assistant(use("a")), assistant(use("b")), user(result("a"), result("b"))),
    ),
    Legal(
        "R19",
        "a result, then another user message",
        ask(user("q"), assistant(use()), user(result()), user("and?")),
    ),
    Legal("R19", "a call answered", ask(user("q"), assistant(use()), user(result()))),
    Legal(
        "R20",
        "results in two messages",
        ask(user("q"), assistant(use("a"), use("b")), user(result("b")), user(result("a"))),
    ),
    Legal("R21", "a text behind the result", ask(user("q"), assistant(use()), user(result(), text()))),
    Legal(
        "is_error",
        "a success that says nothing",
        ask(user("q"), assistant(use()), user(result(content="", is_error=False))),
    ),
    Legal("is_error", "a failure", ask(user("q"), assistant(use()), user(result(is_error=True)))),
    Legal("R24", "two calls", ask(user("q"), assistant(use("a"), use("b")), user(result("a"), result("b")))),
    Legal(
        "R25",
        "one result with two texts",
        ask(user("q"), assistant(use()), user(result(content=[text(), text()]))),
    ),
    Legal(
        "R26", "an id of another make", ask(user("q"), assistant(use("call-1_x")), user(result("call-1_x")))
    ),
    Legal("R27", "a name of 200 letters", ask(user("q"), assistant(use(name="n" * 200)), user(result()))),
    Legal("R28", "no arguments", ask(user("q"), assistant(use(input={})), user(result()))),
]
