"""Clients of many kinds over made-up conversations: those that trim are silent, those that lose are told."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from asking import Json, ask, assistant, found, result, search, text, thought, use, user
from nbkit import check_session
from scripted import reply

CASES = Path(__file__).parents[2] / "shared" / "data" / "contract_cases.jsonl"
SEEDS = range(12)


def is_question(message: Json) -> bool:
    content = message["content"]
    return message["role"] == "user" and (isinstance(content, str) or content[0]["type"] != "tool_result")


def conversation(random: Random) -> tuple[list[list[Json]], list[Json]]:
    """The histories that a flawless client sends, and the replies that it gets."""
    history: list[Json] = []
    histories: list[list[Json]] = []
    replies: list[Json] = []
    for turn in range(random.randint(2, 5)):
        history.append(user(random.choice(["ok", f"question {turn}"])))
        for step in range(random.randint(0, 3) + 1):
            id = f"{turn}_{step}"
            histories.append(list(history))
            blocks: list[Json] = [thought(f"signed {id}")] if random.random() < 0.7 else []
            blocks += [search(f"srv_{id}"), found(f"srv_{id}")] if random.random() < 0.2 else []
            blocks.append(text(f"Step {id}: " + "and on " * random.randint(1, 20)))
            calls = [use(f"{id}_{k}", input={"city": f"{id}_{k}"}) for k in range(random.randint(1, 3))]
            replies.append(reply(*blocks, *calls, stop_reason="tool_use"))
            history.append(assistant(*blocks, *calls))
            found_out = [f"{each['id']} is fine. " * random.randint(1, 9) for each in calls]
            results = [result(each["id"], said) for each, said in zip(calls, found_out, strict=True)]
            history.append(user(*results))
        histories.append(list(history))
        replies.append(reply(text(f"Answer {turn}, and more.")))
        history.append(assistant(text(f"Answer {turn}, and more.")))
    return histories, replies


def window(history: list[Json], length: int = 8) -> list[Json]:
    starts = [at for at, message in enumerate(history) if is_question(message)]
    return history[next((at for at in starts if len(history) - at <= length), starts[-1]) :]


def summarised(history: list[Json]) -> list[Json]:
    rest = window(history)
    return history if len(rest) == len(history) else [user("In short: it went well so far."), *rest]


def with_results(history: list[Json], change: Callable[[str], str], keep: int = 2) -> list[Json]:
    history = copy.deepcopy(history)
    results = [block for message in history if not is_question(message) for block in message["content"]]
    for block in [block for block in results if block["type"] == "tool_result"][:-keep]:
        block["content"] = change(block["content"])
    return history


def shortened(old: str) -> str:
    return old[:20] + "… [truncated]" if len(old) > 40 else old


def without_old_thinking(history: list[Json]) -> list[Json]:
    last = max(at for at, message in enumerate(history) if is_question(message))
    history = copy.deepcopy(history)
    for message in history[:last]:
        if message["role"] == "assistant":
            message["content"] = [each for each in message["content"] if each["type"] != "thinking"]
    return history


def reminded(history: list[Json]) -> list[Json]:
    content = history[-1]["content"]
    blocks = [text(content)] if isinstance(content, str) else content
    return [*history[:-1], user(*blocks, text("<reminder>be brief</reminder>"))]


CAREFUL: dict[str, Callable[[list[Json]], list[Json]]] = {
    "appends only": lambda history: history,
    "keeps a window of whole turns": window,
    "keeps a narrow window": lambda history: window(history, 3),
    "summarises what is old": summarised,
    "clears old results": lambda history: with_results(history, lambda _: "[Old tool result cleared]"),
    "shortens old results": lambda history: with_results(history, shortened),
    "drops the thinking of finished turns": without_old_thinking,
    "adds a reminder that isn't kept": reminded,
}


@pytest.mark.parametrize("told", [False, True], ids=["without replies", "with replies"])
@pytest.mark.parametrize("name", CAREFUL)
def test_a_careful_client_is_told_nothing(name: str, told: bool) -> None:
    for seed in SEEDS:
        histories, replies = conversation(Random(seed))
        requests = [copy.deepcopy(ask(*CAREFUL[name](history))) for history in histories]
        assert check_session(requests, replies if told else None) == [], seed


def chosen(history: list[Json], random: Random, wanted: Callable[[Json], bool]) -> Json:
    """A message, not the last, that has something to lose."""
    return random.choice([message for message in history[:-1] if wanted(message)])


def holds(kind: str, times: int = 1) -> Callable[[Json], bool]:
    def has(message: Json) -> bool:
        return [each["type"] for each in message["content"] if isinstance(each, dict)].count(kind) >= times

    return has


def lose_block(kind: str) -> Callable[[list[Json], Random], None]:
    def lose(history: list[Json], random: Random) -> None:
        content = chosen(history, random, holds(kind))["content"]
        content.remove(random.choice([each for each in content if each["type"] == kind]))

    return lose


def lose_answer(history: list[Json], random: Random) -> None:
    questions = [at for at, message in enumerate(history) if at and is_question(message)]
    del history[random.choice(questions) - 1]


def lose_thinking(history: list[Json], random: Random) -> None:
    """The last assistant turn, still being answered, loses its thinking."""
    history[-2]["content"] = [each for each in history[-2]["content"] if each["type"] != "thinking"]


def swap(history: list[Json], random: Random) -> None:
    one, other = chosen(history, random, holds("tool_result", 2))["content"][:2]
    one["content"], other["content"] = other["content"], one["content"]


def rename(history: list[Json], random: Random) -> None:
    for message in history:
        for each in message["content"] if isinstance(message["content"], list) else ():
            for key in ("id", "tool_use_id"):
                if key in each:
                    each[key] = f"call_{each[key]}"


CARELESS: dict[str, tuple[Callable[[list[Json], Random], None], set[str]]] = {
    "an answer": (lose_answer, {"lost_assistant_turn"}),
    "a text": (lose_block("text"), {"lost_block", "lost_assistant_turn"}),
    "a call": (lose_block("tool_use"), {"lost_block"}),
    "a result": (lose_block("tool_result"), {"lost_tool_result"}),
    "the open turn's thinking": (lose_thinking, {"lost_thinking"}),
    "which result is whose": (swap, {"swapped_results"}),
    "the ids": (rename, {"changed_ids"}),
}


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_client_is_told_what_it_lost(name: str) -> None:
    lose, wanted = CARELESS[name]
    seen = 0
    for seed in SEEDS:
        random = Random(seed)
        histories, replies = conversation(random)
        before = copy.deepcopy(histories)
        at = random.randrange(1, len(histories))
        history = copy.deepcopy(histories[at])
        try:
            lose(history, random)
        except IndexError:
            continue
        if history == before[at]:
            continue
        requests = [copy.deepcopy(ask(*each)) for each in [*histories[:at], history]]
        rules = {problem.rule for problem in check_session(requests, replies[: at + 1])}
        assert rules & wanted, (seed, at, rules)
        seen += 1
    assert seen >= 4


def loop_case(id: str) -> Json:
    if not CASES.exists():
        pytest.skip(f"the collection of cases is not beside this clone ({CASES.name})")
    cases = (json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines())
    case: Json = next(each for each in cases if each["id"] == id)
    return case


def test_the_thinking_of_the_loop_case_must_go_back_byte_for_byte() -> None:
    case = loop_case("loop_thinking_state.1")
    request, answer = case["request"], case["server_response"]

    def after(*content: Any) -> list[str]:
        messages = [*request["messages"], assistant(*content), user(result("toolu_01A"))]
        later = {**request, "messages": messages}
        return [each.rule for each in check_session([request, later], [answer, None])]

    thinking, call = answer["content"]
    assert after(thinking, call) == []
    assert after(call) == ["lost_thinking"]
    assert after({**thinking, "signature": "SIG"}, call) == ["changed_thinking"]
    assert after({**thinking, "thinking": "Let me think. "}, call) == ["changed_thinking"]


def test_the_call_of_the_interrupted_loop_case_must_be_answered_not_forgotten() -> None:
    case = loop_case("loop_interrupt.1")
    request, answer = case["request"], case["server_response"]

    def after(*messages: Json) -> list[str]:
        later = {**request, "messages": [*request["messages"], *messages]}
        return [each.rule for each in check_session([request, later], [answer, None])]

    turn = assistant(*answer["content"])
    assert after(turn, user(result("toolu_01A", "Interrupted.", is_error=True), text("Stop."))) == []
    assert after(user("Stop.")) == ["lost_assistant_turn"]
