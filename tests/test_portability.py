"""One array against models, versions and platforms: what a user reads in the table."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import nbkit
from asking import NEW, SEARCH_TOOL, TOOL, ask, assistant, judged, result, text, use, user
from nbkit.errors import UsageError
from nbkit.facts import facts
from nbkit.rules.portable.portability import Portability, portability

Json = dict[str, Any]
TEXT = Path(__file__).parent / "data" / "portability.txt"
CLASSIC = "2023-06-01"
MARK = {"type": "ephemeral"}


def test_without_lists_it_is_every_active_model_both_versions_and_every_platform() -> None:
    active = [model.id for model in facts.models() if model.lifecycle == "active"]
    table = nbkit.portability(ask())
    assert len(table.rows) == len(active) * 2 * 4
    assert list(dict.fromkeys(cell.model for cell in table)) == active
    assert {cell.version for cell in table} == {NEW, CLASSIC}
    assert {cell.platform for cell in table} == {"anthropic", "bedrock", "vertex", "strict"}


def test_a_cell_is_what_check_says_of_the_request_there() -> None:
    request = ask(thinking={"type": "enabled", "budget_tokens": 2048}, max_tokens=4096)
    assert judged(request, "claude-opus-4-5").refusal is None
    cell = judged(request, "claude-opus-5")
    assert cell.verdict == "refused"
    assert cell.refusal is not None
    assert (cell.refusal.rule, cell.refusal.path) == ("R40", "thinking")
    assert cell.refusal.message.startswith('"thinking.type.enabled" is not supported for this model.')
    assert (cell.input_tokens, cell.input_cost) == (None, None)


def test_the_version_of_a_cell_replaces_that_of_the_headers() -> None:
    request = ask(temperature=0.5)
    headers = {"Anthropic-Version": NEW, "anthropic-beta": "interleaved-thinking-2025-05-14"}
    assert judged(request, "claude-sonnet-4-6", version=NEW, headers=headers).verdict == "refused"
    assert judged(request, "claude-sonnet-4-6", version=CLASSIC, headers=headers).refusal is None


def test_the_request_itself_is_left_alone() -> None:
    request = ask(user("One."), user("Two."), model="claude-opus-5")
    before = json.dumps(request)
    portability(request)
    assert json.dumps(request) == before


def test_the_platforms_refuse_what_they_do_not_have() -> None:
    request = ask(user("One."), user("Two."), tools=[TOOL, SEARCH_TOOL])
    table = portability(request, models="claude-sonnet-5", versions=NEW)
    assert [cell.verdict for cell in table] == ["accepted", "refused", "accepted", "refused"]
    paths = [cell.refusal.path for cell in table if cell.refusal]
    assert paths == ["tools.1", "messages.1"]


def test_an_unknown_model_is_marked_unknown() -> None:
    cell = judged(ask(), "claude-opus-9")
    assert cell.verdict == "unknown"
    assert cell.input_cost is None
    assert judged(ask(messages=[]), "claude-opus-9").verdict == "refused"
    assert judged(ask(), "us.anthropic.claude-opus-5", "bedrock").verdict == "accepted"


def test_a_retired_model_is_gone_and_a_deprecated_one_will_be() -> None:
    gone = judged(ask(), "claude-opus-4-1")
    assert gone.refusal is not None
    assert gone.refusal.status == 404
    assert judged(ask(), "claude-opus-4-1", "bedrock", CLASSIC).verdict == "unknown"
    leaving = judged(ask(), "claude-sonnet-4-5").differences[0]
    assert leaving.message == "this model is deprecated and retires on 2026-11-30"


def test_the_cost_is_that_of_a_first_request() -> None:
    words = "x" * 35_000
    plain = judged(ask(user(words), tools=[], model="claude-opus-4-6"), "claude-opus-4-6")
    assert plain.input_tokens == 10_004
    assert plain.input_cost == pytest.approx(10_004 * 5 / 1e6)
    cached = ask(user(text(words, cache_control=MARK)), tools=[], model="claude-opus-4-6", inference_geo="us")
    assert judged(cached, "claude-opus-4-6").input_cost == pytest.approx(10_004 * 5 / 1e6 * 1.25 * 1.1)
    assert judged(cached, "claude-opus-4-6", "strict").input_cost is None
    hour = ask(
        user(text(words, cache_control={**MARK, "ttl": "1h"}), text("x" * 35, cache_control=MARK)),
        tools=[],
        model="claude-opus-4-6",
    )
    assert judged(hour, "claude-opus-4-6").input_cost == pytest.approx((10_004 * 2 + 10 * 1.25) * 5 / 1e6)


def test_a_long_prompt_costs_more_where_the_model_says_so() -> None:
    def price(words: int) -> float:
        cell = judged(ask(user("x" * words), tools=[]), "claude-haiku-5-5")
        assert cell.input_cost is not None
        assert cell.input_tokens is not None
        return round(cell.input_cost / cell.input_tokens * 1e6, 6)

    assert (price(200_000), price(400_000)) == (0.1, 0.5)


def test_the_table_reads_as_text() -> None:
    request = ask(user("One."), user("Two."), model="claude-opus-5", tools=[])
    models = ["claude-opus-5", "claude-opus-4-8", "claude-haiku-4-5", "claude-opus-9"]
    assert str(portability(request, models=models, platforms=["bedrock", "strict"])) == TEXT.read_text(
        encoding="utf-8"
    ).rstrip("\n")


def test_the_table_is_json() -> None:
    table = portability(ask(), models=["claude-opus-5"], versions=[NEW], platforms=["bedrock"])
    (row,) = json.loads(json.dumps(table.to_json()))["rows"]
    assert row["verdict"] == "accepted"
    assert set(row) == {
        "model",
        "version",
        "platform",
        "verdict",
        "problems",
        "input_tokens",
        "input_cost",
    }


class Page(HTMLParser):
    """What a page is made of: its tags, their attributes, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_the_same_with_inline_styles_only() -> None:
    table = portability(ask(user("One."), user("Two.")), models=["claude-opus-5"])
    page = Page(table._repr_html_())
    assert page.tags <= {"div", "table", "thead", "tbody", "tr", "th", "td"}
    assert page.attributes <= {"class", "style"}
    assert "refused 1" in page.text
    assert 'found multiple "user" roles in a row' in page.text
    assert "estimate" in page.text


