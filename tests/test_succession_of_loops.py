"""Client loops as public threads tell of them: each way to lose something, beside loops that only trim."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from asking import Json, ask, assistant, result, search, text, thought, use, user
from nbkit import check_session
from scripted import reply

Told = list[tuple[str, str]]

Q = user("What is the weather in Paris and in Rome?")
TWO = assistant(
    thought("both"),
    text("I'll look at both."),
    use("toolu_a", input={"city": "Paris"}),
    use("toolu_b", input={"city": "Rome"}),
)
BOTH = user(result("toolu_a", "Paris: rain, 12 °C"), result("toolu_b", "Rome: sunny, 24 °C"))
ANSWER = assistant("Rain in Paris, sun in Rome.")
MORE = user("And in Oslo?")
THIRD = assistant(thought("third"), use("toolu_c", input={"city": "Oslo"}))
SNOW = user(result("toolu_c", "Oslo: snow, -3 °C"))
LAST = assistant("Take boots.")
WHOLE = [Q, TWO, BOTH, ANSWER, MORE, THIRD, SNOW, LAST, user("thanks")]
SENT = [WHOLE[:1], WHOLE[:3], WHOLE[:5], WHOLE[:7], WHOLE]
CODE = "\n".join(f"def function_{k}(self, value): return self.compute(value, {k})" for k in range(40))
READ = assistant(use("toolu_r", input={"path": "app.py"}))
AFTER = [assistant("It defines forty functions."), user("Rename one.")]
EXCHANGES = [message for k in range(8) for message in (user(f"question {k}"), assistant(f"answer {k}"))]
ROUNDS = [
    message
    for k in range(8)
    for message in (
        assistant(thought(f"step {k}"), use(f"toolu_{k}", input={"path": f"{k}.py"})),
        user(result(f"toolu_{k}", f"content of {k}\n" + "x = 1\n" * 40)),
    )
]


def came(message: Json, stop_reason: str | None = None) -> Json:
    """The reply that a client takes into its history as this message."""
    content = message["content"]
    blocks = [text(content)] if isinstance(content, str) else content
    calls = any(block["type"] == "tool_use" for block in blocks)
    return reply(*blocks, stop_reason=stop_reason or ("tool_use" if calls else "end_turn"))


REPLIES = [came(TWO), came(ANSWER), came(THIRD), came(LAST), came(assistant("Bye."))]


def told(histories: list[list[Json]], replies: list[Any] | None = None, **params: Any) -> Told:
    requests = [copy.deepcopy(ask(*history, **params)) for history in histories]
    return [(problem.rule, problem.level) for problem in check_session(requests, replies)]


def without_finals(history: list[Json]) -> list[Json]:
    return [
        each for each in history if not (each["role"] == "assistant" and isinstance(each["content"], str))
    ]


def with_results(*results: Json) -> list[list[Json]]:
    """The results of two calls as they were, and as they came back one turn later."""
    return [WHOLE[:3], [Q, TWO, user(*results), ANSWER, MORE]]


def with_file(content: str, **more: Any) -> list[list[Json]]:
    """A long result as it was, and what the next turn has in its place."""
    ask_for = user("Read app.py.")
    was, now = user(result("toolu_r", CODE)), user(result("toolu_r", content, **more))
    return [[ask_for, READ, was], [ask_for, READ, now, *AFTER]]


PARIS, ROME = BOTH["content"]

# Without any reply to look at.
BROKEN: dict[str, tuple[list[list[Json]], Told]] = {
    # HKUDS/nanobot#1236: tool calls are kept, final texts are not
    "final answers never taken in": (
        [without_finals(history) for history in SENT],
        [("lost_assistant_turn", "warning"), ("lost_assistant_turn", "error")],
    ),
    "a chat of questions only": (
        [[user("a")], [user("a"), user("b")], [user("a"), user("b"), user("c")]],
        [("lost_assistant_turn", "warning"), ("lost_assistant_turn", "error")],
    ),
    "one of parallel results never sent": (
        [[Q], [Q, TWO, user(PARIS)]],
        [("lost_tool_result", "error")],
    ),
    "no result, and the user goes on": ([[Q], [Q, TWO, MORE]], [("lost_tool_result", "error")]),
    "results whose calls were never taken in": ([[Q], [Q, BOTH]], [("lost_assistant_turn", "error")]),
    "results alone, the history gone": ([[Q], [BOTH]], [("lost_assistant_turn", "error")]),
    "results under ids of the client's own": (
        [[Q], [Q, TWO, user(result("call_1", "rain"), result("call_2", "sun"))]],
        [("changed_ids", "error")],
    ),
    "a summary that cut between call and result": (
        [WHOLE[:7], [user("Summary: Paris and Rome are done."), SNOW]],
        [("lost_assistant_turn", "error")],
    ),
    "a window that begins with a result": ([WHOLE, WHOLE[6:]], [("lost_assistant_turn", "error")]),
    "ids exchanged between parallel calls": (
        [
            WHOLE[:3],
            [
                Q,
                assistant(
                    *TWO["content"][:2],
                    use("toolu_b", input={"city": "Paris"}),
                    use("toolu_a", input={"city": "Rome"}),
                ),
                BOTH,
                ANSWER,
                MORE,
            ],
        ],
        [("changed_ids", "error")],
    ),
    "three results that went round": (
        [
            [Q],
            [
                Q,
                assistant(*(use(f"toolu_{k}", input={"path": f"src/{k}.py"}) for k in range(3))),
                user(*(result(f"toolu_{k}", f"# src/{(k + 1) % 3}.py\nx = 1") for k in range(3))),
            ],
        ],
        [("swapped_results", "warning")],
    ),
    # openclaw/openclaw#65924: the failed reply and that of the retry
    "a reply taken in twice": ([WHOLE[:3], [Q, TWO, TWO, BOTH, ANSWER, MORE]], [("doubled_turn", "error")]),
    "a text streamed twice": (
        [WHOLE[:5], [Q, TWO, BOTH, assistant(ANSWER["content"] * 2), MORE, THIRD, SNOW]],
        [("reworded_text", "warning")],
    ),
    # turnstonelabs/turnstone#214, vercel/ai#11602: `signature_delta` not read
    "thinking without its signature": (
        [
            [Q],
            [Q, assistant({"type": "thinking", "thinking": "Hm.", "signature": ""}, use()), user(result())],
        ],
        [("lost_signature", "error")],
    ),
    # Automattic/agents-api#227: each round begins from the question again
    "every round begins anew": (
        [[Q], WHOLE[:3], [Q, THIRD, SNOW]],
        [("lost_tool_round", "warning")],
    ),
    "the last question gone, its answer not": (
        [WHOLE[:5], [*WHOLE[:4], THIRD, SNOW]],
        [("lost_user_turn", "warning")],
    ),
    "a short result cut": (
        with_results(result("toolu_a", "Paris"), ROME),
        [("changed_tool_result", "error")],
    ),
    "a short result told otherwise": (
        with_results(result("toolu_a", "Paris: 12"), ROME),
        [("changed_tool_result", "error")],
    ),
    "one result given to both calls": (
        with_results(result("toolu_a", ROME["content"]), ROME),
        [("changed_tool_result", "error")],
    ),
    "a result written down as [object Object]": (
        with_file("[object Object]"),
        [("changed_tool_result", "error")],
    ),
    "a result written down as null": (with_file("null"), [("changed_tool_result", "error")]),
    # QwenLM/qwen-code#9573
    "a result that the saved history had no more": (
        with_file("Tool result missing from saved history.", is_error=True),
        [("changed_tool_result", "error")],
    ),
    "a result that was thought never to have come": (
        with_file("[Tool execution interrupted. No result provided.]"),
        [("changed_tool_result", "error")],
    ),
    "only the status of a long result kept": (
        with_file("Executed successfully."),
        [("changed_tool_result", "warning")],
    ),
    "results moved behind another question": (
        [WHOLE[:5], [Q, TWO, MORE, ANSWER, BOTH, THIRD, SNOW]],
        [("lost_tool_result", "error")],
    ),
    "a call under another name": (
        [WHOLE[5:7], [assistant(thought("third"), {**THIRD["content"][1], "name": "x"}), SNOW, LAST, MORE]],
        [("changed_call", "warning")],
    ),
    "a picture gone, and nothing in its place": (
        [
            [Q, assistant(use("s")), user(result("s", [{"type": "image", "source": {}}]))],
            [Q, assistant(use("s")), user(result("s", "")), *AFTER],
        ],
        [("lost_tool_result", "warning")],
    ),
}

# What is certain with the replies at hand.
KNOWN: dict[str, tuple[list[list[Json]], list[Any], Told]] = {
    "final answers never taken in": (
        [without_finals(history) for history in SENT],
        REPLIES,
        [("lost_assistant_turn", "error"), ("lost_assistant_turn", "error")],
    ),
    "all of a tool loop gone with its answer": (
        [[Q], WHOLE[:3], [Q, MORE]],
        REPLIES[:3],
        [("lost_assistant_turn", "error")],
    ),
    "only the first of parallel calls kept": (
        [[Q], [Q, assistant(*TWO["content"][:3]), user(PARIS)]],
        [REPLIES[0], None],
        [("lost_block", "error")],
    ),
    "results alone, the history gone": (
        [[Q], [BOTH]],
        [REPLIES[0], None],
        [("lost_assistant_turn", "error")],
    ),
    "every round begins anew": (
        [[Q], WHOLE[:3], [Q, THIRD, SNOW]],
        [REPLIES[0], REPLIES[2], None],
        [("lost_tool_round", "error")],
    ),
    "the reply to a second try never taken in": (
        [WHOLE[:3], WHOLE[:3], [Q, TWO, BOTH, MORE]],
        [None, REPLIES[1], None],
        [("lost_assistant_turn", "error")],
    ),
    "thinking sent back as text": (
        [[Q], [Q, assistant(text("<thinking>Hm.</thinking>"), *TWO["content"][1:]), BOTH]],
        [REPLIES[0], None],
        [("lost_thinking", "error")],
    ),
}

LEGAL: dict[str, list[list[Json]]] = {
    "results in the order in which they came": [WHOLE[:3], [Q, TWO, user(ROME, PARIS), ANSWER, MORE]],
    "letters composed otherwise": [
        [Q, assistant("Zu\u0308rich"), MORE],
        [Q, assistant("Z\u00fcrich"), MORE, LAST, user("thanks")],
    ],
    "a rewind behind the first question": [[Q], [Q, ANSWER, user("do this")], [Q, user("rather do that")]],
    "a rewind behind a later question": [
        EXCHANGES[:5],
        EXCHANGES[:7],
        [*EXCHANGES[:5], user("and be brief")],
    ],
    "a rewind behind results": [*SENT[:3], [Q, TWO, user(*BOTH["content"], text("be brief"))]],
    "an empty reply, and a word to go on": [WHOLE[:3], [Q, TWO, BOTH, user("Please continue")]],
    "a user who interrupted": [[Q], [Q, user(text("[Request interrupted by user]"), text("In Oslo?"))]],
    "a window behind the first message, of odd length": [
        EXCHANGES[:n] if n < 9 else [EXCHANGES[0], *EXCHANGES[n - 7 : n]] for n in (1, 3, 5, 7, 9)
    ],
    "a picture with a word in its place": [
        [Q, assistant(use("s")), user(result("s", [text("ok"), {"type": "image", "source": {}}]))],
        [Q, assistant(use("s")), user(result("s", [text("ok"), text("[image]")])), *AFTER],
    ],
    "a long result told in short": with_file(
        "The file defines functions function_0 to function_39; each returns self.compute(value, n)."
    ),
    "names masked in an old result": with_results(
        result("toolu_a", "[CITY]: rain, 12 °C"), result("toolu_b", "<CITY>: sunny, 24 °C")
    ),
    "a note behind an old result": with_results(
        result("toolu_a", f"{PARIS['content']}\n<note>measured again since</note>"), ROME
    ),
    "a result as Python writes it": [
        [Q, READ, user(result("toolu_r", "{'a': 1, 'b': None}"))],
        [Q, READ, user(result("toolu_r", '{"a": 1, "b": null}')), *AFTER],
    ],
    "a picture uploaded": [
        [Q, READ, user(result("toolu_r", [{"type": "image", "source": {"data": "AAAA"}}]))],
        [Q, READ, user(result("toolu_r", [{"type": "image", "source": {"file_id": "f"}}])), *AFTER],
    ],
    "an input with other line ends": [
        [Q, assistant(use("x", input={"command": "ls\r\nZu\u0308rich"})), user(result("x"))],
        [Q, assistant(use("x", input={"command": "ls\nZ\u00fcrich"})), user(result("x")), *AFTER],
    ],
    "another message beside the last one, sent once more": [
        WHOLE[:3],
        [Q, TWO, user(*BOTH["content"], text("please hurry"))],
    ],
    "a long result cut": with_file(CODE[:120]),
    "the same template with other words": [[user(text("Classify:"), text(f"{k}"))] for k in range(3)],
    "the same examples before each question": [
        [user("cat"), assistant("Katze"), user("dog"), assistant("Hund"), user(f"word {k}")] for k in range(3)
    ],
    "two agents with one task": [
        [Q],
        [Q],
        [Q, TWO, BOTH],
        [Q, assistant(use("other", input={"city": "Paris"})), user(result("other", "rain"))],
    ],
}
# Placeholders that clients put in the place of old results, in their own words.
PLACEHOLDERS = [
    "[Old tool result content cleared]",
    "Old environment output: (40 lines omitted)",
    "<MASKED>",
    "[observation masked — 245 chars]",
    "[[NOTE] This file read has been removed to save space in the context window.]",
    "Tool result too large, it was saved in the filesystem at /large_tool_results/toolu_1",
    "[tool_call: read_file(1.py) -> exit=0, 245 bytes truncated]",
    "[file contents: 1.py, 41 lines, read at turn 3]",
    "<tool output pruned>",
    "Output skipped to save tokens.",
    "[Result from an earlier step]",
    "***",
    "…",
]
KNOWN_LEGAL: dict[str, tuple[list[list[Json]], list[Any]]] = {
    "given up before the tools had run, for another question": (
        [[Q], WHOLE[:3], [Q, MORE]],
        [REPLIES[0], None, None],
    ),
    "a request for a summary in the place of the last calls": (
        [
            WHOLE[:3],
            [Q, TWO, BOTH, user("Write a summary of the conversation so far.")],
            [user("Summary: x")],
        ],
        [came(THIRD), came(assistant("Summary: x")), None],
    ),
    "a rewind behind the first question": (
        [[Q], [Q, ANSWER, user("do this")], [Q, user("rather do that")]],
        [came(ANSWER), came(LAST), None],
    ),
    "two answers to one greeting, both gone on with": (
        [[user("Hi")], [user("Hi")], [user("Hi"), assistant("Done."), Q]],
        [came(assistant("Done.")), came(assistant(thought(), text("Well."), text("Done."))), None],
    ),
    "thoughts taken out of the text": (
        [[Q], [Q, ANSWER, MORE]],
        [came(assistant(f"<thinking>Hm.</thinking>\n{ANSWER['content']}")), None],
    ),
    "an empty answer": ([WHOLE[:3], [Q, TWO, BOTH, user("And?")]], [reply(), None]),
    "a paused search and its end in one turn": (
        [[Q], [Q, assistant(text("Searching."), search())]],
        [came(assistant(text("Searching."), search()), "pause_turn"), None],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_loop_loses_is_told_without_replies(name: str) -> None:
    histories, wanted = BROKEN[name]
    assert told(histories) == wanted


@pytest.mark.parametrize("name", KNOWN)
def test_what_a_loop_loses_is_certain_with_replies(name: str) -> None:
    histories, replies, wanted = KNOWN[name]
    assert told(histories, replies) == wanted


@pytest.mark.parametrize("name", LEGAL)
def test_a_loop_that_loses_nothing_is_told_nothing(name: str) -> None:
    assert told(LEGAL[name]) == []


@pytest.mark.parametrize("name", KNOWN_LEGAL)
def test_a_loop_that_loses_nothing_is_told_nothing_with_replies(name: str) -> None:
    assert told(*KNOWN_LEGAL[name]) == []


@pytest.mark.parametrize("words", PLACEHOLDERS)
def test_a_placeholder_for_old_results_is_no_loss(words: str) -> None:
    cleared = [
        user({**message["content"][0], "content": words}) if message["role"] == "user" else message
        for message in ROUNDS[:6]
    ]
    assert told([[Q, *ROUNDS[:10]], [Q, *cleared, *ROUNDS[6:12]]]) == []


def test_old_results_emptied_are_warned_of_when_the_young_ones_are_kept() -> None:
    emptied = [
        user({**message["content"][0], "content": ""}) if message["role"] == "user" else message
        for message in ROUNDS[:6]
    ]
    assert set(told([[Q, *ROUNDS[:10]], [Q, *emptied, *ROUNDS[6:12]]])) == {("lost_tool_result", "warning")}


def test_a_fix_of_what_a_loop_lost_leaves_no_error() -> None:
    for name in (
        "results whose calls were never taken in",
        "a window that begins with a result",
        "a reply taken in twice",
    ):
        requests = [copy.deepcopy(ask(*history)) for history in BROKEN[name][0]]
        replies = [REPLIES[0], None] if name.startswith("results") else None
        fixes = [problem.fix for problem in check_session(requests, replies) if problem.fix]
        assert fixes, name
        requests[-1] = fixes[0].apply(requests[-1])
        assert check_session(requests, replies) == [], name


# One made-up id and one beginning in requests that have nothing else to do with each other.
def test_requests_of_different_speakers_with_the_same_ids_are_no_conversation() -> None:
    other = {"name": "read_file", "input_schema": {"type": "object"}}
    requests = [
        ask(
            user("q"),
            assistant(use("toolu_01"), use("toolu_02")),
            user(result("toolu_01"), result("toolu_02")),
        ),
        ask(user("q"), assistant(use("toolu_01")), user(result("toolu_01")), tools=[other]),
        ask(
            user("q"),
            assistant(text("calling"), use("toolu_01", name="read_file")),
            user("go"),
            system="Other.",
        ),
    ]
    assert check_session(requests) == []


def test_an_id_that_names_other_calls_elsewhere_makes_no_conversation() -> None:
    """Requests of one collection: they begin alike, and every call in them has the same made-up id."""
    requests = [
        ask(
            user("q"),
            assistant(thought("a"), use("toolu_01", input={"city": "Paris"})),
            user(result("toolu_01")),
        ),
        ask(user("Weather?"), assistant(use("toolu_01", input={"city": "Rome"})), user(result("toolu_01"))),
        ask(
            user("q"),
            assistant(text("calling"), use("toolu_01", name="now")),
            user(result("toolu_01", "noon")),
        ),
    ]
    assert check_session(requests) == []
