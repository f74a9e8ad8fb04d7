"""What is legitimate between two requests passes without a word."""

from __future__ import annotations

import pytest

from asking import (
    Json,
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
from sessions import BOTH, DONE, EXCHANGES, HIT, LONG, ROUND, ROUNDS, SAID, TWO, A, Q, session

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


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_legitimate_is_silent(name: str) -> None:
    assert check_session(session(*LEGAL[name])) == []
