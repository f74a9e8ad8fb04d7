"""The prompt cache of the simulator, as usage shows it (contract, 9.2)."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
MARK: Json = {"type": "ephemeral"}
HOUR: Json = {"type": "ephemeral", "ttl": "1h"}
LONG = "The river runs past the old mill and under the bridge. " * 200
TOOL: Json = {
    "name": "get_weather",
    "description": "Current weather in a city. " * 200,
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


class Api:
    """A simulator whose time is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.simulator = Simulator(clock=lambda: self.now)

    def post(self, request: Json, path: str = "/v1/messages", key: str = "k") -> Any:
        headers = {**HEADERS, "x-api-key": key}
        plan = self.simulator.respond("POST", path, headers, json.dumps(request).encode())
        data = b"".join(step for step in plan.steps if isinstance(step, bytes))
        assert plan.status == 200, data
        return data if request.get("stream") else json.loads(data)

    def usage(self, request: Json, key: str = "k") -> tuple[int, int, int]:
        """Tokens read, written, and neither."""
        usage = self.post(request, key=key)["usage"]
        split = usage["cache_creation"]
        assert sum(split.values()) == usage["cache_creation_input_tokens"]
        return usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"], usage["input_tokens"]

    def count(self, request: Json) -> int:
        body = {key: value for key, value in request.items() if key not in ("max_tokens", "stream")}
        counted: int = self.post(body, "/v1/messages/count_tokens")["input_tokens"]
        return counted


@pytest.fixture
def api() -> Api:
    return Api()


def text(words: str, mark: Json | None = None) -> Json:
    return {"type": "text", "text": words, **({"cache_control": mark} if mark else {})}


def request(*blocks: Json, **more: Any) -> Json:
    content = list(blocks) or [text("Hello")]
    messages = [{"role": "user", "content": content}]
    return {"model": "claude-sonnet-5", "max_tokens": 50, "messages": messages, **more}


def marked() -> Json:
    """Tools, system and a first message, each of them a breakpoint."""
    return request(
        text(LONG + "In the message.", MARK),
        tools=[{**TOOL, "cache_control": MARK}],
        system=[text(LONG + "In the system prompt.", MARK)],
    )


def test_what_is_written_is_read_by_the_same_request(api: Api) -> None:
    read, written, rest = api.usage(marked())
    assert (read, rest) == (0, 0)
    assert written == api.count(marked())
    assert api.usage(marked()) == (written, 0, 0)


def test_without_a_mark_nothing_is_written_or_read(api: Api) -> None:
    total = api.count(request(text(LONG)))
    assert [api.usage(request(text(LONG))) for _ in range(2)] == [(0, 0, total)] * 2


def test_what_stands_behind_the_last_mark_is_neither(api: Api) -> None:
    one = request(text(LONG, MARK), text("And now?"))
    _, written, rest = api.usage(one)
    assert written + rest == api.count(one)
    assert 0 < rest < 20
    assert api.usage(request(text(LONG, MARK), text("Something else"))) == (written, 0, rest + 3)


def test_a_prompt_below_the_models_minimum_is_not_cached(api: Api) -> None:
    short = request(text("Short", MARK))
    total = api.count(short)
    assert [api.usage(short) for _ in range(2)] == [(0, 0, total)] * 2
    least = request(text("x " * 1300, MARK))
    assert 512 < api.count(least) < 1024
    assert api.usage(least)[1] == 0
    assert api.usage({**least, "model": "claude-opus-5"})[1] > 512


def test_an_entry_lives_five_minutes_from_its_last_use(api: Api) -> None:
    _, written, _ = api.usage(marked())
    for _ in range(3):
        api.now += 299
        assert api.usage(marked()) == (written, 0, 0)
    api.now += 301
    assert api.usage(marked()) == (0, written, 0)


def test_an_entry_of_an_hour_lives_an_hour(api: Api) -> None:
    one = request(text(LONG, HOUR))
    _, written, _ = api.usage(one)
    api.now += 3599
    assert api.usage(one)[0] == written
    api.now += 3601
    assert api.usage(one)[0] == 0


def test_lifetimes_are_told_apart(api: Api) -> None:
    mixed = request(text(LONG, HOUR), text(LONG + "more", MARK))
    usage = api.post(mixed)["usage"]
    hour = api.count(request(text(LONG)))
    assert usage["cache_creation"]["ephemeral_1h_input_tokens"] == hour
    assert usage["cache_creation"]["ephemeral_5m_input_tokens"] == api.count(mixed) - hour
    api.now += 1000
    read, written, _ = api.usage(mixed)
    assert (read, written) == (hour, api.count(mixed) - hour)


def test_a_growing_conversation_reads_what_the_turn_before_wrote(api: Api) -> None:
    grown = request(text(LONG), cache_control=MARK)
    before = api.usage(grown)[1]
    for turn in range(4):
        grown = deepcopy(grown)
        grown["messages"] += [
            {"role": "assistant", "content": [text(f"Answer {turn}")]},
            {"role": "user", "content": [text(f"Question {turn}")]},
        ]
        read, written, rest = api.usage(grown)
        assert (read, rest) == (before, 0)
        assert 0 < written < 40
        before = read + written