HOSTILE = "<script>alert(1)</script>\n"


def test_nothing_of_the_request_becomes_markup() -> None:
    request = ask(user({"type": HOSTILE}, {**text(), HOSTILE: 1}))
    page = Page(portability(request, models=[HOSTILE], versions=[HOSTILE])._repr_html_())
    assert "script" not in page.tags
    assert page.text.count("<script>alert(1)") >= 4


def test_nothing_of_the_request_breaks_a_line_or_the_encoding() -> None:
    table = portability(ask(user({"type": HOSTILE})), models=["claude-opus-5"])
    assert [line[:5] for line in str(table).splitlines() if "<script>" in line] == ["  1  "]
    torn = portability(ask(), models=["\ud800"])
    assert str(torn).encode()
    assert torn._repr_html_().encode()


def test_neighbouring_models_that_all_is_the_same_for_share_a_row() -> None:
    models = ["claude-sonnet-5", "claude-sonnet-5-5", "claude-opus-4-6", "claude-sonnet-5"]
    request = {**ask(user("hi")), "tools": []}
    alike = portability(request, models=models, platforms="anthropic")
    rows = [line.split("  ")[0] for line in str(alike).split("\n\n")[1].splitlines()]
    assert rows == ["model", "claude-sonnet-5, claude-sonnet-5-5", "claude-opus-4-6"]
    assert "claude-sonnet-5<br>claude-sonnet-5-5</th>" in alike._repr_html_()
    whole = str(portability(request))
    active = [model.id for model in facts.models() if model.lifecycle == "active"]
    assert all(name in whole for name in active)
    assert len(whole.split("\n\n")[1].splitlines()) < len(active)


