"""Who may say what, where a message may be empty, and how a conversation may begin and end."""

from __future__ import annotations

from typing import Any

import pytest

from asking import (
    OLD,
    ask,
    assistant,
    found,
    mended,
    refused,
    result,
    rules,
    search,
    system,
    text,
    thought,
    use,
    user,
)

IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}}
CITATION = {
    "type": "char_location",
    "cited_text": "c",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 1,
}
OPUS = {"model": "claude-opus-5"}
PREFILLS = {"model": "claude-sonnet-4-5"}
CLEAR_AT = {"anthropic-beta": "mid-conversation-system-clear-at-2026-08-21"}

SCHEMA = {"type": "object", "additionalProperties": False}
BROKEN: dict[str, tuple[list[Any], dict[str, Any], str, str]] = {
    "system first": ([system("s"), user("q")], OPUS, "R1", "messages.0"),
    "an empty user string": ([user("")], {}, "R5", "messages.0"),
    "an empty assistant in the middle": ([user("a"), assistant(""), user("b")], {}, "R5", "messages.1"),
    "an empty list in the middle": ([user("a"), assistant(), user("b")], {}, "R5", "messages.1"),
    "an empty text": ([user(text("a"), text(""))], {}, "R6", "messages.0.content.1"),
    "an empty text in a result": (
        [user("a"), assistant(use()), user(result(content=[text("x"), text("")]))],
        {},
        "R6",
        "messages.2.content.0.tool_result.content.1",
    ),
    "white space": ([user(text(" \n"))], {}, "R7", "messages.0.content.0"),
    "white space before a call": (
        [user("a"), assistant(text("\n"), use()), user(result())],
        {},
        "R7",
        "messages.1.content.0",
    ),
    "a string of white space": ([user("  ")], {}, "R7", "messages.0.content"),
    "a picture from the assistant": (
        [user("a"), assistant(text(), IMAGE), user("b")],
        {},
        "R11",
        "messages.1.content.1",
    ),
    "a call from the user": ([user(text(), use())], {}, "R11", "messages.0.content.1"),
    "thinking from the user": ([user(text(), thought())], {}, "R11", "messages.0.content.1"),
    "a document from the assistant": (
        [user("a"), assistant(text(), DOCUMENT), user("b")],
        {},
        "R12",
        "messages.1.content.1",
    ),
    "a user's citations": ([user(text(citations=[CITATION]))], {}, "R13", "messages.0.content.0.citations"),
    "an old model and the system role": (
        [user("a"), system("s")],
        {"model": "claude-sonnet-4-6"},
        "R86",
        "messages.1.role",
    ),
    "system after an assistant": ([user("a"), assistant("b"), system("s")], OPUS, "R87", "messages.2"),
    "system before a user": ([user("a"), system("s"), user("b")], OPUS, "R88", "messages.1"),
    "a picture from the system": ([user("a"), system(text(), IMAGE)], OPUS, "R90", "messages.1.content.1"),
    "a prefill": ([user("a"), assistant("b")], {}, "R15", "messages.1"),
    "a prefill with a space": ([user("a"), assistant("b ")], PREFILLS, "R16", "messages.1.content"),
    "a prefill with a newline": (
        [user("a"), assistant(text("{\n"))],
        PREFILLS,
        "R16",
        "messages.1.content.0",
    ),
    "a prefill and a schema": (
        [user("a"), assistant("{")],
        {**PREFILLS, "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        "R17",
        "messages.1",
    ),
}
LEGAL: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "an assistant first": ([assistant("hello"), user("q")], {}),
    "users in a row": ([user("a"), user("b")], {}),
    "an empty final assistant": ([user("a"), assistant("")], PREFILLS),
    "an empty list as final assistant": ([user("a"), assistant()], PREFILLS),
    "a prefill where it is allowed": ([user("a"), assistant("1.")], PREFILLS),
    "white space at the end of an earlier answer": ([user("a"), assistant("b  \n"), user("c")], PREFILLS),
    "pictures from the user": ([user(text(), IMAGE, DOCUMENT)], {}),
    "a picture in a result": ([user("a"), assistant(use()), user(result(content=[text(), IMAGE]))], {}),
    "an empty result": ([user("a"), assistant(use()), user(result(content=""))], {}),
    "an empty list as result": ([user("a"), assistant(use()), user(result(content=[]))], {}),
    "white space as result": ([user("a"), assistant(use()), user(result(content=[text(" \n")]))], {}),
    "citations from the assistant": ([user("a"), assistant(text(citations=[CITATION])), user("b")], {}),
    "citations that are null": ([user(text(citations=None))], {}),
    "system after a user": ([user("a"), assistant("b"), user("c"), system("s")], OPUS),
    "two system messages": ([user("a"), system("s"), system("t"), assistant("b"), user("c")], OPUS),
    "system after results": ([user("a"), assistant(use()), user(result()), system("s")], OPUS),
    "a server tool in the middle of its work": (
        [user("a"), assistant(search())],
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_out_of_place_is_told_where_it_is(name: str) -> None:
    messages, params, rule, path = BROKEN[name]
    first = refused(ask(*messages, **params))[0]
    assert (first.rule, first.path) == (rule, path)


@pytest.mark.parametrize("name", BROKEN)
def test_the_fixes_make_it_legal(name: str) -> None:
    messages, params, _, _ = BROKEN[name]
    assert refused(mended(ask(*messages, **params))) == []


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_neighbour_is_let_through(name: str) -> None:
    messages, params = LEGAL[name]
    assert refused(ask(*messages, **params)) == []


def test_no_message_at_all() -> None:
    request = {**ask(), "messages": []}
    assert rules(request) == ["R2"]
    assert refused(mended(request)) == []


def test_the_old_version_knows_neither_r12_nor_r13() -> None:
    messages = [user(text(citations=[CITATION])), assistant(text(), DOCUMENT), user("b")]
    assert rules(ask(*messages)) == ["R12", "R13"]
    assert refused(ask(*messages), OLD) == []


def test_the_first_system_message_moves_to_system() -> None:
    assert mended(ask(system("Be brief."), user("q"), **OPUS))["system"] == "Be brief."


def test_system_between_call_and_result_is_refused() -> None:
    found_rules = rules(ask(user("a"), assistant(use()), system("s"), user(result()), **OPUS))
    assert {"R89", "R20"} <= set(found_rules)


def test_an_answer_after_a_server_tool_may_be_followed_by_system() -> None:
    tools = [{"type": "web_search_20250305", "name": "web_search"}]
    messages = [user("a"), assistant(search(), found()), system("s"), assistant("b"), user("c")]
    assert refused(ask(*messages, tools=tools, **OPUS)) == []


def test_a_scoped_system_message_is_plain_text() -> None:
    scoped = {**system(text(cache_control={"type": "ephemeral"})), "clear_at": "next_user_message"}
    assert rules(ask(user("a"), scoped, **OPUS), CLEAR_AT) == ["R54"]
    assert rules(ask(user("a"), {**scoped, "role": "user"}, **OPUS), CLEAR_AT) == ["R91"]
    plain = {**system("s"), "clear_at": "next_user_message"}
    assert refused(ask(user("a"), plain, **OPUS), CLEAR_AT) == []
    assert rules(ask(user("a"), plain, **OPUS)) == ["R79"]


def test_a_directive_without_content_may_stand_anywhere() -> None:
    headers = {"anthropic-beta": "mid-conversation-output-config-2026-07-01"}
    directive = {"role": "system", "content": [], "output_config": {"effort": "low"}}
    messages = [user("a"), assistant(use()), directive, user(result())]
    assert refused(ask(*messages, **OPUS), headers) == []
    del directive["content"]
    assert refused(ask(*messages, **OPUS), headers) == []
    assert rules(ask(user("a"), {"role": "system"}, **OPUS), headers) == ["R92"]


def test_white_space_beside_words_is_let_through() -> None:
    assert refused(ask(user(text(" "), text("a"), text("\n")))) == []
    assert refused(ask(user("a"), assistant(text("b"), text("\n"), use()), user(result()))) == []


def test_an_empty_message_is_let_through_beside_another_of_the_user() -> None:
    assert refused(ask(user(), user("a"))) == []
    assert refused(ask(user("a"), user())) == []
    assert rules(ask(user("a"), assistant("b"), user(), user())) == ["R5", "R5"]