def test_it_looks_back_over_twenty_blocks_and_no_further(api: Api) -> None:
    start = [text(LONG, MARK)]
    written = api.usage(request(*start))[1]
    for more, found in ((19, written), (20, 0)):
        blocks = [text(LONG), *(text(f"{more} {n}") for n in range(more - 1)), text("end", MARK)]
        assert api.usage(request(*blocks))[0] == found


CHANGES: dict[str, tuple[Callable[[Json], Any], str]] = {
    "the tools": (lambda body: body["tools"][0].update(description="Other. " * 400), ""),
    "the system prompt": (lambda body: body["system"][0].update(text=LONG + "Other."), "tools"),
    "a message": (
        lambda body: body["messages"][0]["content"][0].update(text=LONG + "Other."),
        "tools system",
    ),
    "tool_choice": (lambda body: body.update(tool_choice={"type": "none"}), "tools system"),
    "thinking": (lambda body: body.update(thinking={"type": "disabled"}), "tools system"),
    "effort": (lambda body: body.update(output_config={"effort": "low"}), "tools system"),
    "the model": (lambda body: body.update(model="claude-opus-5"), ""),
    "the format": (
        lambda body: body.update(
            output_config={
                "format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}
            }
        ),
        "",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_costs_what_stands_on_it(api: Api, what: str) -> None:
    change, kept = CHANGES[what]
    api.post(marked())
    changed = marked()
    change(changed)
    tools_only = {
        **request(text(".")),
        "tools": marked()["tools"],
        **{k: changed[k] for k in ("tool_choice",) if k in changed},
    }
    ends = {"": 0, "tools": api.count(tools_only) - api.count(request(text(".")))}
    ends["tools system"] = (
        ends["tools"]
        + api.count(request(text("."), system=marked()["system"]))
        - api.count(request(text(".")))
    )
    assert api.usage(changed)[0] == ends[kept]


def test_moving_a_mark_changes_nothing(api: Api) -> None:
    written = api.usage(request(text(LONG, MARK), text("tail")))[1]
    assert api.usage(request(text(LONG), text("tail", MARK)))[0] == written


def test_the_order_of_keys_is_part_of_the_prompt(api: Api) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"a": 1, "b": 2}}
    other = {**call, "input": {"b": 2, "a": 1}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": LONG, "cache_control": MARK}

    def loop(block: Json) -> Json:
        body = request(text("Go"), tools=[TOOL], model="claude-sonnet-4-5")
        body["messages"] += [{"role": "assistant", "content": [block]}, {"role": "user", "content": [result]}]
        return body

    assert api.usage(loop(call))[0] == 0
    assert api.usage(loop(call))[0] > 0
    assert api.usage(loop(other))[0] == 0


def test_keys_share_nothing_and_counting_writes_nothing(api: Api) -> None:
    api.count(marked())
    assert api.usage(marked())[0] == 0
    assert api.usage(marked(), key="other")[0] == 0


def test_a_stream_says_the_same_at_its_start_and_at_its_end(api: Api) -> None:
    api.post(marked())
    data = api.post({**marked(), "stream": True})
    events = [json.loads(line[6:]) for line in data.split(b"\n") if line.startswith(b"data: ")]
    start, end = (
        events[0]["message"]["usage"],
        next(e["usage"] for e in events if e["type"] == "message_delta"),
    )
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    assert [start[name] for name in names] == [end[name] for name in names]
    assert start["cache_read_input_tokens"] == api.count(marked())


WORDS = {"short": "a", "long": LONG, "longer": LONG + "b"}
BLOCKS = st.lists(st.tuples(st.sampled_from(sorted(WORDS)), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=30, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=3), st.booleans())
def test_usage_is_always_all_of_the_prompt(prompts: list[list[tuple[str, bool]]], automatic: bool) -> None:
    api = Api()
    for blocks in prompts:
        content = [text(WORDS[words], MARK if is_marked else None) for words, is_marked in blocks]
        marks = sum(is_marked for _, is_marked in blocks)
        body = request(*content, **({"cache_control": MARK} if automatic and marks < 4 else {}))
        assert sum(api.usage(body)) == api.count(body)


def test_a_mark_that_is_spelled_in_escapes_is_a_mark(api: Api) -> None:
    data = json.dumps(request(text(LONG, MARK))).replace("cache_control", "cache\\u005fcontrol").encode()
    plans = [api.simulator.respond("POST", "/v1/messages", HEADERS, data) for _ in range(2)]
    usages = [json.loads(b"".join(map(bytes, plan.steps)))["usage"] for plan in plans]  # type: ignore[arg-type]
    assert usages[0]["cache_creation_input_tokens"] == usages[1]["cache_read_input_tokens"] > 0
