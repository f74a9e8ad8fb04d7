"""Every rule in its place: by what it looks at, and in the order in which the API would find the faults.

Whether an entry's or a block's rule is broken hangs on that and on what came before, for a turn's also on the
turns right before and after. A fix may hang on the message right behind as well; one that hangs on more is
left `Open`. What later rules need of a block is left in `request.seen`. A message that `plain_messages` knows
goes to no entry or block rule, unless a server tool is still at work, and a turn of mere words to no turn
rule: what can refuse such a message belongs there as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nbkit.rules import (
    caching,
    compaction,
    gates,
    lifecycle,
    limits,
    order,
    pairing,
    server_pairs,
    system_messages,
    thinking,
    tool_changes,
    tool_offers,
    tool_servers,
    toolsets,
)
from nbkit.rules.media import images, papers
from nbkit.rules.portable import platforms, strict
from nbkit.rules.problem import Found, Problem
from nbkit.rules.request import Request
from nbkit.rules.schemas import grammars
from nbkit.rules.shapes import findings
from nbkit.rules.turns import Entry, Place, Turn

RequestRule = Callable[[Request], Iterable[Problem]]
EntryRule = Callable[[Request, Entry], Iterable[Found]]
BlockRule = Callable[[Request, Place], Iterable[Found]]
TurnRule = Callable[[Request, Turn], Iterable[Found]]
Note = Callable[[Request, Place], None]

# Shape: what of a message is switched by the version or a beta, then what else of the body is.
GATES: tuple[EntryRule, ...] = (
    findings.missing_content,
    gates.beta_fields,
    gates.beta_blocks,
)
PARAMS: tuple[RequestRule, ...] = (
    gates.counting_takes_the_prompt,
    gates.sampling_removed,
    gates.beta_params,
    gates.beta_edits,
    gates.beta_thinking,
    gates.beta_tools,
    limits.max_tokens,
    lifecycle.known_model,
    platforms.counting,
    platforms.profile,
    platforms.automatic_caching,
    platforms.server_tools,
    limits.prewarm,
    thinking.mode_supported,
    thinking.budget_below_max,
    tool_offers.choice_offered,
    thinking.forced_tool,
    thinking.sampling_with_thinking,
    thinking.clear_thinking,
    compaction.strategy_supported,
    limits.beta_params_agree,
    limits.sampling,
    limits.effort_supported,
    limits.place_supported,
    limits.speed_supported,
    limits.stop_sequences,
    limits.user_id,
    tool_offers.tools_supported,
    tool_offers.unique_names,
    tool_offers.property_keys,
    tool_offers.input_schemas,
    tool_offers.deferred_or_cached,
    tool_offers.some_tool_loaded,
    tool_offers.examples_fit,
    tool_servers.domains,
    tool_servers.reachable,
    tool_servers.advisor,
    toolsets.toolsets,
    tool_servers.mcp_servers,
    grammars.output_schema,
    grammars.strict_tools,
    grammars.grammar_room,
    caching.system_text_not_empty,
)
LENGTH: tuple[RequestRule, ...] = (
    order.some_message,
    order.not_too_many,
)
# What the messages say, told message by message.
ENTRIES: tuple[EntryRule, ...] = (
    system_messages.system_says_something,
    system_messages.not_system_first,
    system_messages.system_supported,
    system_messages.cleared_turns,
    system_messages.directives,
)
# Who may say what comes before everything else that is said of messages.
ROLES: tuple[BlockRule, ...] = (order.right_role,)
EVERY_BLOCK: tuple[BlockRule, ...] = (system_messages.system_blocks,)
BLOCKS: dict[str, tuple[BlockRule, ...]] = {
    "text": (order.text_not_empty, order.user_citations),
    "tool_result": (
        order.failure_is_told,
        order.nested_text_not_empty,
        order.user_citations,
        tool_offers.references_offered,
        platforms.sources,
    ),
    "tool_search_tool_result": (tool_offers.found_are_offered,),
    "search_result": (order.nested_text_not_empty, order.user_citations),
    "document": (order.nested_text_not_empty, platforms.sources),
    "image": (platforms.sources,),
    "container_upload": (platforms.sources,),
    "compaction": (compaction.block_wanted,),
    "tool_addition": (tool_changes.change_resolves,),
    "tool_removal": (tool_changes.change_resolves,),
    "thinking": (thinking.signature_present,),
    "redacted_thinking": (thinking.signature_present,),
}
TURNS: dict[str, tuple[TurnRule, ...]] = {
    "user": (order.has_content, pairing.results_match, pairing.toolset_echoed, toolsets.member_results),
    "assistant": (
        order.has_content,
        pairing.answered,
        thinking.thinking_first,
        pairing.unique_ids,
    ),
    "system": (system_messages.system_position, system_messages.system_text),
}
# What can still be wrong of a turn that is plain (see `plain_messages`) behind one that is plain, too. They
# are asked only where `plain_turns` doesn't know it for sound.
PLAIN_TURNS: dict[str, tuple[TurnRule, ...]] = {
    "user": (pairing.results_match,),
    "assistant": (pairing.answered, thinking.thinking_first, pairing.unique_ids),
}
# Blocks against what the whole array has shown so far.
ACROSS: tuple[BlockRule, ...] = (
    server_pairs.unfinished_use,
    server_pairs.server_pairs,
    server_pairs.source_found,
    images.images,
    images.urls,
    papers.documents,
)
NOTES: tuple[Note, ...] = (
    papers.note_citing,
    papers.note_fetched,
    caching.note_markers,
)
# What can be said only of the whole array, with its end in view.
WHOLE: tuple[RequestRule, ...] = (
    server_pairs.calls_come_last,
    server_pairs.tool_withdrawn,
    server_pairs.programmatic,
    images.dimensions,
    images.not_too_many,
    papers.citations_agree,
    thinking.final_turn_thinks,
    thinking.final_message_without_thinking,
    thinking.final_block,
    caching.lifetimes_fall,
    caching.automatic_agrees,
    caching.not_too_many,
    limits.fits_context,
    pairing.tools_for_history,
    tool_offers.container_offered,
    platforms.server_calls,
    strict.roles,
    order.final_turn,
)
# What no plain message has: it isn't looked for while there are no others.
NOT_IN_PLAIN: frozenset[RequestRule] = frozenset(
    {
        server_pairs.tool_withdrawn,
        server_pairs.programmatic,
        images.dimensions,
        images.not_too_many,
        papers.citations_agree,
        caching.automatic_agrees,
        platforms.server_calls,
    }
)
PLAIN_WHOLE = tuple(rule for rule in WHOLE if rule not in NOT_IN_PLAIN)
