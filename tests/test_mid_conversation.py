"""What system messages in the array do: words for one turn, tools that come and go (contract, 3.6, 3.7)."""

import json
from typing import Any

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

BETAS = (
    "mid-conversation-system-clear-at-2026-08-21,mid-conversation-tool-changes-2026-07-01,"
    "inline-tools-2026-09-15,mid-conversation-output-config-2026-07-01"
)
TOOL = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
QUESTION = {"role": "user", "content": "What is the weather in Paris?"}


def post(messages: list[Json], path: str = "/v1/messages", **more: Any) -> Json:
    request = {"model": "claude-opus-5", "messages": messages, **more}
    if path == "/v1/messages":
        request["max_tokens"] = 1000
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21", "anthropic-beta": BETAS}
    plan = Simulator().respond("POST", path, headers, json.dumps(request).encode())
    answer: Json = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    assert plan.status == 200, answer
    return answer


def user(text: str) -> Json:
    return {"role": "user", "content": text}


def assistant(text: str) -> Json:
    return {"role": "assistant", "content": text}


def system(*blocks: Json | str, **more: Any) -> Json:
    content = [{"type": "text", "text": each} if isinstance(each, str) else each for each in blocks]
    return {"role": "system", "content": content, **more}


def tokens(*messages: Json) -> int:
    return int(post([*messages], "/v1/messages/count_tokens")["input_tokens"])


def test_words_for_a_turn_are_over_with_the_next_user_message() -> None:
    words, rest = "Answer in one word. " * 100, [assistant("Yes"), user("And?")]
    scoped = system(words, clear_at="next_user_message")
    lasting = system(words, clear_at="never")
    assert tokens(user("So?"), scoped) == tokens(user("So?"), lasting) > 500
    assert tokens(user("So?"), scoped, *rest) == tokens(user("So?"), *rest)
    assert tokens(user("So?"), lasting, *rest) > 500
    reply = post([user("So?"), scoped, *rest])
    assert reply["usage"]["input_tokens"] == tokens(user("So?"), *rest)


def test_they_hold_while_tools_run() -> None:
    use = {"type": "tool_use", "id": "t1", "name": "get_weather", "input": {"city": "Paris"}}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "sunny"}
    scoped = system("Answer in one word. " * 100, clear_at="next_user_message")
    loop = [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    assert tokens(user("So?"), scoped, *loop) > 500


def kinds(messages: list[Json], *tools: Json) -> list[str]:
    reply = post(messages, tools=[*tools] if tools else [])
    return [block["type"] for block in reply["content"]]


def change(kind: str, **tool: Any) -> Json:
    return system({"type": kind, "tool": tool})


REMOVED = change("tool_removal", type="tool_reference", name="get_weather")
ADDED = change("tool_addition", type="tool_reference", name="get_weather")
DEFINED = change("tool_addition", type="tool_definition", definition=TOOL)
OTHER = {"name": "set_alarm", "input_schema": {"type": "object", "properties": {}}}


def test_a_tool_that_was_removed_is_not_called() -> None:
    assert "tool_use" in kinds([QUESTION], TOOL)
    assert "tool_use" not in kinds([QUESTION, REMOVED], TOOL)


def test_a_tool_comes_back_or_comes_in_with_its_definition() -> None:
    again = [user("Hello"), REMOVED, assistant("Hello"), QUESTION, ADDED]
    assert "tool_use" in kinds(again, TOOL)
    assert "tool_use" in kinds([QUESTION, DEFINED], OTHER)
    assert "tool_use" in kinds([QUESTION, ADDED], {**TOOL, "defer_loading": True}, OTHER)
    assert "tool_use" not in kinds([QUESTION], {**TOOL, "defer_loading": True}, OTHER)


def test_a_directive_needs_no_content() -> None:
    directive = {"role": "system", "output_config": {"effort": "low"}}
    for messages in ([user("Hello"), directive], [user("Hello"), directive, assistant("Hi"), user("So?")]):
        assert post(messages)["stop_reason"] == "end_turn"
        assert tokens(*messages) > 0
