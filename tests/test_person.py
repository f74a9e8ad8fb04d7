"""Be the model: what clients get while and after a person answers, and what that person can't say."""

import asyncio
import contextlib
import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import anthropic
import httpx
import httpx2
import pytest

from nbkit import Conversation, InvalidReply, Simulator, TurnError, UsageError, connect
from nbkit.sim.person.desk import Person, Waiting
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.server import LocalServer
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
URL = "http://simulated/v1/messages"
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
CLOCK: Json = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}
CALL: Json = {"type": "tool_use", "name": "get_weather", "input": {"city": "Paris"}}


def asking(text: str = "Hello", **more: Any) -> Json:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-sonnet-5", "max_tokens": 300, "messages": messages, **more}


class Bridge(httpx2.BaseTransport):
    """The official SDK brings its own HTTP library; this hands its requests to the simulator's transport."""

    def __init__(self, simulator: Simulator) -> None:
        self.transport = simulator.transport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        same = httpx.Request(
            request.method, str(request.url), headers=dict(request.headers), content=request.read()
        )
        answer = self.transport.handle_request(same)
        return httpx2.Response(answer.status_code, headers=dict(answer.headers), stream=Chunks(answer.stream))


class Chunks(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.stream)

    def close(self) -> None:
        self.stream.close()


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(brain="person")


@pytest.fixture
def person(simulator: Simulator) -> Person:
    assert simulator.person is not None
    return simulator.person


@pytest.fixture
def sdk(simulator: Simulator) -> Iterator[anthropic.Anthropic]:
    with httpx2.Client(transport=Bridge(simulator)) as client:
        yield anthropic.Anthropic(api_key="sk-test", http_client=client, max_retries=0)


@pytest.fixture
def inside() -> Iterator[Callable[..., Future[Any]]]:
    """Run something in a thread: a client that blocks while the test is the model."""
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def waits(simulator: Simulator, request: Json) -> Waiting:
    """Let a request wait without any client."""
    assert simulator.person is not None
    plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
    assert plan.pending is not None or plan.status == 200
    KEPT.append(plan)
    return simulator.person.waiting[-1]


KEPT: list[Any] = []  # a plan that is let go is a client that went away


def test_a_text_is_the_whole_answer(sdk: anthropic.Anthropic, person: Person, inside: Any) -> None:
    asked = inside(sdk.messages.create, **asking("Who are you?"))
    waiting = person.next(timeout=20)
    assert waiting.messages == [{"role": "user", "content": "Who are you?"}]
    assert not waiting.streamed
    sent = person.answer(waiting.id, "A person.")
    message = asked.result(20)
    assert message.content[0].text == "A person."
    assert message.stop_reason == "end_turn"
    assert message.id == sent["id"]
    assert message.usage.output_tokens > 0
    assert person.waiting == []


def test_thinking_text_and_calls_stream_as_the_real_thing(
    sdk: anthropic.Anthropic, person: Person, inside: Any
) -> None:
    request = asking("Weather in Paris?", tools=[WEATHER])
    request["thinking"] = {"type": "adaptive", "display": "summarized"}

    def stream() -> tuple[list[str], Any]:
        with sdk.messages.stream(**request) as events:
            return [event.type for event in events], events.get_final_message()

    asked = inside(stream)
    waiting = person.next(timeout=20)
    assert waiting.streamed
    assert waiting.thinks
    assert list(waiting.callable) == ["get_weather"]
    thought = {"type": "thinking", "thinking": "The tool knows."}
    sent = waiting.answer([thought, "I look.", CALL])
    kinds, message = asked.result(20)
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert message.stop_reason == "tool_use"
    assert [block.type for block in message.content] == ["thinking", "text", "tool_use"]
    assert message.content[2].input == {"city": "Paris"}
    assert message.content[2].id.startswith("toolu_")
    assert sent["content"][0]["signature"] == message.content[0].signature
    # It goes back as it came, and is accepted: the signature verifies.
    back = [*request["messages"], {"role": "assistant", "content": sent["content"]}]
    results = {"type": "tool_result", "tool_use_id": message.content[2].id, "content": "rain"}
    again = inside(
        sdk.messages.create, **{**request, "messages": [*back, {"role": "user", "content": [results]}]}
    )
    person.next(timeout=20).answer("Take an umbrella.")
    assert again.result(20).content[0].text == "Take an umbrella."


