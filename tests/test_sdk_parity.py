"""What the official SDK's types know, nbkit knows: each field of them has a typed view, each word a name.

The SDK is walked by its types (see `sdk_shapes`), so what a new version adds fails here until it is known, or
stands among what is left out, with the reason. An entry there that is needed no more fails too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

import pytest

pytest.importorskip("anthropic", reason="the official SDK, whose types are walked, is not installed")

from anthropic import types as ga
from anthropic.types import anthropic_beta_param, beta, shared

from nbkit.facts import facts
from nbkit.rules import toolsets
from nbkit.wire import citations, deltas, event_views, outcome, sources, tool_definitions
from nbkit.wire.blocks import kinds, view
from nbkit.wire.content_blocks import DOCUMENT_SOURCES
from nbkit.wire.messages import Message
from nbkit.wire.views import Named, View
from sdk_shapes import FREE, fields, members, variants, words

READ: list[tuple[Any, Callable[[Any], View]]] = [
    (ga.Message, Message),
    (ga.RawMessageStreamEvent, event_views.stream_event),
    (ga.ContentBlockParam, view),
    (ga.ToolUnionParam, tool_definitions.tool_definition),
    (shared.ErrorResponse, event_views.stream_event),
    (beta.BetaMessage, Message),
    (beta.BetaRawMessageStreamEvent, event_views.stream_event),
    (beta.BetaContentBlockParam, view),
    (beta.BetaToolUnionParam, tool_definitions.tool_definition),
]
KINDS: dict[str, tuple[Any, Mapping[str, Any]]] = {
    "blocks of a reply": (ga.ContentBlock, kinds()),
    "blocks of a request": (ga.ContentBlockParam, kinds()),
    "events": (ga.RawMessageStreamEvent, event_views.EVENTS),
    "deltas": (ga.RawContentBlockDelta, deltas.DELTAS),
    "citations of a reply": (ga.TextCitation, citations.CITATIONS),
    "citations of a request": (ga.TextCitationParam, citations.CITATIONS),
    "sources of an image": (fields(ga.ImageBlockParam)["source"].type, sources.SOURCES),
    "sources of a document": (fields(ga.DocumentBlockParam)["source"].type, DOCUMENT_SOURCES),
    "beta blocks of a reply": (beta.BetaContentBlock, kinds()),
    "beta blocks of a request": (beta.BetaContentBlockParam, kinds()),
    "beta events": (beta.BetaRawMessageStreamEvent, event_views.EVENTS),
    "beta deltas": (beta.BetaRawContentBlockDelta, deltas.DELTAS),
}
WORDS: dict[str, tuple[Any, set[str]]] = {
    "stop reasons": (ga.StopReason, set(get_args(outcome.KnownStopReason))),
    "beta stop reasons": (beta.BetaStopReason, set(get_args(outcome.KnownStopReason))),
    "error types": (shared.ErrorType, set(get_args(event_views.KnownErrorType))),
    "models": (ga.Model, {name for row in facts.models() for name in (row.id, *row.aliases)}),
    "betas": (anthropic_beta_param.AnthropicBetaParam, set(facts.betas())),
    "members of the computer": (ga.ComputerMemberName, set(toolsets.MEMBERS["computer"])),
    "members of the browser": (ga.BrowserMemberName, set(toolsets.MEMBERS["browser"])),
}


def names(kind: type[View]) -> dict[str, str]:
    """Return the keys that a view has a name for, each with that name."""
    attributes = {name: each for base in reversed(kind.__mro__) for name, each in vars(base).items()}
    return {
        each.key if isinstance(each, Named) else name: name
        for name, each in attributes.items()
        if isinstance(each, Named | property)
    }


def untyped(raw: Any, shown: Any) -> Iterator[str]:
    """Yield what a view doesn't show as it should: a key without a name, a nested dict without a view."""
    match raw:
        case None:  # reads as None, or as an empty view
            return
        case {**content} if content != FREE and isinstance(shown, dict):
            for key in content:
                yield from untyped(content[key], shown[key])
        case {**content} if content != FREE:
            if not isinstance(shown, View) or shown.raw is not raw:
                yield f"no view of {list(content)}"
                return
            named = names(type(shown))
            for key, value in content.items():
                if key not in named:
                    yield f"{type(shown).__name__} has no {key}"
                else:
                    yield from untyped(value, getattr(shown, named[key]))
        case [*items]:
            for item, each in zip(items, shown, strict=True):
                yield from untyped(item, each)
        case _ if raw != shown:
            yield f"{raw!r} reads as {shown!r}"


def test_every_field_reads_as_a_typed_view_of_the_very_dict() -> None:
    unknown = {what for kind, read in READ for raw in variants(kind) for what in untyped(raw, read(raw))}
    assert unknown == set()


def test_the_walk_notices_a_field_and_an_object_that_nobody_knows() -> None:
    raw = {"type": "text", "text": "x", "mood": "calm", "cache_control": {"type": "ephemeral", "zone": "eu"}}
    assert list(untyped(raw, view(raw))) == ["Text has no mood", "CacheControl has no zone"]
    assert list(untyped(["x", None], ["y", None])) == ["'x' reads as 'y'"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_view_of_its_own(name: str) -> None:
    union, table = KINDS[name]
    tags = {tag for member in members(union) for tag in words(fields(member)["type"].type)}
    assert tags
    assert tags <= set(table)


def test_every_tool_type_is_in_the_facts_with_its_own_fields() -> None:
    shared_fields = {"type", "name", "cache_control", "strict", "defer_loading", "allowed_callers"}
    for tool in members(beta.BetaToolUnionParam):
        for type_ in words(fields(tool)["type"].type) - {"custom"}:
            row = facts.tool_type(type_)
            assert row is not None, type_
            assert set(fields(tool)) - shared_fields - {"input_examples"} == set(row.fields), type_


def test_a_tool_is_ga_in_the_facts_when_it_is_in_the_sdk() -> None:
    tags = {tag for tool in members(ga.ToolUnionParam) for tag in words(fields(tool)["type"].type)}
    assert tags - {"custom"} == {row.type for row in facts.tool_types() if row.status == "ga"}


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_known(name: str) -> None:
    union, known = WORDS[name]
    assert words(union)
    assert words(union) - known == set()
