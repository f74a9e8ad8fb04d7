"""With the replies at hand it is certain what was lost."""

from __future__ import annotations

from typing import Any

import pytest

from asking import (
    Json,
    assistant,
    found,
    result,
    search,
    text,
    thought,
    use,
    user,
)
from nbkit import check_session
from scripted import reply
from sessions import DONE, EXCHANGES, ROUND, SAID, A, Q, session, told

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