def test_what_is_true_of_one_model_is_not_said_of_the_other() -> None:
    request = ask(thinking={"type": "adaptive"})
    alone = portability(request, models=["claude-haiku-4-5"], platforms="anthropic")
    assert "claude-haiku-4-5-20251001 takes enabled and disabled." in str(alone)
    both = portability(request, models=["claude-haiku-4-5", "claude-opus-4-5"], platforms="anthropic")
    assert "takes enabled" not in str(both)
    assert "takes enabled" not in both._repr_html_()


def test_a_cell_can_be_looked_up() -> None:
    table = portability(ask())
    cell = table.cell("claude-opus-5", NEW, "vertex")
    assert (cell.model, cell.version, cell.platform) == ("claude-opus-5", NEW, "vertex")
    with pytest.raises(UsageError, match="no cell for claude-opus-5, 2026-10-21, aws"):
        table.cell("claude-opus-5", NEW, "aws")


@pytest.mark.parametrize(
    "arguments",
    [
        {"platforms": ["aws"]},
        {"platforms": []},
        {"platforms": 3},
        {"models": [3]},
        {"models": []},
        {"models": ""},
        {"models": [""]},
        {"versions": [None]},
        {"versions": 2026},
        {"headers": 3},
        {"headers": {"anthropic-beta": 3}},
    ],
)
def test_an_argument_that_is_none_is_one_sentence(arguments: Json) -> None:
    with pytest.raises(UsageError):
        portability(ask(), **arguments)


def test_an_unknown_platform_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="anthropic, bedrock, vertex, strict"):
        portability(ask(), platforms=["bedrok"])


def test_a_version_that_does_not_exist_is_refused_by_the_api() -> None:
    cell = judged(ask(), "claude-opus-5", version="2024-01-01")
    assert cell.refusal is not None
    assert cell.refusal.rule == "R75"


ODD_KEY: dict[Any, Any] = {**ask(), 3: 4}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "request_",
    [
        None,
        3,
        "words",
        [],
        {},
        {"model": 3, "max_tokens": "x", "messages": 3},
        ask(messages=[None]),
        ask(user({"type": "image"})),
        ask(user("x"), assistant(use(input=deep(300))), user(result())),
        ask(user("x"), assistant(use(input=deep(5000))), user(result())),
        ask(user("x"), assistant(use(input={"a": float("nan"), "b": {1, 2}})), user(result())),
        ask(tools=[{"name": "a", "input_schema": deep(5000)}]),
        ODD_KEY,
    ],
)
def test_garbage_makes_a_table_and_never_another_exception(request_: Any) -> None:
    table = portability(request_, models=["claude-opus-5", "claude-haiku-4-5", "x"])
    assert isinstance(table, Portability)
    assert str(table)
    assert table._repr_html_()


def test_with_an_unknown_beta_what_cannot_be_read_is_not_weighed() -> None:
    odd = ask(user({"type": "hologram", "source": 3}), tool_choice="x", tools=[3])
    cell = judged(odd, "claude-opus-5", headers={"anthropic-beta": "holograms-2027-01-01"})
    assert cell.verdict in ("unknown", "refused")
    assert cell.input_cost is None


def test_a_body_may_be_given_as_it_is_sent() -> None:
    written = json.dumps(ask())
    assert str(portability(written, platforms="bedrock")) == str(portability(ask(), platforms="bedrock"))
    assert str(portability(written.encode())) == str(portability(ask()))
    broken = portability("{", models=["claude-opus-5"], versions=[NEW])
    assert [cell.refusal.rule for cell in broken if cell.refusal] == ["body"] * 4
