"""The newer web tools, called by code: what code read, what is sealed, what is left out, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from served import simulated_sdk

Json = dict[str, Any]
SEARCH: Json = {"type": "web_search_20260209", "name": "web_search"}
FETCH: Json = {"type": "web_fetch_20260309", "name": "web_fetch"}
MOON = "https://science.example.org/moon"
BY_CODE = [
    "server_tool_use",
    "server_tool_use",
    "web_search_tool_result",
    "code_execution_tool_result",
]


@pytest.fixture(scope="module")
def sdk() -> Iterator[anthropic.Anthropic]:
    with simulated_sdk() as client:
        yield client


def asking(question: str, *tools: Json, **more: Any) -> Any:
    said = [{"role": "user", "content": question}]
    return {"model": "claude-sonnet-5", "max_tokens": 4000, "messages": said, "tools": [*tools], **more}


def served(message: Any) -> list[Any]:
    return [block for block in message.content if "tool" in block.type]


def going_on(request: Any, message: Any, *after: Json) -> Any:
    said = {"role": "assistant", "content": message.content}
    container = {"container": message.container.id} if message.container else {}
    return {**request, "messages": [*request["messages"], said, *after], **container}


def test_a_search_is_made_by_code_and_its_output_is_sealed(sdk: anthropic.Anthropic) -> None:
    message = sdk.messages.create(**asking("How tall was the lighthouse of Alexandria?", SEARCH))
    code, search, found, ran = served(message)
    assert [block.type for block in served(message)] == BY_CODE
    assert code.caller.type == "direct"
    assert "await web_search(" in code.input["code"]
    assert (search.caller.type, search.caller.tool_id) == ("code_execution_20260120", code.id)
    assert (found.caller.tool_id, found.tool_use_id) == (code.id, search.id)
    assert (ran.tool_use_id, ran.content.type) == (code.id, "encrypted_code_execution_result")
    assert ran.content.encrypted_stdout
    assert message.container is not None
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 1
    cited = [each for block in message.content if block.type == "text" for each in block.citations or ()]
    assert {each.type for each in cited} == {"web_search_result_location"}


def test_code_prints_the_page_that_it_fetched(sdk: anthropic.Anthropic) -> None:
    message = sdk.messages.create(**asking(f"Read {MOON} and tell me how far away the Moon is.", FETCH))
    _, _, page, ran = served(message)
    assert ran.content.type == "code_execution_result"
    assert ran.content.stdout == page.content.content.source.data + "\n"


@pytest.mark.parametrize("limits", [{"allowed_callers": ["direct"]}, {"type": "web_search_20250305"}])
def test_a_tool_for_direct_use_is_used_directly(sdk: anthropic.Anthropic, limits: Json) -> None:
    message = sdk.messages.create(**asking("Search the web for sourdough", {**SEARCH, **limits}))
    assert [block.type for block in served(message)] == ["server_tool_use", "web_search_tool_result"]
    assert message.container is None


def test_what_code_has_read_can_be_left_out_and_counts_all_the_same(sdk: anthropic.Anthropic) -> None:
    tool = {"type": "web_search_20260318", "name": "web_search", "response_inclusion": "excluded"}
    request = asking("Search the web for sourdough and honeybees", tool)
    message = sdk.messages.create(**request)
    assert [block.type for block in served(message)] == ["server_tool_use", "code_execution_tool_result"] * 2
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 2
    with sdk.messages.stream(**request) as stream:
        assert stream.get_final_message().usage.server_tool_use == message.usage.server_tool_use
    full = sdk.messages.create(
        **asking("Search the web for sourdough and honeybees", {**tool} | {"response_inclusion": "full"})
    )
    assert [block.type for block in served(full)] == BY_CODE * 2


@pytest.mark.parametrize("included", ["full", "excluded"])
def test_a_long_loop_of_code_goes_on_in_its_container(sdk: anthropic.Anthropic, included: str) -> None:
    tool = {"type": "web_search_20260318", "name": "web_search", "response_inclusion": included}
    request = asking("Do 12 searches about coffee", tool)
    paused = sdk.messages.create(**request)
    assert paused.stop_reason == "pause_turn"
    assert served(paused)[-1].name == "code_execution"
    rest = sdk.messages.create(**going_on(request, paused))
    assert rest.stop_reason == "end_turn"
    assert rest.usage.server_tool_use is not None
    assert rest.usage.server_tool_use.web_search_requests == 2


def test_what_fails_in_code_is_told_by_both_results(sdk: anthropic.Anthropic) -> None:
    message = sdk.messages.create(**asking("Read https://nowhere.example.org/x please", FETCH))
    _, _, page, ran = served(message)
    assert page.content.error_code == "url_not_accessible"
    assert (ran.content.return_code, ran.content.stdout) == (1, "")
    assert "url_not_accessible" in ran.content.stderr


@pytest.mark.parametrize(
    "code", ["x = await web_search({'query': 'tea'})", "await web_fetch({})", "import numpy"]
)
def test_code_from_elsewhere_is_gone_on_with(sdk: anthropic.Anthropic, code: str) -> None:
    request = asking("Search the web for tea", SEARCH, container="container_1")
    use = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "code_execution", "input": {"code": code}}
    request["messages"].append({"role": "assistant", "content": [use]})
    message = sdk.messages.create(**request)
    assert "srvtoolu_1" in [getattr(block, "tool_use_id", None) for block in message.content]
    assert message.stop_reason == "end_turn"


@pytest.mark.parametrize("stderr", ["", "x"])
def test_sealed_output_is_refused_when_it_was_changed(sdk: anthropic.Anthropic, stderr: str) -> None:
    request = asking("How tall was the lighthouse of Alexandria?", SEARCH)
    message = sdk.messages.create(**request)
    ran = served(message)[3].content
    thanks = {"role": "user", "content": "Thanks"}
    assert sdk.messages.create(**going_on(request, message, thanks)).stop_reason == "end_turn"
    ran.stderr = stderr
    ran.encrypted_stdout = ran.encrypted_stdout if stderr else "AAAA" + ran.encrypted_stdout[4:]
    with pytest.raises(anthropic.BadRequestError) as refused:
        sdk.messages.create(**going_on(request, message, thanks))
    assert "code_execution_tool_result.content.encrypted_stdout: Invalid" in refused.value.message
