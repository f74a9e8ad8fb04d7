"""Be the model: what clients get from a person who answers."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import anthropic
import httpx
import httpx2
import pytest

from asked_person import CALL, HEADERS, URL, WEATHER, Bridge, Json, asking, until, waits
from nbkit import Conversation, Simulator, UsageError, connect
from nbkit.sim.person.desk import Person
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.server import LocalServer


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


@pytest.fixture
def url(simulator: Simulator) -> Iterator[str]:
    with LocalServer(simulator) as server:
        yield server.url


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


def test_counting_needs_no_person(simulator: Simulator) -> None:
    request = {key: value for key, value in asking().items() if key != "max_tokens"}
    plan = simulator.respond("POST", "/v1/messages/count_tokens", HEADERS, json.dumps(request).encode())
    assert plan.status == 200


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
