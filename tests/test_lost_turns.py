"""What gets lost between two requests is told, and its fix restores it."""

from __future__ import annotations

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
from sessions import BOTH, DONE, EXCHANGES, ROUND, SAID, TWO, A, Q, session, told

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


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_lost_is_told(name: str) -> None:
    histories, wanted = BROKEN[name]
    assert told(session(*histories)) == wanted, check_session(session(*histories))


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