def test_thinking_between_blocks_verifies_too(simulator: Simulator) -> None:
    request = asking(tools=[WEATHER], model="claude-opus-5-5", thinking={"type": "adaptive"})
    waiting = waits(simulator, request)
    sent = waiting.answer(
        [{"type": "thinking", "thinking": "one"}, "text", {"type": "thinking", "thinking": "two"}, CALL]
    )
    call = sent["content"][-1]["id"]
    turns = [
        {"role": "assistant", "content": sent["content"]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call, "content": "rain"}]},
    ]
    request["messages"] += turns
    waits(simulator, request)


def test_a_stream_begins_at_once_and_pings_while_it_waits() -> None:
    now = [0.0]
    simulator = Simulator(brain="person", clock=lambda: now[0])
    data = json.dumps(asking(stream=True)).encode()
    plan = simulator.respond("POST", "/v1/messages", HEADERS, data)
    assert plan.status == 200

    def events(seconds: float) -> list[bytes]:
        got = []
        end = now[0] + seconds
        while now[0] < end:
            step = next(plan.steps)
            if isinstance(step, bytes):
                got.append(step)
            else:
                now[0] += step
        return got

    first = events(1)
    assert first[0].startswith(b"event: message_start")
    assert [event.count(b"event: ping") for event in events(60)] == [1, 1, 1, 1]
    assert simulator.person is not None
    simulator.person.waiting[0].answer("Here.")
    rest = b"".join(step for step in plan.steps if isinstance(step, bytes))
    assert b"message_start" not in rest
    assert assemble(first[0] + rest).to_wire()["content"] == [{"type": "text", "text": "Here."}]


def test_several_wait_at_once_and_are_answered_in_any_order(
    sdk: anthropic.Anthropic, person: Person, inside: Any
) -> None:
    asked = {name: inside(sdk.messages.create, **asking(name)) for name in ("one", "two", "three")}
    until(lambda: len(person.waiting) == 3)
    for waiting in reversed(person.waiting):
        person.answer(waiting.id, f"You said {waiting.messages[-1]['content']}.")
    for name, future in asked.items():
        assert future.result(20).content[0].text == f"You said {name}."


def test_the_same_request_twice_waits_twice(sdk: anthropic.Anthropic, person: Person, inside: Any) -> None:
    asked = [inside(sdk.messages.create, **asking("same")) for _ in range(2)]
    until(lambda: len(person.waiting) == 2)
    assert len({waiting.id for waiting in person.waiting}) == 2
    for waiting in person.waiting:
        waiting.answer("yes")
    assert [future.result(20).content[0].text for future in asked] == ["yes", "yes"]


@pytest.mark.parametrize(
    ("request_", "content", "stop_reason", "said"),
    [
        ({}, [], None, "empty"),
        ({}, "", None, "non-empty"),
        ({}, " \n", None, "non-whitespace"),
        ({}, [CALL], None, "offers no tool 'get_weather'; it offers none"),
        ({"tools": [CLOCK]}, [CALL], None, "it offers get_time"),
        ({"tools": [WEATHER], "tool_choice": {"type": "none"}}, [CALL], None, "tool_choice is none"),
        ({"tools": [WEATHER], "tool_choice": {"type": "any"}}, "No.", None, "call one of the tools"),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "any"}, "thinking": {"type": "disabled"}},
            ["First", CALL],
            None,
            "no text comes before",
        ),
        (
            {"tools": [WEATHER, CLOCK], "tool_choice": {"type": "tool", "name": "get_time"}},
            [CALL],
            None,
            "allows only 'get_time'",
        ),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
            [CALL, CALL],
            None,
            "one tool at a time",
        ),
        (
            {"tools": [{**WEATHER, "strict": True}]},
            [{**CALL, "input": {"city": 7}}],
            None,
            "7 is not of type",
        ),
        ({"tools": [{**WEATHER, "strict": True}]}, [{**CALL, "input": {}}], None, "'city' is a required"),
        ({"tools": [WEATHER]}, [{**CALL, "input": "Paris"}], None, "valid dictionary"),
        ({"tools": [WEATHER]}, [{**CALL, "id": "a b"}], None, "match pattern"),
        ({"tools": [WEATHER]}, [{**CALL, "id": "a"}, {**CALL, "id": "a"}], None, "unique"),
        ({"tools": [WEATHER]}, [CALL], "end_turn", "stops with tool_use"),
        ({"tools": [WEATHER]}, "Hi", "tool_use", "has a tool_use block"),
        ({}, "Hi", "because", "there is no 'because'"),
        ({}, "Hi", "pause_turn", "server tool"),
        ({}, "Hi", "stop_sequence", "no stop_sequences"),
        ({}, [{"type": "tool_result", "tool_use_id": "x", "content": "y"}, "Hi"], None, ""),
        ({}, [{"type": "image"}], None, "a model says no block of type 'image'"),
        ({}, [{"type": ["x"]}], None, "says no block"),
        ({}, [{"type": "text", "text": "Hi", "more": 1}], None, "Extra inputs"),
        ({}, [{"type": "server_tool_use", "name": "web_search", "input": {}}, "Hi"], None, "web_search"),
        (
            {"thinking": {"type": "disabled"}},
            [{"type": "thinking", "thinking": "Hm."}, "Hi"],
            None,
            "thinking is off",
        ),
        (
            {"thinking": {"type": "adaptive"}},
            [{"type": "thinking", "thinking": "Hm."}],
            None,
            "end in thinking",
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": WEATHER["input_schema"]}}},
            "Paris",
            None,
            "asks for JSON",
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": WEATHER["input_schema"]}}},
            '{"city": 1}',
            None,
            "city does not fit output_config.format: 1 is not of type",
        ),
    ],
)
def test_what_no_model_says_is_refused_and_the_request_waits_on(
    simulator: Simulator, request_: Json, content: Any, stop_reason: str | None, said: str
) -> None:
    waiting = waits(simulator, asking(**request_))
    with pytest.raises(InvalidReply, match="no model says this") as refusal:
        waiting.answer(content, stop_reason=stop_reason)
    assert said in str(refusal.value)
    assert refusal.value.problems
    assert simulator.person is not None
    assert simulator.person.waiting == [waiting]


