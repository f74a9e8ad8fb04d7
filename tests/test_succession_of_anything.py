"""Sessions nobody would make up: garbage gives problems, real loops give none, and long ones stay cheap."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbkit
from asking import Json, ask, assistant, result, text, thought, use, user
from nbkit import Fake, UsageError, check_session
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import Tool
from nbkit.wire.messages import Message
from scripted import Scripted, call, calls, reply, says

scalars: Any = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just("\ud800")
)
names = st.sampled_from(
    [
        "type",
        "text",
        "id",
        "tool_use_id",
        "input",
        "content",
        "thinking",
        "signature",
        "caller",
        "citations",
        "cache_control",
        "is_error",
        "role",
        "messages",
        "system",
        "tools",
        "model",
        "container",
    ]
)
words = st.sampled_from(
    [
        "text",
        "tool_use",
        "tool_result",
        "thinking",
        "redacted_thinking",
        "compaction",
        "image",
        "user",
        "assistant",
        "system",
        "a",
        "b",
        "claude-opus-5-5",
        "direct",
    ]
)
anything = st.recursive(
    st.one_of(scalars, words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(names, names, st.integers()), inner, max_size=5),
    ),
    max_leaves=12,
)
blocks = st.one_of(
    anything,
    st.builds(text, st.sampled_from(["a", "b", "", "Paris"])),
    st.builds(use, st.sampled_from(["a", "b"]), input=st.one_of(anything, st.just({"city": "Rome"}))),
    st.builds(result, st.sampled_from(["a", "b"]), content=st.one_of(anything, st.sampled_from(["x", "y"]))),
    st.builds(thought, st.sampled_from(["one", "two", ""])),
)
messages = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.one_of(st.sampled_from(["user", "assistant", "user", "assistant", "system"]), anything),
    st.one_of(st.lists(blocks, max_size=4), st.sampled_from(["a", "b"]), anything),
)
bodies = st.one_of(
    anything,
    st.fixed_dictionaries(
        {"messages": st.one_of(st.lists(st.one_of(messages, messages, anything), max_size=6), anything)},
        optional=dict.fromkeys(("model", "system", "tools", "thinking", "container", "thread"), anything),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(bodies, max_size=4))
def test_garbage_in_any_place_gives_problems_that_can_be_told(requests: list[Any]) -> None:
    for problem in check_session(requests):
        assert problem.path.startswith("requests.")
        assert problem.message.startswith(problem.path)
        json.dumps(problem.to_json(), default=repr)


@settings(max_examples=150, deadline=None)
@given(st.lists(messages, min_size=1, max_size=8), st.data())
def test_a_request_with_parts_taken_out_or_put_in_gives_problems_whose_fixes_apply(
    history: list[Any], data: st.DataObject
) -> None:
    requests: list[Json] = [{"messages": history}]
    for _ in range(data.draw(st.integers(1, 3))):
        later = copy.deepcopy(requests[-1]["messages"])
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(later)))
            if data.draw(st.booleans()):
                later[at : at + 1] = []
            else:
                later.insert(at, data.draw(messages))
        requests.append({"messages": later})
    replies = [{"content": data.draw(st.lists(blocks, max_size=3))} for _ in requests]
    for problem in [*check_session(requests), *check_session(requests, replies)]:
        request = requests[int(problem.path.split(".")[1])]
        if problem.fix:
            assert problem.fix.apply(request) != request


@pytest.mark.parametrize("wrong", [None, 5, "x", b"x", {}, {"messages": []}])
def test_what_is_no_list_of_requests_is_a_usage_error(wrong: Any) -> None:
    with pytest.raises(UsageError, match="list of request bodies"):
        check_session(wrong)


@pytest.mark.parametrize("wrong", [5, "x", {}, [], [None, None], ["x"], [5]])
def test_replies_that_are_none_are_a_usage_error(wrong: Any) -> None:
    with pytest.raises(UsageError, match="repl"):
        check_session([ask()], wrong)


def test_what_is_no_request_is_told_and_left_out() -> None:
    requests: list[Any] = [ask(user("q")), None, ask(user("q"), assistant("a"), user("b"))]
    problems = check_session(requests)
    assert [(problem.rule, problem.path) for problem in problems] == [("shape", "requests.1")]


def test_a_record_around_a_request_is_told_not_taken_for_a_request_without_messages() -> None:
    body = ask(user("q"))
    problems = check_session([body, {"request": body, "response": reply(text("a"))}])
    assert [(problem.rule, problem.path) for problem in problems] == [("shape", "requests.1")]
    assert "replies" in problems[0].why


def test_of_a_reply_that_is_not_known_nothing_is_certain() -> None:
    requests = [ask(user("q")), ask(user("q"), user("b"))]
    assert [each.level for each in check_session(requests, [..., ...])] == ["warning"]
    assert check_session(requests, [None, ...]) == []


def test_replies_may_be_messages() -> None:
    requests = [ask(user("q")), ask(user("q"), user("b"))]
    assert [each.level for each in check_session(requests, [Message(says("a")), None])] == ["error"]


def nest(depth: int) -> Any:
    deep: Any = "x"
    for _ in range(depth):
        deep = [deep]
    return deep


@pytest.mark.parametrize("depth", [100, 900, 950, 980, 100_000])
def test_deep_nesting_is_no_error(depth: int) -> None:
    def history() -> list[Json]:
        call = use(input={"deep": nest(depth)})
        return [user(nest(depth)), assistant(call), user(result(content=[nest(depth)]))]

    requests = [ask(*history(), system=nest(depth)), ask(*history(), assistant("a"), user("b"))]
    for problem in check_session(requests):
        assert problem.message


# Loops that are known to be right: nbkit's own.


def weather(city: str) -> str:
    return f"22 °C in {city}"


def own(*steps: Any) -> tuple[Conversation, Scripted]:
    server = Scripted(list(steps))
    chat = Conversation(client=server, tools=[Tool(weather, name="get_weather")], policy=nbkit.allow)
    return chat, server


def test_a_conversation_of_ours_loses_nothing() -> None:
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "EqMB"}
    replies = [
        says("Hello."),
        calls(thinking, {"type": "text", "text": "Both."}, call("a"), call("b", city="Rome")),
        calls(thinking, call("c", city="Oslo")),
        says("Done."),
        says("Bye."),
    ]
    chat, server = own(*replies)
    chat.send("hi")
    chat.send("weather in Paris and Rome?")
    chat.send("bye")
    assert len(server.requests) == 5
    assert check_session(server.requests) == []
    assert check_session(server.requests, replies) == []


def test_rewinds_forks_and_fakes_of_ours_lose_nothing() -> None:
    replies = [
        says("One."),
        says("Two."),
        says("Again."),
        calls(call("a"), call("b")),
        says("So."),
        says("Fork."),
    ]
    chat, server = own(*replies)
    chat.send("one")
    chat.send("two")
    chat.rewind(2)
    chat.send("two, again")
    chat.policy = lambda _call, _history: Fake("snow")
    chat.send("weather?")
    fork = chat.fork("other")
    fork.rewind(2)
    fork.send("elsewhere")
    assert len(server.requests) == len(replies)
    assert check_session(server.requests, replies) == []


def test_a_refusal_and_a_cut_call_of_ours_lose_nothing() -> None:
    refusal = reply({"type": "text", "text": "I"}, stop_reason="refusal")
    cut = reply({"type": "text", "text": "Let me see."}, call("a"), stop_reason="max_tokens")
    replies = [refusal, cut, says("Well.")]
    chat, server = own(*replies)
    chat.send("one")
    chat.send("two")
    chat.stop()
    chat.send("three")
    assert check_session(server.requests, replies) == []


class Recorder(nbkit.Simulator):
    """The simulator, and what it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Json] = []

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Any:
        self.requests.append(json.loads(body))
        return super().respond(method, path, headers, body)


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-sonnet-5", "claude-sonnet-4-5"])
def test_the_simulators_own_loop_loses_nothing(model: str) -> None:
    simulator = Recorder()
    chat = nbkit.Conversation(
        model=model,
        client=nbkit.connect(simulator),
        tools=[Tool(weather, name="get_weather")],
        policy=nbkit.allow,
        thinking={"type": "enabled", "budget_tokens": 1024}
        if model.endswith("4-5")
        else {"type": "adaptive"},
    )
    chat.send("What is the weather in Paris and in Rome?")
    chat.send("Thanks.")
    chat.rewind(4)
    chat.send("And in Oslo?")
    assert len(simulator.requests) > 3
    assert check_session(simulator.requests) == []


def rounds(count: int) -> list[Json]:
    history = [user("task")]
    for k in range(count):
        history += [assistant(thought(f"s{k}"), text(f"step {k}"), use(f"t{k}", input={"k": k}))]
        history += [user(result(f"t{k}", f"found {k} " * 20))]
    return history


def cost(requests: list[Json]) -> float:
    begun = time.process_time()
    assert check_session(requests) == []
    return time.process_time() - begun


def test_the_cost_grows_with_the_size_of_the_session_not_with_its_square() -> None:
    """Each request holds the whole history, so a loop twice as long is four times the size."""
    history = rounds(160)
    small = json.loads(json.dumps([ask(*history[: 2 * k + 1]) for k in range(40)]))
    large = json.loads(json.dumps([ask(*history[: 2 * k + 1]) for k in range(160)]))
    cost(small)
    assert cost(large) < 16 * 2.5 * min(cost(small) for _ in range(3))
