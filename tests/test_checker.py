"""A request checked as it grows is told what the same request checked whole is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import SEARCH_TOOL, TOOL, ask, assistant, found, result, search, system, text, thought, use, user
from nbkit.errors import UsageError
from nbkit.rules import registry
from nbkit.rules.checker import Checker
from nbkit.rules.shapes import plain_params
from nbkit.rules.shapes.plain_messages import glance
from nbkit.rules.validator import check, check_history
from test_contract_cases import expand, request_cases
from test_validator import MESSAGES, REQUESTS, conversation

IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}
MARKED = {"cache_control": {"type": "ephemeral"}}
IDS = st.sampled_from(["a", "b", "c"])
CONTENTS = st.lists(
    st.one_of(
        st.builds(text, st.sampled_from(["", "words", "é"])),
        st.builds(use, IDS),
        st.builds(result, IDS),
        st.builds(search, IDS),
        st.builds(found, IDS),
        st.builds(thought, st.sampled_from(["", "sig"])),
        st.sampled_from([IMAGE, DOCUMENT, {**DOCUMENT, "citations": {"enabled": True}}, text("x", **MARKED)]),
    ),
    max_size=3,
)
LIKELY = st.one_of(
    st.builds(user, st.sampled_from(["words", "words", ""])),
    st.builds(assistant, st.sampled_from(["words", "words", "words "])),
    CONTENTS.map(lambda content: {"role": "user", "content": content}),
    CONTENTS.map(lambda content: {"role": "assistant", "content": content}),
    st.just(system("Be brief.")),
    st.just({"role": "system", "content": [], "output_config": {"effort": "low"}}),
    MESSAGES,
)
PARAMS = st.sampled_from(
    [
        {},
        {"tools": [SEARCH_TOOL, TOOL]},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096},
        {"model": "claude-haiku-4-5", "zork": 1},
        {"cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ]
)


def grown(request: dict[str, Any], **options: Any) -> None:
    """Assert that after each message the growing request is told what the whole one is."""
    messages = request["messages"]
    checker = Checker({**request, "messages": []}, **options)
    for n, message in enumerate([None, *messages]):
        if n:
            checker.extend(message)
        so_far = {**request, "messages": messages[:n]}
        assert checker.problems() == check(so_far, **options)
        if not options.keys() - {"headers"}:
            assert checker.problems(judges_end=False) == check_history(so_far, **options)


@settings(max_examples=200, deadline=None)
@given(st.lists(LIKELY, max_size=7), PARAMS)
def test_every_beginning_of_a_conversation_is_judged_as_if_it_were_whole(
    messages: list[Any], params: dict[str, Any]
) -> None:
    grown({**ask(), **params, "messages": messages})


@settings(max_examples=100, deadline=None)
@given(REQUESTS)
def test_so_is_garbage(request: dict[str, Any]) -> None:
    if isinstance(request["messages"], list):
        grown(request)
    else:
        assert Checker(request).problems() == check(request)


@pytest.mark.parametrize("case", request_cases(), ids=lambda case: str(case["id"]))
def test_so_is_every_case_of_the_collection(case: dict[str, Any]) -> None:
    request = expand(case.get("request"))
    if not isinstance(request, dict) or not isinstance(request.get("messages"), list):
        return
    if len(request["messages"]) < 50:
        grown(request, endpoint=case["endpoint"])


BEGINNINGS = [conversation(0), conversation(15), conversation(16)]  # the last two end around a mark


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BEGINNINGS), PARAMS, st.data())
def test_one_that_went_back_and_on_again_is_told_what_the_whole_one_is(
    beginning: list[Any], params: dict[str, Any], data: st.DataObject
) -> None:
    request = {**ask(), **params}
    so_far = list(beginning)
    checker = Checker({**request, "messages": so_far[:2]})
    for message in so_far[2:]:
        checker.extend(message)
    for _ in range(data.draw(st.integers(1, 8))):
        if data.draw(st.booleans()):
            back = min(len(so_far), data.draw(st.sampled_from([0, 1, 1, 2, 2, 3, 5, 70])))
            del so_far[len(so_far) - back :]
            checker.rewind(len(so_far))
        for message in data.draw(st.lists(LIKELY, max_size=3)):
            so_far.append(message)
            checker.extend(message)
            if data.draw(st.booleans()):
                assert checker.problems() == check({**request, "messages": so_far})
        assert len(checker) == len(so_far)
        assert checker.problems() == check({**request, "messages": so_far})
        assert checker.problems(judges_end=False) == check_history({**request, "messages": so_far})


def test_it_goes_back_to_no_place_that_it_never_was() -> None:
    checker = Checker(ask(*conversation(1)))
    for n in (-1, len(checker) + 1, "1", None):
        with pytest.raises(UsageError, match="rewind"):
            checker.rewind(n)  # type: ignore[arg-type]
    assert checker.problems() == check(ask(*conversation(1)))


@settings(max_examples=200, deadline=None)
@given(st.lists(LIKELY, max_size=7), PARAMS)
def test_what_is_known_at_a_glance_is_judged_like_what_is_looked_at_closely(
    messages: list[Any], params: dict[str, Any]
) -> None:
    """An explicit null changes nothing for the API, and is in none of the shapes known at a glance."""
    request = {**ask(), **params, "messages": messages}
    close = {**request, "messages": [_spelt_out(message) for message in messages]}
    assert _told(check(request)) == _told(check(close))


def _spelt_out(message: Any) -> Any:
    if not is_known(message):
        return message
    content = message["content"]
    blocks = [text(content)] if isinstance(content, str) else content
    content = [block if block["type"] == "thinking" else {**block, "cache_control": None} for block in blocks]
    assert not is_known({**message, "content": content}) or content == blocks
    return {**message, "content": content}


def _told(problems: list[Any]) -> list[tuple[str, str]]:
    places = [problem.path.split(".content")[0] for problem in problems]
    return [(problem.rule, place) for problem, place in zip(problems, places, strict=True)]


def is_known(message: Any) -> bool:
    return glance(message) is not None


@settings(max_examples=200, deadline=None)
@given(st.lists(LIKELY, max_size=7), PARAMS)
def test_what_is_not_looked_for_among_plain_messages_is_not_there(
    messages: list[Any], params: dict[str, Any]
) -> None:
    plain = [message for message in messages if is_known(message)]
    request = Checker({**ask(), **params, "messages": plain}).request
    assert request.seen.only_plain
    assert [problem for rule in registry.NOT_IN_PLAIN for problem in rule(request)] == []


def test_the_common_messages_are_known_at_a_glance() -> None:
    assert all(map(is_known, conversation(1)))


@pytest.mark.parametrize("odd", ["\ud800", "", 3, None, ["x"], {"type": "text"}])
def test_no_odd_value_is_known_at_a_glance(odd: Any) -> None:
    messages = [user(text("x")), assistant(use()), user(result()), assistant(thought()), user("x")]
    for message in messages:
        assert is_known(message)
        assert not is_known({**message, "role": odd})
        assert not is_known({**message, "content": odd})
        assert not is_known({**message, "more": odd})
        for block in message["content"] if isinstance(message["content"], list) else ():
            for key in {*block, "more"} - MAY_BE_EMPTY:
                assert not is_known({**message, "content": [{**block, key: odd}]})


MAY_BE_EMPTY = {"content", "input", "thinking"}  # "" and a dict are legal in some of these


def test_what_can_not_be_added_leaves_everything_as_it_was() -> None:
    circle = user(text("x"))
    circle["content"].append(circle)
    for beginning in (conversation(1), [*conversation(1), assistant(text(" "))]):
        checker = Checker(ask(*beginning))
        assert checker.problems() == check(ask(*beginning))
        with pytest.raises(UsageError, match="contains itself"):
            checker.extend(user("more"), circle)
        assert len(checker) == len(beginning)
        checker.extend(user("else"))
        assert checker.problems() == check(ask(*beginning, user("else")))


def test_what_does_not_grow_by_messages_is_said() -> None:
    with pytest.raises(UsageError, match="is a dict, not list"):
        Checker([])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="as a whole"):
        Checker({"requests": []}, endpoint="/v1/messages/batches")
    for body in ({"model": "claude-sonnet-5"}, {"messages": "words"}):
        checker = Checker(body)
        with pytest.raises(UsageError, match='begin with "messages": '):
            checker.extend(user("x"))
        assert checker.problems() == check(body)


def test_the_body_that_was_given_is_not_changed() -> None:
    request = ask(*conversation(1))
    before = copy.deepcopy(request)
    Checker(request).extend(user("more"))
    assert request == before


PLAIN_PARAMS: dict[str, list[Any]] = {
    "model": ["claude-sonnet-5"],
    "messages": [[]],
    "max_tokens": [0, 4096],
    "system": ["", "Be brief.", [text("Be brief.")]],
    "tools": [[], [TOOL], [{**TOOL, "type": "custom"}], [{"name": "a", "input_schema": {"type": "object"}}]],
    "tool_choice": [{"type": "auto"}, {"type": "any"}, {"type": "none"}, {"type": "tool", "name": "a"}],
    "thinking": [
        {"type": "adaptive"},
        {"type": "adaptive", "display": "omitted"},
        {"type": "enabled", "budget_tokens": 1024},
    ],
    "output_config": [{"effort": "low"}],
    "stop_sequences": [[], ["x"]],
    "stream": [True],
}
ODD_VALUES: list[Any] = [
    None,
    True,
    0,
    1.5,
    "",
    "x",
    "\ud800",
    [],
    ["x"],
    [[]],
    {},
    {"type": "x"},
    {"\ud800": 1},
]


def bodies() -> list[dict[str, Any]]:
    """Bodies with one value changed at every place, and with one key more or less."""
    whole = {name: values[0] for name, values in PLAIN_PARAMS.items()}
    found = [{**whole, name: value} for name, values in PLAIN_PARAMS.items() for value in values]
    return found + [changed for body in found[:] for changed in _changed(body)]


def _changed(value: Any) -> list[Any]:
    if isinstance(value, dict):
        inner = [{**value, key: new} for key in value for new in [*_changed(value[key]), *ODD_VALUES]]
        fewer = [{key: value[key] for key in value if key != left_out} for left_out in value]
        return [*inner, *fewer, {**value, "zork": 1}]
    if isinstance(value, list):
        return [[*value[:k], new, *value[k + 1 :]] for k in range(len(value)) for new in _changed(value[k])]
    return []


def test_parameters_known_at_a_glance_have_no_fault_for_the_models() -> None:
    from nbkit.rules.shapes.param_shapes import Body

    known = [body for body in bodies() if plain_params.is_plain(body, needs_max_tokens=True)]
    for body in known:
        Body.model_validate(body)
    assert len(known) > 100


@pytest.mark.parametrize("name", PLAIN_PARAMS)
def test_the_common_parameters_are_known_at_a_glance(name: str) -> None:
    for value in PLAIN_PARAMS[name]:
        body = {"model": "claude-sonnet-5", "max_tokens": 1, "messages": [], name: value}
        assert plain_params.is_plain(body, needs_max_tokens=True)
