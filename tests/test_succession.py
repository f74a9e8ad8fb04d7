"""What gets lost between requests is told; its legitimate neighbour passes without a word."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from asking import (
    TOOL,
    Json,
    ask,
    assistant,
    found,
    result,
    search,
    system,
    text,
    thought,
    use,
    user,
)
from nbkit import check_session
from scripted import reply

LONG = "It was a bright cold day in April, and the clocks were striking thirteen. " * 20
BOUND = "claude-opus-5-5"


def session(*histories: list[Json], **params: Any) -> list[Json]:
    """One request for each history, copied as if it had come over the wire."""
    return [copy.deepcopy(ask(*history, **params)) for history in histories]


def told(requests: list[Json], replies: list[Any] | None = None) -> list[tuple[str, str]]:
    return [(problem.rule, problem.level) for problem in check_session(requests, replies)]


Q = user("q")
A = assistant("Paris is the capital.")
ROUND = assistant(thought(), text("Let me look."), use())
DONE = user(result())
TWO = assistant(use("a", input={"city": "Rome"}), use("b", input={"city": "Oslo"}))
BOTH = user(result("a", "warm"), result("b", "cold"))
SAID = assistant("It is warm.")
HIT = {"type": "web_search_result", "url": "https://a.example", "title": "A", "encrypted_content": "E"}
EXCHANGES = [message for k in range(6) for message in (user(f"question {k}"), assistant(f"answer {k}"))]
ROUNDS = [
    message
    for k in range(6)
    for message in (assistant(use(f"toolu_{k}", input={"k": k})), user(result(f"toolu_{k}", f"found {k}")))
]

# name: histories, what is told of them
BROKEN: dict[str, tuple[list[list[Json]], list[tuple[str, str]]]] = {
    "an assistant turn dropped": (
        [[Q, A, user("and Italy?")], [Q, user("and Italy?"), assistant("Rome"), user("thanks")]],
        [("lost_assistant_turn", "error")],
    ),
    "every assistant turn dropped": (
        [[Q, A, user("b"), SAID, user("c")], [Q, user("b"), user("c"), user("d")]],
        [("lost_assistant_turn", "error"), ("lost_assistant_turn", "error")],
    ),
    "history of user turns only": ([[Q], [Q, user("b")]], [("lost_assistant_turn", "warning")]),
    "a whole answer dropped with its rounds": (
        [[Q, ROUND, DONE, SAID, user("b")], [Q, user("b"), A, user("c")]],
        [("lost_assistant_turn", "error")],
    ),
    "user turns only behind a tool loop": (
        [[Q], [Q, ROUND, DONE], [Q, user("b")]],
        [("lost_assistant_turn", "warning")],
    ),
    "a later answer of a long history dropped": (
        [EXCHANGES[:9], [*EXCHANGES[:5], *EXCHANGES[6:10], user("next")]],
        [("lost_assistant_turn", "error")],
    ),
    "an assistant turn cut off": (
        [[Q, A, user("b")], [Q, assistant("Paris is"), user("b"), SAID, user("c")]],
        [("truncated_text", "error")],
    ),
    "an assistant turn reworded": (
        [[Q, A, user("b")], [Q, assistant("I can't say."), user("b"), SAID, user("c")]],
        [("reworded_text", "warning")],
    ),
    "thinking dropped in an open tool loop": (
        [
            [Q, ROUND, DONE],
            [Q, assistant(text("Let me look."), use()), DONE, assistant(use("t2")), user(result("t2"))],
        ],
        [("lost_thinking", "error")],
    ),
    "redacted thinking dropped in an open tool loop": (
        [
            [Q, assistant({"type": "redacted_thinking", "data": "x"}, use()), DONE],
            [Q, assistant(use()), DONE, assistant(use("t2")), user(result("t2"))],
        ],
        [("lost_thinking", "error")],
    ),
    "thinking dropped, with text beside the results": (
        [[Q, ROUND, DONE], [Q, assistant(text("Let me look."), use()), user(result(), text("hurry"))]],
        [("lost_thinking", "warning")],
    ),
    "a signature changed": (
        [
            [Q, ROUND, DONE],
            [Q, assistant(thought("other"), text("Let me look."), use()), DONE, SAID, user("b")],
        ],
        [("changed_thinking", "error")],
    ),
    "the text of thinking changed": (
        [
            [Q, ROUND, DONE],
            [Q, assistant({**thought(), "thinking": "Ha."}, text("Let me look."), use()), DONE],
        ],
        [("changed_thinking", "error")],
    ),
    "thinking moved behind the call": (
        [[Q, ROUND, DONE], [Q, assistant(text("Let me look."), use(), thought()), DONE]],
        [("moved_thinking", "error")],
    ),
    "text beside the call dropped": (
        [[Q, ROUND, DONE], [Q, assistant(thought(), use()), DONE, SAID, user("b")]],
        [("lost_block", "error")],
    ),
    "a result dropped": (
        [[Q, TWO, BOTH], [Q, TWO, user(result("a", "warm")), SAID, user("b")]],
        [("lost_tool_result", "error")],
    ),
    "a result emptied": (
        [[Q, TWO, BOTH], [Q, TWO, user(result("a", ""), result("b", "cold")), SAID, user("b")]],
        [("lost_tool_result", "error")],
    ),
    "a result replaced": (
        [[Q, TWO, BOTH], [Q, TWO, user(result("a", "rainy, I think"), result("b", "cold")), SAID, user("b")]],
        [("changed_tool_result", "error")],
    ),
    "results swapped": (
        [[Q, TWO, BOTH], [Q, TWO, user(result("a", "cold"), result("b", "warm")), SAID, user("b")]],
        [("swapped_results", "error")],
    ),
    "results swapped when sent again": (
        [[Q, TWO, BOTH], [Q, TWO, user(result("a", "cold"), result("b", "warm"))]],
        [("swapped_results", "error")],
    ),
    "results that speak of each other's inputs": (
        [[Q], [Q, TWO, user(result("a", "Oslo: 3 °C"), result("b", "Rome: 22 °C"))]],
        [("swapped_results", "warning")],
    ),
    "the mark of an error dropped": (
        [[Q, ROUND, user(result(is_error=True))], [Q, ROUND, DONE, SAID, user("b")]],
        [("lost_is_error", "error")],
    ),
    "ids made anew, results too": (
        [
            [Q, TWO, BOTH],
            [
                Q,
                assistant(*({**each, "id": each["id"] * 2} for each in TWO["content"])),
                user(result("aa", "warm"), result("bb", "cold")),
                SAID,
                user("b"),
            ],
        ],
        [("changed_ids", "warning")],
    ),
    "an id changed, its result not": (
        [[Q, ROUND, DONE], [Q, assistant(thought(), text("Let me look."), use("other")), DONE]],
        [("changed_ids", "error")],
    ),
    "an input emptied": (
        [[Q, TWO, BOTH], [Q, assistant(use("a"), TWO["content"][1]), BOTH, SAID, user("b")]],
        [("changed_call", "error")],
    ),
    "a server tool's blocks dropped": (
        [
            [Q, assistant(search(), found(), text("Found.")), user("b")],
            [Q, assistant(text("Found.")), user("b"), SAID, user("c")],
        ],
        [("lost_block", "error"), ("lost_block", "error")],
    ),
    "a sealed field dropped": (
        [
            [
                Q,
                assistant(
                    search(),
                    {
                        **found(),
                        "content": [
                            {"type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "x"}
                        ],
                    },
                ),
                user("b"),
            ],
            [
                Q,
                assistant(
                    search(),
                    {**found(), "content": [{"type": "web_search_result", "url": "u", "title": "t"}]},
                ),
                user("b"),
                SAID,
                user("c"),
            ],
        ],
        [("changed_block", "error")],
    ),
    "an unknown field dropped": (
        [[Q, assistant(use(novelty=1)), DONE], [Q, assistant(use()), DONE, SAID, user("b")]],
        [("lost_fields", "warning")],
    ),
    "who called dropped": (
        [
            [Q, assistant(use(caller={"type": "code_execution_20260120", "tool_id": "s"})), DONE],
            [Q, assistant(use()), DONE, SAID, user("b")],
        ],
        [("lost_fields", "error")],
    ),
    "citations dropped": (
        [
            [
                Q,
                assistant(text("Found.", citations=[{"type": "char_location", "cited_text": "x"}])),
                user("b"),
            ],
            [Q, assistant(text("Found.")), user("b"), SAID, user("c")],
        ],
        [("lost_citations", "warning")],
    ),
    "the round before the answer dropped": (
        [[Q], [Q, ROUND, DONE], [Q, SAID, user("b")]],
        [("lost_tool_round", "warning")],
    ),
    "the rounds of an older turn dropped": (
        [
            [*EXCHANGES[:4], Q, ROUND, DONE, SAID, user("b")],
            [*EXCHANGES[:4], Q, SAID, user("b"), A, user("c")],
        ],
        [("lost_tool_round", "warning")],
    ),
    "a question dropped, its answer not": (
        [[Q, A, user("b"), SAID, user("c")], [Q, A, SAID, user("c"), assistant("x"), user("d")]],
        [("lost_user_turn", "warning")],
    ),
    "one parallel call dropped with its result": (
        [[Q, TWO, BOTH], [Q, assistant(TWO["content"][0]), user(result("a", "warm")), SAID, user("b")]],
        [("lost_block", "error")],
    ),
    "a compaction block dropped": (
        [
            [assistant({"type": "compaction", "content": "Summary."}, text("ok")), Q],
            [assistant(text("ok")), Q, SAID, user("b")],
        ],
        [("lost_block", "error")],
    ),
}

LEGAL: dict[str, list[list[Json]]] = {
    "one request": [[Q]],
    "the same again": [[Q, A, user("b")], [Q, A, user("b")], [Q, A, user("b")]],
    "a conversation": [[Q], [Q, A, user("b")], [Q, A, user("b"), SAID, user("c")]],
    "a tool loop": [
        [Q],
        [Q, ROUND, DONE],
        [Q, ROUND, DONE, assistant(thought("two"), use("t2")), user(result("t2"))],
    ],
    "thinking of a finished turn dropped": [
        [Q, ROUND, DONE],
        [Q, assistant(text("Let me look."), use()), DONE, SAID, user("b")],
    ],
    "string and list": [
        [Q, A, user("b")],
        [user(text("q")), assistant(text(A["content"])), user(text("b")), SAID, user("c")],
    ],
    "cache markers moved": [
        [user(text("q", cache_control={"type": "ephemeral"}))],
        [Q, A, user(text("b", cache_control={"type": "ephemeral"}))],
    ],
    "user messages joined": [[Q, user("r")], [user(text("q"), text("r")), A, user("b")]],
    "results in one message": [
        [Q, TWO, user(result("a", "warm")), user(result("b", "cold"))],
        [Q, TWO, BOTH, SAID, user("b")],
    ],
    "nulls and defaults": [
        [
            Q,
            assistant(text("x", citations=None), use(caller={"type": "direct"})),
            user(result(is_error=False)),
        ],
        [Q, assistant(text("x"), use()), DONE, SAID, user("b")],
    ],
    "nulls inside a server's result dropped and added": [
        [Q, assistant(search(), {**found(), "content": [{**HIT, "page_age": None}]}, use()), DONE],
        [
            Q,
            assistant(search(), {**found(), "caller": None, "content": [HIT]}, use()),
            DONE,
            SAID,
            user("b"),
        ],
    ],
    "nulls inside a tool's result dropped": [
        [Q, ROUND, user(result(content=[{**text("warm"), "citations": None}]))],
        [Q, ROUND, user(result(content=[text("warm")])), SAID, user("b")],
    ],
    "empty text dropped": [
        [Q, assistant(text(""), use()), DONE],
        [Q, assistant(use()), DONE, SAID, user("b")],
    ],
    "oldest exchanges dropped": [EXCHANGES[:9], [*EXCHANGES[4:10], user("next")]],
    "oldest exchanges dropped, again and again": [EXCHANGES[k : k + 5] for k in range(0, 7, 2)],
    "the front cut in mid-exchange": [EXCHANGES[:9], [*EXCHANGES[3:10], user("next")]],
    "oldest dropped behind the first message": [
        EXCHANGES[:9],
        [EXCHANGES[0], *EXCHANGES[5:10], user("next")],
    ],
    "a window behind the first message that cuts one answer off": [
        EXCHANGES[:9],
        [EXCHANGES[0], *EXCHANGES[2:10], user("next")],
    ],
    "oldest dropped behind the first exchange": [
        EXCHANGES[:9],
        [*EXCHANGES[:2], *EXCHANGES[6:10], user("next")],
    ],
    "oldest rounds dropped behind the task": [[Q, *ROUNDS[:8]], [Q, *ROUNDS[4:10]]],
    "a window behind the first message, from the start": [
        [EXCHANGES[0], *EXCHANGES[max(1, k - 5) : k]] for k in range(3, 12, 2)
    ],
    "a window behind the task, from the start": [[Q, *ROUNDS[max(0, k - 4) : k]] for k in range(2, 13, 2)],
    "a window of exchanges joined with the first message": [
        [EXCHANGES[0], *EXCHANGES[2:7]],
        [EXCHANGES[0], *EXCHANGES[4:9]],
        [EXCHANGES[0], *EXCHANGES[6:11]],
    ],
    "old history summarised": [
        EXCHANGES[:9],
        [user("Summary: six questions."), *EXCHANGES[7:10], user("next")],
    ],
    "old history summarised behind the first message": [
        EXCHANGES[:9],
        [EXCHANGES[0], assistant("So far: questions were answered."), *EXCHANGES[6:10], user("next")],
    ],
    "everything summarised": [EXCHANGES[:9], [user("Summary: six questions. Go on.")]],
    "a compaction block in place of all before it": [
        [*EXCHANGES[:4], assistant({"type": "compaction", "content": "S"}, text("ok")), user("b")],
        [assistant({"type": "compaction", "content": "S"}, text("ok")), user("b"), SAID, user("c")],
    ],
    "old results cleared": [
        [Q, *ROUNDS[:6]],
        [
            Q,
            *[
                m
                if m["role"] == "assistant" or k > 3
                else user(result(m["content"][0]["tool_use_id"], "[cleared]"))
                for k, m in enumerate(ROUNDS[:8])
            ],
        ],
    ],
    "an old call's input cleared with its result": [
        [Q, TWO, BOTH],
        [
            Q,
            assistant(use("a", input={}), TWO["content"][1]),
            user(result("a", "[cleared]"), result("b", "cold")),
            SAID,
            user("b"),
        ],
    ],
    "a long input shortened": [
        [Q, assistant(use(input={"path": "a.txt", "content": LONG})), DONE],
        [
            Q,
            assistant(use(input={"path": "a.txt", "content": LONG[:50] + "... [truncated]"})),
            DONE,
            SAID,
            user("b"),
        ],
    ],
    "a long result cut short": [
        [Q, ROUND, user(result(content=LONG))],
        [Q, ROUND, user(result(content=LONG[:300] + "\n[... truncated 1 kB]")), SAID, user("b")],
    ],
    "a long result summarised": [
        [Q, ROUND, user(result(content=LONG))],
        [Q, ROUND, user(result(content="A bright cold day; clocks strike thirteen.")), SAID, user("b")],
    ],
    "an image dropped from a result": [
        [Q, ROUND, user(result(content=[text("shot"), {"type": "image", "source": {}}]))],
        [Q, ROUND, user(result(content=[text("shot")])), SAID, user("b")],
    ],
    "an image dropped from a message": [
        [user(text("q"), {"type": "image", "source": {}})],
        [Q, A, user("b")],
    ],
    "JSON of a result written anew": [
        [Q, ROUND, user(result(content='{"a": 1, "b": 2}'))],
        [Q, ROUND, user(result(content='{"b":2,"a":1}')), SAID, user("b")],
    ],
    "the last message edited": [[Q, A, user("b")], [Q, A, user("c")]],
    "the last result edited": [[Q, ROUND, DONE], [Q, ROUND, user(result(content="24 °C"))]],
    "back to an earlier point": [EXCHANGES[:9], EXCHANGES[:5], [*EXCHANGES[:4], user("otherwise")]],
    "another answer to the same question": [[Q], [Q, A, user("b")], [Q], [Q, SAID, user("b")]],
    "an answer with calls, and one without": [[Q], [Q, ROUND, DONE], [Q], [Q, SAID, user("b")]],
    "two conversations in turns": [
        [Q],
        [user("other")],
        [Q, A, user("b")],
        [user("other"), SAID, user("more")],
        [Q, A, user("b"), SAID, user("c")],
    ],
    "two conversations with one beginning": [[Q], [Q], [Q, A, user("b")], [Q, SAID, user("b")]],
    "a side question at the end": [
        EXCHANGES[:3],
        [*EXCHANGES[:4], user("Give this a title.")],
        EXCHANGES[:5],
    ],
    "a prefill that grows": [[Q, assistant("{")], [Q, assistant('{"a": 1}'), user("b")]],
    "a prefill dropped": [[Q, assistant("{")], [Q, assistant("No."), user("b")]],
    "a paused turn continued": [
        [Q],
        [Q, assistant(text("Searching."), search())],
        [Q, assistant(text("Searching."), search(), found(), text("Found.")), user("b")],
    ],
    "a reminder that comes and goes": [
        [user(text("q"), text("<reminder>be brief</reminder>"))],
        [Q, A, user(text("b"), text("<reminder>be brief</reminder>"))],
        [Q, A, user("b"), SAID, user(text("c"), text("<reminder>be brief</reminder>"))],
    ],
    "a whole exchange deleted": [EXCHANGES[:9], [*EXCHANGES[:4], *EXCHANGES[6:10], user("next")]],
    "a system message in between": [[Q], [Q, system("Be brief.")], [Q, system("Be brief."), A, user("b")]],
    "texts of one turn joined": [
        [Q, assistant(text("one "), text("two")), user("b")],
        [Q, assistant("one two"), user("b"), SAID, user("c")],
    ],
    "an old answer shortened on purpose": [
        [Q, assistant(LONG), user("b")],
        [Q, assistant(LONG[:200] + "… [truncated]"), user("b"), SAID, user("c")],
    ],
    "results that name their own inputs": [
        [Q],
        [Q, TWO, user(result("a", "Rome: 22"), result("b", "Oslo: 3"))],
    ],
    "tools used by a search": [
        [Q, assistant(search(), found(), text("x")), user("b")],
        [Q, assistant(search(), found(), text("x")), user("b"), SAID, user("c")],
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_lost_is_told(name: str) -> None:
    histories, wanted = BROKEN[name]
    assert told(session(*histories)) == wanted, check_session(session(*histories))


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_legitimate_is_silent(name: str) -> None:
    assert check_session(session(*LEGAL[name])) == []


# What is known for certain with the replies at hand.
KNOWN: dict[str, tuple[list[list[Json]], list[Any], list[tuple[str, str]]]] = {
    "the reply not taken into the history": (
        [[Q], [Q, user("b")]],
        [reply(text("Paris.")), None],
        [("lost_assistant_turn", "error")],
    ),
    "the reply cut off": (
        [[Q], [Q, assistant("Paris is"), user("b")]],
        [reply(text("Paris is the capital.")), None],
        [("truncated_text", "error")],
    ),
    "another text in place of the reply": (
        [[Q], [Q, assistant("I can't say."), user("b")]],
        [reply(text("Paris is the capital.")), None],
        [("reworded_text", "error")],
    ),
    "the reply's thinking dropped": (
        [[Q], [Q, assistant(use()), DONE]],
        [reply(thought(), use(), stop_reason="tool_use"), None],
        [("lost_thinking", "error")],
    ),
    "the reply's text dropped": (
        [[Q], [Q, assistant(use()), DONE]],
        [reply(text("Let me look."), use(), stop_reason="tool_use"), None],
        [("lost_block", "error")],
    ),
    "the reply's call answered under another id": (
        [[Q], [Q, assistant(use("mine")), user(result("mine"))]],
        [reply(use("toolu_9"), stop_reason="tool_use"), None],
        [("changed_ids", "warning")],
    ),
    "a call of the reply left out": (
        [[Q], [Q, assistant(text("Let me look.")), user("never mind")]],
        [reply(text("Let me look."), use(), stop_reason="tool_use"), None],
        [("lost_block", "warning")],
    ),
    "the calls and results between question and answer": (
        [[Q], [Q, ROUND, DONE], [Q, SAID, user("b")]],
        [reply(*ROUND["content"], stop_reason="tool_use"), reply(text(SAID["content"])), None],
        [("lost_tool_round", "error")],
    ),
    "the container of a waiting call": (
        [[Q], [Q, assistant(use(caller={"type": "code_execution_20260120", "tool_id": "srvtoolu_1"})), DONE]],
        [
            {
                **reply(
                    use(caller={"type": "code_execution_20260120", "tool_id": "srvtoolu_1"}),
                    stop_reason="tool_use",
                ),
                "container": {"id": "container_1"},
            },
            None,
        ],
        [("lost_container", "error")],
    ),
}
KNOWN_LEGAL: dict[str, tuple[list[list[Json]], list[Any]]] = {
    "the reply taken over": ([[Q], [Q, A, user("b")]], [reply(text(A["content"])), None]),
    "no reply came, the user says more": ([[Q], [Q, user("hello?")]], [None, None]),
    "a refusal left out": ([[Q], [Q, user("b")]], [reply(text("I"), stop_reason="refusal"), None]),
    "a refusal without content": ([[Q], [Q, user("b")]], [reply(stop_reason="refusal"), None]),
    "a cut call left out": (
        [[Q], [Q, assistant(text("Let me look.")), user("b")]],
        [reply(text("Let me look."), use(), stop_reason="max_tokens"), None],
    ),
    "sent again with more room": ([[Q], [Q]], [reply(text("Par"), stop_reason="max_tokens"), None]),
    "sent twice, the second reply taken": (
        [[Q], [Q], [Q, SAID, user("b")]],
        [reply(text(A["content"])), reply(text(SAID["content"])), None],
    ),
    "sent twice, the first reply taken": (
        [[Q], [Q], [Q, A, user("b")]],
        [reply(text(A["content"])), reply(text(SAID["content"])), None],
    ),
    "back to an earlier point": (
        [[Q], [Q, A, user("b")], [Q, A, user("c")]],
        [reply(text(A["content"])), reply(text("x")), None],
    ),
    "a prefill joined with its reply": (
        [[Q, assistant("{")], [Q, assistant('{"a": 1}'), user("b")]],
        [reply(text('"a": 1}')), None],
    ),
    "a reply tried again with a prefill": ([[Q], [Q, assistant("{")]], [reply(text("no JSON")), None]),
    "a turn paused and continued": (
        [[Q], [Q, assistant(search())], [Q, assistant(search(), found(), text("x")), user("b")]],
        [reply(search(), stop_reason="pause_turn"), reply(found(), text("x")), None],
    ),
    "a compaction made on demand": (
        [EXCHANGES[:9], [assistant({"type": "compaction", "content": "S"}), user("b")]],
        [reply({"type": "compaction", "content": "S"}, stop_reason="compaction"), None],
    ),
    "a fallback's void blocks": (
        [[Q], [Q, assistant({"type": "fallback", "from": {}, "to": {}}, text("ok")), user("b")]],
        [reply(thought(), use(), {"type": "fallback", "from": {}, "to": {}}, text("ok")), None],
    ),
    "trimmed at the front": (
        [EXCHANGES[:9], [*EXCHANGES[4:10], user("next")]],
        [reply(text(EXCHANGES[9]["content"])), None],
    ),
    "citations without their file ids": (
        [
            [Q],
            [
                Q,
                assistant(text("x", citations=[{"type": "page_location", "document_title": None}])),
                user("b"),
            ],
        ],
        [
            reply(text("x", citations=[{"type": "page_location", "document_title": None, "file_id": None}])),
            None,
        ],
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_with_the_replies_at_hand_it_is_certain(name: str) -> None:
    histories, replies, wanted = KNOWN[name]
    assert told(session(*histories), replies) == wanted, check_session(session(*histories), replies)


@pytest.mark.parametrize("name", KNOWN_LEGAL)
def test_what_is_legitimate_stays_silent_with_the_replies_at_hand(name: str) -> None:
    histories, replies = KNOWN_LEGAL[name]
    assert check_session(session(*histories), replies) == []


def test_a_fix_restores_what_was_lost() -> None:
    for name, (histories, _) in BROKEN.items():
        requests = session(*histories)
        for _ in range(5):
            fix = next((each.fix for each in check_session(requests) if each.fix), None)
            if fix is None:
                break
            requests[-1] = fix.apply(requests[-1])
        left = [each for each in check_session(requests) if each.level == "error"]
        assert left == [], name


def test_a_restored_block_stands_where_it_stood() -> None:
    requests = session(*BROKEN["text beside the call dropped"][0])
    [problem] = check_session(requests)
    assert problem.fix is not None
    assert problem.fix.apply(requests[1])["messages"][1] == ROUND


def test_a_restored_block_brings_no_cache_marker() -> None:
    marked = assistant(text("Let me look.", cache_control={"type": "ephemeral"}), use())
    requests = session([Q, marked, DONE], [Q, assistant(use()), DONE, SAID, user("b")])
    [problem] = check_session(requests)
    assert problem.fix is not None
    assert problem.fix.apply(requests[1])["messages"][1]["content"][0] == text("Let me look.")


def test_the_path_names_the_later_request_and_the_message_both() -> None:
    requests = session(
        [user("another")], [Q, TWO, BOTH], [Q, TWO, user(result("a", "warm")), SAID, user("b")]
    )
    [problem] = check_session(requests)
    assert problem.path == "requests.2.messages.2"
    assert problem.message.startswith(
        "requests.2.messages.2: the result of b, which request 1 (messages.2.content.1)"
    )
    assert problem.why
    assert json.loads(json.dumps(problem.to_json())) == problem.to_json()


def test_each_loss_is_told_once_not_with_every_request_after_it() -> None:
    lost = [Q, assistant(use()), DONE]
    told_of = told(
        session(
            [Q, assistant(text("x"), use()), DONE],
            [*lost, SAID, user("b")],
            [*lost, SAID, user("b"), A, user("c")],
        )
    )
    assert told_of == [("lost_block", "error")]


# Thinking that is bound to its prefix (R36): any change above it counts.
THOUGHT = assistant(thought(), text("Paris."))


@pytest.mark.parametrize(
    "changed",
    [
        [user("Q"), THOUGHT, user("b"), SAID, user("c")],
        [user("q"), user("more"), THOUGHT, user("b"), SAID, user("c")],
    ],
)
def test_an_edit_above_bound_thinking_breaks_it(changed: list[Json]) -> None:
    histories = [Q, THOUGHT, user("b")], changed
    assert told(session(*histories, model=BOUND)) == [("broken_prefix", "error")]
    assert told(session(*histories)) == []
    drop = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    assert told(session(*histories, model=BOUND, thinking=drop)) == []


def test_the_fix_for_a_broken_prefix_removes_the_thinking() -> None:
    requests = session([Q, THOUGHT, user("b")], [user("Q"), THOUGHT, user("b"), SAID, user("c")], model=BOUND)
    [problem] = check_session(requests)
    assert problem.fix is not None
    requests[1] = problem.fix.apply(requests[1])
    assert requests[1]["messages"][1] == assistant(text("Paris."))
    assert check_session(requests) == []


def test_trimming_is_legitimate_on_a_bound_model_when_the_thinking_goes_too() -> None:
    whole = [Q, THOUGHT, user("b"), assistant(thought("two"), text("Rome.")), user("c")]
    assert told(session(whole, [user("b"), assistant(text("Rome.")), user("c")], model=BOUND)) == []
    assert told(session(whole, [*whole[2:], SAID, user("d")], model=BOUND)) == [("broken_prefix", "error")]


def test_leaving_out_only_older_thinking_is_warned_of_on_a_bound_model() -> None:
    whole = [Q, THOUGHT, user("b"), assistant(thought("two"), use()), DONE]
    less = [Q, assistant(text("Paris.")), *whole[2:], SAID, user("c")]
    assert [level for _, level in told(session(whole, less, model=BOUND))] == ["warning"]


def test_a_changed_system_or_tool_is_told_where_thinking_is_bound_to_it() -> None:
    def both(first: Json, second: Json, **params: Any) -> list[tuple[str, str]]:
        mark = {"cache_control": {"type": "ephemeral"}}
        one = [Q, THOUGHT, user(text("b", **mark))]
        two = [Q, THOUGHT, user("b"), SAID, user(text("c", **mark))]
        return told(
            [copy.deepcopy(ask(*one, **first, **params)), copy.deepcopy(ask(*two, **second, **params))]
        )

    old, new = {"system": "It is nine."}, {"system": "It is ten."}
    assert both(old, new) == []
    assert both(old, {"system": [text("It is nine.")]}, model=BOUND) == []
    assert both(old, new, model=BOUND) == [("changed_system", "warning")]
    other = [{**TOOL, "name": "other"}]
    assert both({}, {"tools": other}) == []
    assert both({}, {"tools": other}, model=BOUND) == [("changed_tools", "warning")]


def test_the_line_of_a_clients_bill_is_no_part_of_the_system() -> None:
    def bill(number: int) -> list[Json]:
        return [text(f"x-anthropic-billing-header: cc_version=2.1; cch={number};"), text("Be brief.")]

    one, two = [Q, THOUGHT, user("b")], [Q, THOUGHT, user("b"), SAID, user("c")]
    assert told([ask(*one, model=BOUND, system=bill(1)), ask(*two, model=BOUND, system=bill(2))]) == []


def test_another_model_drops_bound_thinking() -> None:
    one, two = [Q, THOUGHT, user("b")], [Q, THOUGHT, user("b"), SAID, user("c")]
    requests = [ask(*one, model=BOUND), ask(*two, model="claude-sonnet-5")]
    assert told(requests) == [("changed_model", "warning")]
    without = [Q, assistant(text("Paris.")), user("b"), SAID, user("c")]
    assert told([ask(*one, model=BOUND), ask(*without, model="claude-sonnet-5")]) == []
    assert told([ask(*one, model="claude-sonnet-4-5"), ask(*two, model="claude-sonnet-4-5-20250929")]) == []


def test_thinking_may_go_when_thinking_is_switched_off() -> None:
    one, two = [Q, ROUND, DONE], [Q, assistant(text("Let me look."), use()), DONE]
    requests = [ask(*one), ask(*two, thinking={"type": "disabled"})]
    assert check_session(requests) == []


def test_thinking_that_is_lost_with_its_parameter_is_warned_of() -> None:
    on: Json = {"model": "claude-sonnet-4-5", "thinking": {"type": "enabled", "budget_tokens": 1024}}
    one, two = [Q, ROUND, DONE], [Q, assistant(text("Let me look."), use()), DONE]
    (lost,) = check_session([ask(*one, **on), ask(*two, model=on["model"])])
    assert (lost.rule, lost.level) == ("lost_thinking", "warning")
    assert "`thinking` is gone as well" in lost.why
    assert check_session([ask(*one, **on), ask(*one, model=on["model"])]) == []
    assert check_session([ask(*one, model=on["model"]), ask(*two, model=on["model"])]) == []
    (kept_on,) = check_session([ask(*one, **on), ask(*two, **on)])
    assert kept_on.level == "error"


def test_a_reply_that_is_no_message_is_said_and_not_taken_for_an_empty_one() -> None:
    request = ask(Q)
    first, second = check_session([request, request], [{}, {"type": "error"}])
    assert (first.path, first.level) == ("requests.0", "warning")
    assert "replies[0] is no message" in first.message
    assert "replies[1] is no message" in second.message
    refused = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert check_session([request, request], [refused, ...]) == []
    assert check_session([request, request], [None, {"role": "assistant", "content": []}]) == []


def test_another_systems_question_with_the_same_beginning_is_no_lost_turn() -> None:
    requests = [ask(Q, system="Be brief."), ask(Q, user("Give this a title."), system="You make titles.")]
    assert check_session(requests) == []


def test_a_side_question_in_the_middle_changes_nothing_for_the_conversation() -> None:
    marked = user(text("b", cache_control={"type": "ephemeral"}))
    side = ask(Q, A, marked, user("Title?"), system="You make titles.", tools=[])
    requests = [ask(Q, A, marked), side, ask(Q, A, marked, SAID, user("c"))]
    replies = [reply(text(SAID["content"])), reply(text("A title")), None]
    assert check_session(requests) == []
    assert check_session(requests, replies) == []


def test_a_system_with_the_time_in_it_hides_no_lost_reply() -> None:
    rules = "You are a helpful assistant that answers in one sentence. It is "
    requests = [ask(Q, system=rules + "nine."), ask(Q, user("b"), system=rules + "ten.")]
    assert told(requests, [reply(text("x")), None]) == [("lost_assistant_turn", "error")]


def test_a_request_sent_to_another_model_for_once_changes_nothing() -> None:
    """The server was overloaded, another model was asked; the conversation goes on with the first."""
    whole = [Q, THOUGHT, user("b")]
    requests = [
        ask(*whole, model=BOUND),
        ask(*whole, model="claude-haiku-4-5"),
        ask(*whole, SAID, user("c"), model=BOUND),
    ]
    assert told(requests) == [("changed_model", "warning")]
    assert check_session(requests)[0].path == "requests.1.model"


def test_requests_of_a_thread_are_not_compared() -> None:
    requests = [ask(Q), ask(user("b"), thread={"type": "continue", "previous_message_id": "msg_1"})]
    assert check_session(requests) == []