@pytest.mark.parametrize("content", [None, 7, [7], [None], [["text"]]])
def test_what_is_no_turn_at_all_is_said_in_a_sentence(simulator: Simulator, content: Any) -> None:
    with pytest.raises(UsageError, match="turn"):
        waits(simulator, asking()).answer(content)


def test_arguments_that_do_not_fit_are_a_models_right_where_the_tool_is_not_strict(
    simulator: Simulator,
) -> None:
    waiting = waits(simulator, asking(tools=[WEATHER]))
    wrong = {**CALL, "input": {"town": "Paris"}}
    assert {problem.level for problem in waiting.problems([wrong])} == {"warning"}
    assert waiting.answer([wrong])["content"][0]["input"] == {"town": "Paris"}


def test_rare_endings_can_be_forced(simulator: Simulator) -> None:
    def answered(content: Any, more: Json | None = None, **ending: Any) -> Json:
        return waits(simulator, asking(**(more or {}))).answer(content, **ending)

    details = {"type": "refusal", "category": "cyber", "explanation": None}
    refused = answered([], stop_reason="refusal", stop_details=details)
    assert (refused["content"], refused["stop_reason"], refused["stop_details"]) == ([], "refusal", details)
    assert answered("I was", stop_reason="max_tokens")["stop_reason"] == "max_tokens"
    assert answered("x", stop_reason="model_context_window_exceeded")["stop_reason"].startswith("model_")
    stopped = answered("one STOP two", {"stop_sequences": ["STOP"]})
    assert (stopped["stop_reason"], stopped["stop_sequence"]) == ("stop_sequence", "STOP")
    assert stopped["content"][0]["text"] == "one "
    cut = answered("word " * 100, {"max_tokens": 10})
    assert (cut["stop_reason"], cut["usage"]["output_tokens"]) == ("max_tokens", 10)


def test_the_details_of_a_refusal_are_streamed_too(
    sdk: anthropic.Anthropic, person: Person, inside: Any
) -> None:
    def stream() -> Any:
        with sdk.messages.stream(**asking()) as events:
            return events.get_final_message()

    asked = inside(stream)
    details = {"type": "refusal", "category": "cyber", "explanation": None}
    person.next(timeout=20).answer("I", stop_reason="refusal", stop_details=details)
    message = asked.result(20)
    assert message.stop_reason == "refusal"
    assert message.stop_details.category == "cyber"


def test_a_person_can_fail_as_the_api_does(sdk: anthropic.Anthropic, person: Person, inside: Any) -> None:
    asked = inside(sdk.messages.create, **asking())
    person.fail(person.next(timeout=20).id, 429, "Slow down", retry_after=3)
    with pytest.raises(anthropic.RateLimitError) as error:
        asked.result(20)
    assert error.value.response.headers["retry-after"] == "3"
    asked = inside(lambda: [*sdk.messages.create(**asking(stream=True))])
    person.next(timeout=20).fail()
    with pytest.raises(anthropic.APIStatusError, match="overloaded_error"):
        asked.result(20)
    with pytest.raises(UsageError, match="needs a type="):
        person.fail("req_x", 418)


