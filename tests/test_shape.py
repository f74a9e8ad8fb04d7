"""The shape of a request is told in the API's paths and words, and the whole of the contract passes."""

from __future__ import annotations

import subprocess
import sys
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
    text,
    thought,
    use,
    user,
)
from nbkit.rules.shapes.findings import GA_BLOCKS
from nbkit.rules.validator import check

NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"

CITATIONS = [
    {"type": "char_location", "start_char_index": 0, "end_char_index": 1, "file_id": None},
    {"type": "page_location", "start_page_number": 1, "end_page_number": 2},
    {"type": "content_block_location", "start_block_index": 0, "end_block_index": 1},
]
ENDED: dict[str, Any] = {"stderr": "", "return_code": 0}
OUTPUT = {"type": "code_execution_output", "file_id": "file_1"}
CODE_RESULT = {"type": "code_execution_result", "stdout": "", **ENDED, "content": [OUTPUT]}
SECRET_RESULT = {"type": "encrypted_code_execution_result", "encrypted_stdout": "e", **ENDED, "content": []}
BASH_RESULT = {"type": "bash_code_execution_result", "stdout": "", **ENDED, "content": []}
VIEWED = {"type": "text_editor_code_execution_view_result", "content": "c", "file_type": "text"}
CREATED = {"type": "text_editor_code_execution_create_result", "is_file_update": True}
FETCHED = {
    "type": "web_fetch_result",
    "url": "u",
    "content": {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}},
}


def served(name: str, result_type: str, content: Any) -> list[dict[str, Any]]:
    """A server tool's call and its result."""
    call = {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": name,
        "input": {},
        "caller": {"type": "direct"},
    }
    return [call, {"type": result_type, "tool_use_id": "srvtoolu_1", "content": content}]


