"""What a client must do with a server's reply, and must not: the contract's loop cases and their siblings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from nbkit.client.client import Client
from nbkit.client.providers import Anthropic
from nbkit.connection import Conversation
from nbkit.errors import APIError, InvalidRequest, StreamError, TurnError
from nbkit.loop.calls.decisions import Fake, Refuse
from nbkit.loop.calls.policy import allow
from nbkit.loop.tools.tool import Tool
from nbkit.loop.turn import State
from nbkit.notebook.record.plain import plain
from nbkit.notebook.views.snapshot import Frame, snapshot
from nbkit.wire import eventstream
from nbkit.wire.assembly import assemble
from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event, message_events
from scripted import call, calls, reply, says
from written_events import block, delta, ending, start, stop

CASES = Path(__file__).parents[2] / "shared" / "data" / "contract_cases.jsonl"
HALF = {"type": "text", "text": "half an ans"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "rain"}}
WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


class Server:
    """Answers each request with the next reply: a message, or the events of one."""

    def __init__(self, *replies: Json | list[Json]) -> None:
        self.replies = list(replies)
        self.requests: list[Json] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(json.loads(request.content))
        answer = self.replies.pop(0)
        events = answer if isinstance(answer, list) else list(message_events(answer))
        body = b"".join(encode_event(event) for event in events)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)


class Ran:
    """Tools that know with what they were called."""

    def __init__(self) -> None:
        self.inputs: list[Json] = []

    def tools(self, *definitions: Json) -> list[Tool]:
        def runs(name: str) -> Callable[..., str]:
            def function(**input: Any) -> str:
                self.inputs.append({"name": name, "input": input})
                return "done"

            return function

        return [Tool.from_definition(each, runs(each["name"])) for each in definitions]


def chat(server: Server, **options: Any) -> Conversation:
    client = Client(Anthropic(key="none"), transport=httpx.MockTransport(server), retries=0)
    return Conversation(client=client, **options)


GET_WEATHER: Json = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def case(id: str) -> Json:
    if not CASES.exists():
        pytest.skip("the contract cases are not beside this checkout")
    with CASES.open() as lines:
        return next(found for found in map(json.loads, lines) if found["id"] == id)


def played(id: str, *later: Json, **options: Any) -> tuple[Json, Conversation, Server, Ran]:
    """A conversation that meets a case: its tools, its parameters, and what the server answers first."""
    found, ran = case(id), Ran()
    request = found["request"]
    first = found.get("server_stream") or {**reply(), **found["server_response"]}
    server = Server(first, *later)
    params = {key: request[key] for key in ("max_tokens", "thinking") if key in request}
    tools = ran.tools(*request.get("tools", ()))
    return found, chat(server, model=request["model"], tools=tools, **params, **options), server, ran


def shown(conversation: Conversation) -> str:
    """What the cell says, as plain text."""
    return plain(snapshot(conversation, Frame("v", 0, len(conversation.history))))


@pytest.mark.parametrize("id", ["loop_empty_input.2", "loop_json_fragments.1"])
def test_a_call_is_run_once_with_the_whole_of_its_input(id: str) -> None:
    found, conversation, server, ran = played(id, says("done"), policy=allow)
    conversation.send("q")
    (want,) = found["client_expect"]["tool_calls"]
    assert ran.inputs == [{"name": want["name"], "input": want["input"]}]
    sent = server.requests[1]["messages"]
    assert [block["id"] for block in sent[1]["content"]] == [want["id"]]
    assert sent[1]["content"][0]["input"] == want["input"]
    assert [block["tool_use_id"] for block in sent[2]["content"]] == [want["id"]]


@pytest.mark.parametrize("id", ["loop_max_tokens_tool.1"])
def test_a_call_that_the_limit_cut_is_never_run(id: str) -> None:
    found, conversation, server, ran = played(id, says("done"), policy=allow, unattended=allow)
    message = conversation.send("q")
    assert conversation.state is State.PAUSED
    assert (ran.inputs, len(server.requests)) == ([], 1)  # and it is not asked for again by itself
    fault = message.fault(0)
    assert fault is not None
    deltas = [event["delta"] for event in found["server_stream"] if event["type"] == "content_block_delta"]
    assert (fault.kind, fault.raw_text) == ("truncated_input", deltas[0]["partial_json"])
    assert "cut off at max_tokens: it is not complete" in shown(conversation)
    conversation.decide("toolu_01A", Refuse("too long, write it in parts"))
    conversation.resume()
    answered = server.requests[1]["messages"]
    assert [block["type"] for block in answered[1]["content"]] == ["tool_use"]
    assert (answered[2]["content"][0]["tool_use_id"], answered[2]["content"][0]["is_error"]) == (
        "toolu_01A",
        True,
    )


def test_an_error_in_mid_stream_is_raised_and_nothing_of_the_reply_is_kept() -> None:
    found, conversation, server, _ = played("loop_midstream_error.1")
    with pytest.raises(APIError) as caught:
        conversation.send("q")
    expected = found["client_expect"]
    assert (caught.value.type, caught.value.retryable) == (expected["error_type"], expected["retryable"])
    assert caught.value.partial is not None
    assert caught.value.partial.text == "Half an ans"
    assert (conversation.messages, len(server.requests)) == ([], 1)


def test_a_stream_that_ends_early_is_raised_and_nothing_of_the_reply_is_kept() -> None:
    _, conversation, _, _ = played("loop_midstream_error.2")
    with pytest.raises(StreamError, match="without message_stop"):
        conversation.send("q")
    assert conversation.messages == []


def test_a_reply_that_filled_the_context_window_is_told_as_cut() -> None:
    _, conversation, _, _ = played("loop_context_window.1")
    assert conversation.send("q").stop_reason == "model_context_window_exceeded"
    assert "the context window is full: it is not complete" in shown(conversation)


def test_a_cancelled_tool_is_answered_before_what_the_user_says_next() -> None:
    _, conversation, server, ran = played("loop_interrupt.1", says("fine"))
    conversation.send("q")
    conversation.stop()
    conversation.send("never mind")
    result, *others = server.requests[1]["messages"][2:]
    assert ran.inputs == []
    blocks = [*result["content"], *(block for other in others for block in as_blocks(other["content"]))]
    assert [block["type"] for block in blocks] == ["tool_result", "text"]
    assert (blocks[0]["tool_use_id"], blocks[0]["is_error"]) == ("toolu_01A", True)
    assert blocks[1]["text"] == "never mind"


def as_blocks(content: Any) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def test_thinking_goes_back_as_it_came() -> None:
    found, conversation, server, _ = played("loop_thinking_state.1", says("fine"), policy=allow)
    conversation.send("q")
    assert server.requests[1]["messages"][1]["content"] == found["server_response"]["content"]


# Siblings of the cases: the other words a reply can end with, and what may be wrong with one.


def weather(*replies: Json | list[Json], **options: Any) -> tuple[Conversation, Server, Ran]:
    ran, server = Ran(), Server(*replies)
    return chat(server, tools=ran.tools(GET_WEATHER), **{"policy": allow, **options}), server, ran


@pytest.mark.parametrize("content", [[], [HALF], [HALF, call("toolu_1")]])
def test_of_a_refusal_nothing_is_kept_and_nothing_is_run(content: list[Json]) -> None:
    conversation, server, ran = weather(reply(*content, stop_reason="refusal"), says("fine"))
    assert conversation.send("q").stop_reason == "refusal"
    assert ([message["role"] for message in conversation.messages], ran.inputs) == (["user"], [])
    assert "the model declined" in shown(conversation)
    conversation.send("something else")
    assert [message["role"] for message in server.requests[1]["messages"]] == ["user", "user"]


def test_an_empty_reply_to_a_result_is_not_asked_for_again() -> None:
    conversation, server, ran = weather(calls(call("toolu_1")), reply(), says("fine"))
    assert conversation.send("q").content == []
    assert len(server.requests) == 2
    conversation.send("and?")
    roles = [message["role"] for message in server.requests[2]["messages"]]
    assert roles == ["user", "assistant", "user", "user"]
    assert len(ran.inputs) == 1


def test_a_paused_turn_goes_on_with_the_same_array_and_no_words_of_the_users() -> None:
    paused = reply({"type": "text", "text": "Looking."}, SEARCH, stop_reason="pause_turn")
    ran, server = Ran(), Server(paused, says("Rain."))
    conversation = chat(server, tools=[*ran.tools(GET_WEATHER), WEB_SEARCH], policy=allow)
    assert conversation.send("q").text == "Rain."
    first, second = server.requests
    assert second["messages"] == [*first["messages"], {"role": "assistant", "content": paused["content"]}]
    assert second["tools"] == first["tools"]


def test_a_paused_turn_is_stepped_request_by_request() -> None:
    server = Server(*[reply(SEARCH, stop_reason="pause_turn") for _ in range(2)], says("done"))
    conversation = chat(server, tools=[WEB_SEARCH])
    conversation.stepping = True
    conversation.send("q")
    assert (conversation.state, len(server.requests)) == (State.READY, 1)
    conversation.step()
    assert (conversation.state, len(server.requests)) == (State.READY, 2)
    conversation.step()
    assert (conversation.state, len(server.requests)) == (State.IDLE, 3)


@pytest.mark.parametrize("go_on", [Conversation.resume, Conversation.step, Conversation.run_to_end])
def test_a_mixed_turn_that_was_stopped_goes_on_before_anything_else_is_said(
    go_on: Callable[[Conversation], object],
) -> None:
    server = Server(reply(SEARCH, call("toolu_1"), stop_reason="tool_use"), says("fine"))
    conversation = chat(server, tools=[GET_WEATHER, WEB_SEARCH])
    conversation.send("q")
    conversation.stop()
    with pytest.raises(InvalidRequest, match=r"`web_search_tool_result`.*Continue, or resume\(\)"):
        conversation.send("never mind")
    assert len(server.requests) == 1
    go_on(conversation)
    assert conversation.state is State.IDLE
    assert conversation.last is not None
    assert conversation.last.text == "fine"
    assert [block["type"] for block in server.requests[1]["messages"][2]["content"]] == ["tool_result"]


def test_turns_that_pause_for_ever_are_bounded() -> None:
    server = Server(*[reply(SEARCH, stop_reason="pause_turn") for _ in range(99)])
    conversation = chat(server, tools=[WEB_SEARCH])
    with pytest.raises(TurnError, match=r"resume\(\) goes on"):
        conversation.send("q")
    assert len(server.requests) < 99


def test_parallel_calls_are_answered_in_one_message_in_their_order() -> None:
    names = [f"toolu_{n}" for n in range(3)]
    conversation, server, _ = weather(calls(*map(call, names)), says("fine"), policy=None)
    conversation.send("q")
    for id in reversed(names):
        conversation.decide(id, Fake(id))
    conversation.resume()
    assert [message["role"] for message in server.requests[1]["messages"]] == ["user", "assistant", "user"]
    results = server.requests[1]["messages"][2]["content"]
    assert [(block["type"], block["tool_use_id"], block["content"]) for block in results] == [
        ("tool_result", id, id) for id in names
    ]


def test_a_client_tool_beside_a_server_tool_that_waits_is_answered_with_results_alone() -> None:
    mixed = reply(SEARCH, call("toolu_1"), stop_reason="tool_use")
    ran, server = Ran(), Server(mixed, says("fine"))
    conversation = chat(server, tools=[*ran.tools(GET_WEATHER), WEB_SEARCH], policy=allow)
    conversation.send("q")
    sent = server.requests[1]
    assert [block["type"] for block in sent["messages"][2]["content"]] == ["tool_result"]
    assert [block["tool_use_id"] for block in sent["messages"][2]["content"]] == ["toolu_1"]
    assert sent["tools"] == server.requests[0]["tools"]


@pytest.mark.parametrize("text", ['{"city": "Par', '{"city": Paris}', '"Paris"', '{"city": "Paris"}}'])
@pytest.mark.parametrize("stopped", [True, False])
def test_a_call_whose_input_is_no_json_object_is_never_run_and_can_be_answered(
    text: str, stopped: bool
) -> None:
    events = [
        start(**{**reply(), "stop_reason": None}),
        block(0, **call("toolu_1") | {"input": {}}),
        delta(0, type="input_json_delta", partial_json=text),
        *[stop(0)] * stopped,
        *ending("tool_use"),
    ]
    conversation, server, ran = weather(events, says("fine"))
    message = conversation.send("q")
    assert (conversation.state, ran.inputs) == (State.PAUSED, [])
    assert text in [fault.raw_text for fault in message.faults]
    conversation.decide("toolu_1", Refuse("no JSON"))
    assert conversation.resume().text == "fine"
    assert isinstance(server.requests[1]["messages"][1]["content"][0]["input"], dict)


def test_a_call_that_never_stopped_is_not_run_though_its_input_reads_well() -> None:
    events = [start(**reply()), block(0, **call("toolu_1")), *ending("tool_use")]
    conversation, _, ran = weather(events)
    conversation.send("q")
    assert (conversation.state, ran.inputs) == (State.PAUSED, [])
    assert "the block never stopped" in shown(conversation)


def test_what_of_a_text_got_lost_on_the_way_is_said_beside_it() -> None:
    new = {"type": "hologram_delta", "rays": 7}
    events = [start(**reply()), block(0, **HALF), delta(0, **new), *ending("end_turn")]
    conversation, _, _ = weather(events)
    conversation.send("q")
    said = shown(conversation)
    assert "a delta of an unknown type came for it; the block never stopped" in said


@pytest.mark.parametrize("reason", ["brand_new_reason", None])
def test_a_word_nobody_knows_ends_the_turn_like_any_other(reason: str | None) -> None:
    conversation, server, _ = weather(reply(HALF, stop_reason=reason))  # type: ignore[arg-type]  # as it came
    assert conversation.send("q").stop_reason == reason
    assert (conversation.state, len(server.requests)) == (State.IDLE, 1)


@pytest.mark.parametrize("kind", ["throttlingException", "internalServerException"])
def test_a_failure_in_mid_stream_at_bedrock_is_an_error_that_may_pass(kind: str) -> None:
    body = eventstream.encode_event(start()) + eventstream.encode_exception(kind, "Too many")
    with pytest.raises(APIError) as caught:
        assemble(body, "aws")
    assert (caught.value.type, caught.value.retryable) == (kind, True)


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (APIError(529, "overloaded_error", "x"), True),
        (APIError(200, "invalid_request_error", "x"), False),
        (APIError(400, "api_error", "x"), False),
        (APIError(400, "invalid_request_error", "x", headers={"x-should-retry": "true"}), True),
        (APIError(529, "overloaded_error", "x", headers={"x-should-retry": "false"}), False),
    ],
)
def test_an_error_says_whether_it_may_pass(error: APIError, retryable: bool) -> None:
    assert error.retryable is retryable