@pytest.mark.parametrize("stream", [False, True])
def test_patience_ends(stream: bool) -> None:
    now = [0.0]
    simulator = Simulator(brain="person", patience=30, clock=lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds

    transport = simulator.transport()
    transport._sleep = sleep
    with httpx.Client(transport=transport, timeout=None) as client:
        answer = client.post(URL, json=asking(stream=stream), headers=HEADERS)
    assert answer.status_code == (200 if stream else 529)
    assert "overloaded_error" in answer.text
    assert 30 <= now[0] < 31
    assert simulator.person is not None
    assert simulator.person.waiting == []


def test_late_and_wrong_ids_are_said(simulator: Simulator, person: Person) -> None:
    waiting = waits(simulator, asking())
    with pytest.raises(UsageError, match=f"no request 'nobody' waits .* now: {waiting.id}"):
        person.answer("nobody", "Hi")
    waiting.answer("Hi")
    with pytest.raises(TurnError, match="waits no more: it has been answered; waiting now: none"):
        waiting.answer("Hi again")
    with pytest.raises(TurnError, match=r"no request came within 0\.01 s"):
        person.next(timeout=0.01)


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_takes_its_request_along(
    simulator: Simulator, person: Person, stream: bool
) -> None:
    async def go() -> Waiting:
        async with httpx.AsyncClient(transport=simulator.transport()) as client:
            task = asyncio.create_task(client.post(URL, json=asking(stream=stream), headers=HEADERS))
            waiting = await person.anext(timeout=20)
            task.cancel()
            await asyncio.wait([task])
            return waiting

    waiting = asyncio.run(go())
    assert person.waiting == []
    with pytest.raises(TurnError, match="its client went away"):
        waiting.answer("Hello?")


def test_a_reader_who_leaves_the_stream_takes_its_request_along(simulator: Simulator, person: Person) -> None:
    with (
        httpx.Client(transport=simulator.transport()) as client,
        client.stream("POST", URL, json=asking(stream=True), headers=HEADERS) as response,
    ):
        assert b"message_start" in next(response.iter_raw())
        assert len(person.waiting) == 1
    assert person.waiting == []


def test_an_interrupt_ends_the_wait(simulator: Simulator, person: Person) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    transport = simulator.transport()
    transport._sleep = interrupted
    with httpx.Client(transport=transport) as client, pytest.raises(KeyboardInterrupt):
        client.post(URL, json=asking(), headers=HEADERS)
    assert person.waiting == []


def test_an_async_client_waits_without_blocking_its_loop(simulator: Simulator, person: Person) -> None:
    async def both() -> Json:
        async with httpx.AsyncClient(transport=simulator.transport()) as client:
            task = asyncio.create_task(client.post(URL, json=asking(), headers=HEADERS))
            (await person.anext(timeout=20)).answer("On the same loop.")
            answer: Json = (await task).json()
            return answer

    assert asyncio.run(both())["content"][0]["text"] == "On the same loop."


def test_what_the_rules_refuse_never_reaches_the_person(simulator: Simulator, person: Person) -> None:
    for request in (asking(model="nobody"), asking(max_tokens=-1), asking(messages=[])):
        plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
        assert plan.status in (400, 404)
        assert plan.pending is None
    assert person.waiting == []


def test_a_listener_hears_of_what_comes_and_goes(simulator: Simulator, person: Person) -> None:
    seen: list[int] = []
    stop = person.on_change(lambda: seen.append(len(person.waiting)))
    waiting = waits(simulator, asking())
    waiting.answer("Hi")
    stop()
    waits(simulator, asking("later"))
    assert seen == [1, 0]


def test_a_request_is_seen_but_not_changed(simulator: Simulator) -> None:
    waiting = waits(simulator, asking(system="Be brief."))
    waiting.messages.clear()
    waiting.request["model"] = "other"
    sent = waiting.answer("Hi")
    assert sent["model"] == "claude-sonnet-5"
    assert waiting.system == "Be brief."


def test_a_conversation_talks_to_a_person(simulator: Simulator, person: Person, inside: Any) -> None:
    chat = Conversation(client=connect(simulator), tools=[])
    said = inside(chat.send, "Hello, who is there?")
    person.next(timeout=20).answer("Me.")
    said.result(20)
    assert chat.messages[-1]["content"] == [{"type": "text", "text": "Me."}]


def test_the_journal_has_the_request_before_it_is_answered() -> None:
    simulator = Simulator(brain="person", journal=True)
    plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(asking()).encode())

    def status() -> Any:
        read = simulator.respond("GET", "/_nbkit/requests", HEADERS)
        return json.loads(b"".join(map(bytes, read.steps)))["requests"][0]["status"]  # type: ignore[arg-type]

    assert status() is None
    assert simulator.person is not None
    simulator.person.waiting[0].answer("Hi")
    assert plan.pending is not None
    answer = plan.pending.plan
    assert b"Hi" in b"".join(map(bytes, answer.steps))  # type: ignore[arg-type]
    assert status() == 200