SERVED = {
    "search": served(
        "web_search",
        "web_search_tool_result",
        [{"type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "e", "page_age": None}],
    ),
    "failed search": served(
        "web_search",
        "web_search_tool_result",
        {"type": "web_search_tool_result_error", "error_code": "unavailable"},
    ),
    "fetch": served("web_fetch", "web_fetch_tool_result", FETCHED),
    "code": served("code_execution", "code_execution_tool_result", CODE_RESULT),
    "secret code": served("code_execution", "code_execution_tool_result", SECRET_RESULT),
    "bash": served("bash_code_execution", "bash_code_execution_tool_result", BASH_RESULT),
    "view": served("text_editor_code_execution", "text_editor_code_execution_tool_result", VIEWED),
    "create": served("text_editor_code_execution", "text_editor_code_execution_tool_result", CREATED),
    "tool search": served(
        "tool_search_tool_regex",
        "tool_search_tool_result",
        {
            "type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "get_weather"}],
        },
    ),
}
IN_RESULTS: list[dict[str, Any]] = [
    text(),
    {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}, "transformations": {}},
    {"type": "document", "source": {"type": "content", "content": [text()]}, "title": None, "context": "c"},
    {
        "type": "search_result",
        "source": "s",
        "title": "t",
        "content": [text()],
        "citations": {"enabled": True},
    },
    {"type": "tool_reference", "tool_name": "get_weather"},
    {
        "type": "browser_state",
        "tabs": [{"tab_id": "1", "title": "t", "url": "u", "active": True}],
        "state_changes": [{"type": "tab_opened", "tab_id": "1"}],
    },
]
CODE = [{"type": "code_execution_20250825", "name": "code_execution"}]
PARAMS: list[dict[str, Any]] = [
    {"system": "s"},
    {"system": [text(cache_control={"type": "ephemeral", "ttl": "1h"})]},
    {"container": "container_1", "tools": CODE},
    {
        "container": {"id": None, "skills": [{"type": "anthropic", "skill_id": "pdf", "version": "latest"}]},
        "tools": CODE,
    },
    {"diagnostics": {"previous_message_id": None}},
    {"metadata": {"user_id": "u"}, "service_tier": "auto", "speed": "standard", "inference_geo": "us"},
    {"stop_sequences": ["a"], "stream": True},
    {"output_config": {"effort": "high"}},
    {"thinking": {"type": "adaptive", "display": None}},
    {"cache_control": None, "max_tokens": 1024.0},
    {"metadata": None, "inference_geo": None, "stop_sequences": None, "container": None, "speed": None},
]


@pytest.mark.parametrize("name", SERVED)
def test_what_server_tools_leave_behind_goes_back(name: str) -> None:
    assert refused(ask(user("q"), assistant(*SERVED[name], text()), user("more"))) == []


@pytest.mark.parametrize("block", IN_RESULTS, ids=lambda block: str(block["type"]))
def test_what_may_stand_in_a_result(block: dict[str, Any]) -> None:
    assert refused(ask(user("q"), assistant(use()), user(result(content=[block])))) == []


@pytest.mark.parametrize("params", PARAMS)
def test_every_parameter_of_the_contract_passes(params: dict[str, Any]) -> None:
    assert refused(ask(**params)) == []


@pytest.mark.parametrize("citation", CITATIONS, ids=lambda citation: str(citation["type"]))
def test_a_reply_goes_back_as_it_came(citation: dict[str, Any]) -> None:
    cited = {"cited_text": "c", "document_index": 0, "document_title": None, **citation}
    reply = assistant(
        thought(),
        {"type": "redacted_thinking", "data": "d"},
        text(citations=[cited]),
        text(citations=None),
        use(caller={"type": "direct"}),
    )
    assert refused(ask(user("q"), reply, user(result()))) == []


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"max_tokens": 1, "messages": []}, "model: Field required"),
        ({"model": "m", "messages": []}, "max_tokens: Field required"),
        (ask(max_tokens="9"), "max_tokens: Input should be a valid integer"),
        (ask(max_tokens=True), "max_tokens: Input should be a valid integer"),
        (ask(system=None), "system: Input should be a valid list"),
        (ask(system=[{"type": "text"}]), "system.0.text: Field required"),
        (ask(stream="yes"), "stream: Input should be a valid boolean"),
        (ask(foo=1), "foo: Extra inputs are not permitted"),
        (
            ask({"role": "tool", "content": "x"}),
            'messages: Unexpected role "tool". Allowed roles are "user" or "assistant". For instructions on '
            "how to use tools, see https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview.",
        ),
        (
            ask({"role": "user", "content": "x", "name": "b"}),
            "messages.0.name: Extra inputs are not permitted",
        ),
        (ask({"role": "user", "content": None}), "messages.0.content: Input should be a valid list"),
        (ask({"role": "user"}), "messages.0.content: Field required"),
        (ask({"content": "x"}), "messages.0.role: Field required"),
        (ask("hello"), f"messages.0: {NO_OBJECT}"),
        (ask(tool_choice="auto"), f"tool_choice: {NO_OBJECT}"),
        (ask(user({"text": "x"})), "messages.0.content.0.type: Field required"),
        (ask(user("x"), model=""), "model: String should have at least 1 character"),
        (ask(user("x"), max_tokens=-1), "max_tokens: must be greater than or equal to 0"),
        (ask(user("x"), foo=1, stream="yes", tools="x"), "tools: Input should be a valid list"),
        (ask(user("x"), foo=1, stream="yes"), "stream: Input should be a valid boolean"),
        (ask(user(text(zz=1))), "messages.0.content.0.text.zz: Extra inputs are not permitted"),
        (
            ask(user("q"), assistant(use("a.b")), user(result("a.b"))),
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
        ),
        (
            ask(user("q"), assistant(use(input="{}")), user(result())),
            "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
        ),
        (
            ask(user("q"), assistant(use(name="n" * 201)), user(result())),
            "messages.1.content.0.tool_use.name: String should have at most 200 characters",
        ),
        # aakshintala/fiber, research/anthropic-messages-probe (2026-09-29)
        (
            ask(user("q"), assistant(use(caller={"type": "bogus"})), user(result())),
            "messages.1.content.0.tool_use.caller: Input tag 'bogus' found using 'type' does not match any "
            "of the expected tags: 'code_execution_20250825', 'code_execution_20260120', 'direct'",
        ),
        # benbuzz790/bots#64
        (
            ask(user("q"), assistant(use()), user(result(content=7))),
            "messages.2.content.0.tool_result.content: Found a number, but `tool_result` content must either "
            "be a string or a list of content blocks.",
        ),
        (
            ask(user("q"), assistant(use()), user(result(content={"degrees": 22}))),
            "messages.2.content.0.tool_result.content: Found an object, but `tool_result` content must "
            "either be a string or a list of content blocks.",
        ),
        (
            ask(user("q"), assistant(use()), user(result(content=[thought()]))),
            "messages.2.content.0.tool_result.content.0: Input tag 'thinking' found using 'type' does not "
            "match any of the expected tags: 'browser_state', 'document', 'image', 'search_result', 'text', "
            "'tool_reference'",
        ),
        (ask(tools=[{"input_schema": {"type": "object"}}]), "tools.0.custom.name: Field required"),
        (
            ask(tools=[{"name": "a", "input_schema": {"type": "string"}}]),
            "tools.0.custom.input_schema.type: Input should be 'object'",
        ),
        (ask(tool_choice={"type": "tool"}), "tool_choice.tool.name: Field required"),
        (
            ask(tool_choice={"type": "none", "disable_parallel_tool_use": True}),
            "tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted",
        ),
        (
            ask(thinking={"type": "enabled", "budget_tokens": 500}),
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            ask(output_config={"effort": "huge"}),
            "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
        ),
    ],
)
def test_a_broken_shape_is_told_in_the_words_of_the_api(request_: dict[str, Any], message: str) -> None:
    assert refused(request_)[0].message == message


