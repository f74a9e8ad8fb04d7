"""Check a request: every broken rule, in the order in which the API would find it.

The first problem of level `error` is what the API would answer. The rules stand in the other modules; here is
their order: headers, shape, model, parameters, then what the messages say, message by message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nbkit.errors import UsageError
from nbkit.rules import (
    caching,
    envelope,
    gates,
    limits,
    media,
    order,
    pairing,
    server_pairs,
    shape,
    thinking,
    tool_offers,
    toolsets,
)
from nbkit.rules.envelope import Headers
from nbkit.rules.problem import Fix, Level, Problem
from nbkit.rules.request import Entry, Place, Request, Turn
from nbkit.wire.blocks import Json

__all__ = ["Fix", "Level", "Problem", "check", "check_history"]

SHAPE: tuple[Callable[[Request], Iterable[Problem]], ...] = (
    shape.shape,
    shape.missing_content,
    gates.sampling_removed,
    gates.beta_params,
    gates.beta_thinking,
    gates.beta_places,
    limits.known_model,
)
PARAMS: tuple[Callable[[Request], Iterable[Problem]], ...] = (
    limits.max_tokens,
    limits.prewarm,
    thinking.mode_supported,
    thinking.budget_below_max,
    thinking.forced_tool,
    thinking.sampling_with_thinking,
    thinking.clear_thinking,
    limits.sampling,
    limits.effort_supported,
    limits.place_supported,
    limits.stop_sequences,
    limits.user_id,
    tool_offers.tools_supported,
    tool_offers.unique_names,
    tool_offers.property_keys,
    tool_offers.some_tool_loaded,
    tool_offers.examples_fit,
    tool_offers.domains,
    toolsets.toolsets,
    tool_offers.mcp_servers,
    tool_offers.choice_offered,
    tool_offers.output_schema,
    tool_offers.strict_tools,
    caching.system_text_not_empty,
    order.some_message,
    order.not_too_many,
)
ENTRIES: tuple[Callable[[Request, Entry], Iterable[Problem]], ...] = (
    order.not_system_first,
    order.system_supported,
    order.has_content,
    order.cleared_turns,
)
EVERY_BLOCK: tuple[Callable[[Request, Place], Iterable[Problem]], ...] = (
    order.right_role,
    order.system_blocks,
)
BLOCKS: dict[str, tuple[Callable[[Request, Place], Iterable[Problem]], ...]] = {
    "text": (order.text_not_empty, order.user_citations),
    "tool_result": (order.nested_text_not_empty, order.user_citations),
    "search_result": (order.nested_text_not_empty, order.user_citations),
    "document": (order.nested_text_not_empty,),
    "thinking": (thinking.signature_present,),
}
TURNS: tuple[Callable[[Request, Turn], Iterable[Problem]], ...] = (
    order.system_position,
    pairing.answered,
    server_pairs.server_result_after_use,
    pairing.results_match,
    pairing.toolset_echoed,
    thinking.thinking_first,
)
WHOLE: tuple[Callable[[Request], Iterable[Problem]], ...] = (
    pairing.unique_ids,
    server_pairs.server_pairs,
    server_pairs.programmatic,
    media.images,
    media.documents,
    media.citations_agree,
    thinking.final_turn_thinks,
    thinking.final_message_without_thinking,
    caching.lifetimes_fall,
    caching.automatic_agrees,
    caching.not_too_many,
    limits.fits_context,
    pairing.tools_for_history,
)
PLACE = re.compile(r"messages\.(\d+)")


def check(
    request: Json,
    headers: Headers | None = None,
    endpoint: str = "/v1/messages",
    platform: str = "anthropic",
) -> list[Problem]:
    """Return every problem of a request body, in the API's order.

    Without headers: the newest version and a valid key. Level `unknown` is what may be newer than our
    facts: a client sends it, the simulator refuses it. `UsageError` for headers that are none.
    """
    for name, value in (("endpoint", endpoint), ("platform", platform)):
        if not isinstance(value, str):
            raise UsageError(f"{name}= takes a string, not {value!r}")
    return list(_problems(request, headers, endpoint, platform, judges_end=True))


def check_history(request: Json, headers: Headers | None = None) -> list[Problem]:
    """Return the problems of a conversation that isn't being sent now: its end may still be open."""
    return list(_problems(request, headers, "/v1/messages", "anthropic", judges_end=False))


def _problems(
    body: Any, given: Headers | None, endpoint: str, platform: str, judges_end: bool
) -> Iterator[Problem]:
    sent = envelope.read(given)
    names = envelope.betas_of(sent)
    if not isinstance(body, dict):
        yield Problem(
            "shape", "", "Input should be a valid dictionary", why="A request body is a JSON object."
        )
        return
    version = sent.get("anthropic-version", "")
    request = Request(body, version, frozenset(names), endpoint.split("?")[0], platform, judges_end)
    yield from envelope.body_size(request)
    yield from envelope.key(sent)
    yield from envelope.version(sent)
    yield from envelope.betas(request, names)
    for rule in (*SHAPE, *PARAMS):
        yield from rule(request)
    yield from sorted(_semantic(request), key=_message_index)


def _semantic(request: Request) -> Iterator[Problem]:
    for entry in request.entries:
        for entry_rule in ENTRIES:
            yield from entry_rule(request, entry)
        for place in entry.places:
            for block_rule in (*EVERY_BLOCK, *BLOCKS.get(place.type, ())):
                yield from block_rule(request, place)
    for turn in request.turns:
        for turn_rule in TURNS:
            yield from turn_rule(request, turn)
    for rule in WHOLE:
        yield from rule(request)
    if request.judges_end:
        yield from order.final_turn(request)


def _message_index(problem: Problem) -> float:
    """Problems are told message by message; what concerns the whole comes last."""
    found = PLACE.match(problem.path)
    return int(found.group(1)) if found else float("inf")