def test_counting_needs_no_person(simulator: Simulator) -> None:
    request = {key: value for key, value in asking().items() if key != "max_tokens"}
    plan = simulator.respond("POST", "/v1/messages/count_tokens", HEADERS, json.dumps(request).encode())
    assert plan.status == 200


def test_a_brain_that_there_is_not_is_said() -> None:
    with pytest.raises(UsageError, match="brain is 'built-in' or 'person'"):
        Simulator(brain="ghost")  # type: ignore[arg-type]


def test_many_threads_meet_at_one_desk(simulator: Simulator, person: Person) -> None:
    got: list[str] = []
    with httpx.Client(transport=simulator.transport()) as client:

        def ask(number: int) -> None:
            answer = client.post(URL, json=asking(str(number)), headers=HEADERS).json()
            got.append(answer["content"][0]["text"])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for _ in threads:
            waiting = person.next(timeout=20)
            waiting.answer(waiting.messages[0]["content"])
        for thread in threads:
            thread.join(20)
    assert sorted(got, key=int) == [str(number) for number in range(20)]


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    with LocalServer(simulator) as server:
        yield server.url


def test_a_server_waits_for_a_person_too(url: str, person: Person, inside: Any) -> None:
    with anthropic.Anthropic(api_key="k", base_url=url, max_retries=0) as client:
        asked = inside(client.messages.create, **asking("Whole?"))
        person.next(timeout=20).answer("Whole.")
        assert asked.result(20).content[0].text == "Whole."

        def stream() -> Any:
            with client.messages.stream(**asking("Streamed?", tools=[WEATHER])) as events:
                return events.get_final_message()

        asked = inside(stream)
        person.next(timeout=20).answer(["Streamed.", CALL])
        assert [block.type for block in asked.result(20).content] == ["text", "tool_use"]
        asked = inside(client.messages.create, **asking())
        person.next(timeout=20).fail(529)
        with pytest.raises(anthropic.APIStatusError) as error:
            asked.result(20)
        assert error.value.status_code == 529


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_hangs_up_takes_its_request_along(url: str, person: Person, stream: bool) -> None:
    address = urllib.parse.urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(address.hostname or "", address.port)) as connection:
        connection.request("POST", "/v1/messages", json.dumps(asking(stream=stream)), HEADERS)
        person.next(timeout=20)
    until(lambda: not person.waiting)


@pytest.mark.parametrize("streamed", [False, True])
def test_the_clouds_models_are_persons_as_well(url: str, person: Person, inside: Any, streamed: bool) -> None:
    bedrock = anthropic.AnthropicBedrock(
        base_url=url, aws_access_key="AKIA", aws_secret_key="s", aws_region="us-east-1", max_retries=0
    )
    vertex = anthropic.AnthropicVertex(
        base_url=f"{url}/v1", region="us-east5", project_id="p", access_token="ya29.x", max_retries=0
    )
    classic = {"anthropic_version": "bedrock-2023-05-31"}
    on_bedrock: Json = {"model": "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "extra_body": classic}
    on_vertex: Json = {"model": "claude-sonnet-4-5@20250929"}
    with bedrock, vertex:
        for client, prefix, how in ((bedrock, "msg_bdrk_", on_bedrock), (vertex, "msg_vrtx_", on_vertex)):

            def ask(client: Any = client, how: Any = how) -> Any:
                if not streamed:
                    return client.messages.create(**asking(**how))
                with client.messages.stream(**asking(**how)) as events:
                    return events.get_final_message()

            asked = inside(ask)
            person.next(timeout=20).answer("From a person.")
            message = asked.result(20)
            assert message.content[0].text == "From a person."
            assert message.id.startswith(prefix)
            asked = inside(ask)
            person.next(timeout=20).fail(529)
            with pytest.raises(anthropic.APIError):
                asked.result(20)


def test_a_scenario_comes_before_the_person() -> None:
    scenario = Scenario([{"when": {"user": "scripted"}, "say": "As written."}])
    simulator = Simulator(brain="person", scenario=scenario)
    plan = simulator.respond("POST", "/v1/messages", HEADERS, json.dumps(asking("scripted")).encode())
    assert plan.pending is None
    assert b"As written" in b"".join(step for step in plan.steps if isinstance(step, bytes))
    waits(simulator, asking("anything else"))
