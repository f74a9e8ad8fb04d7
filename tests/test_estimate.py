"""What a request weighs: the API's arithmetic for pictures, characters for the rest, and what is marked."""

from __future__ import annotations

import pytest

from asking import ask, assistant, result, text, use, user
from nbkit.facts import facts
from nbkit.rules.checker import Checker
from nbkit.rules.portable.estimate import Input, measure, prefix, prompt_tokens, scale_of
from pictures import image, png

Json = dict[str, object]


def size(request: Json) -> Input:
    return measure(Checker(request).request)


def test_text_is_weighed_by_its_characters_and_the_tokenizer_of_the_model() -> None:
    older = ask(user("x" * 3500), tools=[], model="claude-opus-4-6")
    assert size(older).tokens == 1000 + 4
    assert size({**older, "model": "claude-opus-4-7"}).tokens == pytest.approx(1300 + 4, abs=1)
    assert size({**older, "model": "claude-opus-9"}).tokens == 1000 + 4


@pytest.mark.parametrize(
    ("model", "width", "height", "tokens"),
    [
        ("claude-opus-5", 280, 280, 100),
        ("claude-opus-5", 8000, 8000, 4784),
        ("claude-opus-4-6", 280, 280, 100),
        ("claude-opus-4-6", 8000, 8000, 1568),
        ("claude-opus-4-6", 3136, 28, 56),
    ],
)
def test_a_picture_is_weighed_as_the_model_sees_it(model: str, width: int, height: int, tokens: int) -> None:
    assert size(ask(user(image(png(width, height))), tools=[], model=model)).tokens == tokens + 4


def test_offering_a_tool_costs_more_when_it_is_forced() -> None:
    free, forced = ask(model="claude-opus-5"), ask(model="claude-opus-5", tool_choice={"type": "any"})
    assert prompt_tokens(forced) - prompt_tokens(free) == 406 - 286


def test_what_is_marked_ends_at_the_last_marker_of_each_lifetime() -> None:
    hour = {"type": "ephemeral", "ttl": "1h"}
    request = ask(
        user(text("x" * 350), text("y" * 700, cache_control={"type": "ephemeral"}), text("z" * 350)),
        model="claude-opus-4-6",
        tools=[],
        system=[text("s" * 350, cache_control=hour), text("t" * 350)],
    )
    assert size(request) == Input(tokens=604, marked_5m=404, marked_1h=100)
    assert size({**request, "cache_control": hour}).marked_1h == 604


def test_a_marker_inside_a_result_marks_as_far_as_that_result() -> None:
    inner = text("x" * 350, cache_control={"type": "ephemeral"})
    request = ask(
        user("q"),
        assistant(use("a"), use("b")),
        user(result("a", [inner]), result("b", "y" * 3500)),
        model="claude-opus-4-6",
    )
    cut = prefix(request, "messages.2.content.0.tool_result.content.0")
    assert len(cut["messages"][2]["content"]) == 1
    assert size(request).tokens - size(request).marked == 1012


def test_the_tokenizer_changed_with_4_7() -> None:
    models = {
        id: scale_of(facts.model(id)).chars_per_token for id in ("claude-sonnet-4-6", "claude-opus-4-7")
    }
    assert models["claude-sonnet-4-6"] > models["claude-opus-4-7"]