def test_every_fault_is_told_not_only_the_first() -> None:
    request = ask(user(text(zz=1), text("")), assistant(use()), user("x"), foo=1)
    assert rules(request) == ["R10", "R10", "R6", "R19"]
    assert refused(mended(request)) == []


def test_an_unknown_block_may_be_newer_and_is_not_looked_into() -> None:
    (problem,) = check(ask(user(text(), {"type": "hologram", "anything": 1})))
    assert (problem.rule, problem.level, problem.path) == ("R9", "unknown", "messages.0.content.1")
    start, _, tags = problem.message.partition(" any of the expected tags: ")
    assert start == "messages.0.content.1: Input tag 'hologram' found using 'type' does not match"
    assert tags.split(", ") == sorted(f"'{tag}'" for tag in GA_BLOCKS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("system", "Input should be a valid list"),
        ("tools", "Input should be a valid list"),
        ("stream", "Input should be a valid boolean"),
        ("service_tier", "Input should be 'auto' or 'standard_only'"),
        ("temperature", "Input should be a valid number"),
        ("top_p", "Input should be a valid number"),
        ("top_k", "Input should be a valid integer"),
    ],
)
def test_null_is_no_value_of_most_fields(name: str, words: str) -> None:
    (problem,) = refused(ask(**{name: None}), OLD)
    assert problem.message == f"{name}: {words}"


def test_fields_that_left_the_api_have_no_wrong_values() -> None:
    (problem,) = refused(ask(temperature=None))
    assert problem.message == "temperature: Extra inputs are not permitted"


def test_what_the_server_encrypted_must_come_back() -> None:
    broken = {**found(), "content": [{"type": "web_search_result", "url": "u", "title": "t"}]}
    assert rules(ask(user("q"), assistant(search(), broken, text()), user("r"))) == ["R93"]


def test_input_that_is_json_in_a_string_is_parsed_by_the_fix() -> None:
    request = ask(user("q"), assistant(use(input='{"city": "Paris"}')), user(result()))
    assert mended(request)["messages"][1]["content"][0]["input"] == {"city": "Paris"}
    request = ask(user("q"), assistant(use(input="")), user(result()))
    assert mended(request)["messages"][1]["content"][0]["input"] == {}


def test_an_id_is_respelt_in_the_call_and_in_its_result() -> None:
    request = mended(ask(user("q"), assistant(use("call|1")), user(result("call|1"))))
    assert request["messages"][1]["content"][0]["id"] == "call_1"
    assert request["messages"][2]["content"][0]["tool_use_id"] == "call_1"
    assert refused(request) == []


def test_counting_tokens_takes_no_max_tokens() -> None:
    """Wei-Shaw/sub2api PR 4913."""
    request = ask()
    (problem,) = check(request, endpoint="/v1/messages/count_tokens")
    assert problem.message == "max_tokens: Extra inputs are not permitted"
    assert problem.fix is not None
    counted = problem.fix.apply(request)
    assert check(counted, endpoint="/v1/messages/count_tokens") == []
    assert rules(counted) == ["shape"]


def test_a_body_that_is_no_object() -> None:
    body: Any = ["hello"]
    assert [problem.message for problem in check(body)] == ["Input should be a valid dictionary"]


def test_the_models_of_the_shape_are_built_when_first_used() -> None:
    code = "import sys, nbkit.rules.validator; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_caller_that_is_newer_than_our_facts_is_not_refused() -> None:
    newer = {"type": "code_execution_20270101", "tool_id": "srvtoolu_1"}
    request = ask(user("q"), assistant(use(caller=newer)), user(result()), container="container_1")
    assert [problem.level for problem in check(request)] == ["unknown"]
