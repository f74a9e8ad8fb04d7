"""Every numbered rule of the contract's section 8, and where it stands: search this file for `R36`.

A row names the functions (within `nbkit.rules`) that tell the rule; their docstrings name its number. A rule
that no look at a single request can tell is *server only*, one that refuses nothing is *no error*; both say
why, and where two requests, or two platforms, tell more. Refusals that the contract has no number for have a
name instead. A test walks the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["function", "server only", "no error"]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule, in half a line; `where` are dotted names, `reason` is there unless a function refuses."""

    rule: str
    says: str
    where: tuple[str, ...] = ()
    kind: Kind = "function"
    reason: str = ""


def _row(rule: str, says: str, *where: str) -> Row:
    return Row(rule, says, where)


def _server(rule: str, says: str, reason: str, *where: str) -> Row:
    return Row(rule, says, where, "server only", reason)


def _legal(rule: str, says: str, reason: str, *where: str) -> Row:
    return Row(rule, says, where, "no error", reason)


MESSAGES = (
    _row(
        "R1", "the first message is not `system`", "system_messages.not_system_first", "portable.strict.roles"
    ),
    _row("R2", "there is a message", "order.some_message"),
    _row("R3", "there are at most 100,000 messages", "order.not_too_many"),
    _legal(
        "R4",
        "messages of one role in a row",
        "they are merged into one turn",
        "turns.Turn",
        "portable.strict.roles",
    ),
    _row("R5", "every message but a final assistant's has content", "order.has_content"),
    _row("R6", "a text is not empty", "order.text_not_empty", "order.nested_text_not_empty"),
    _row(
        "R7",
        "a text has more than white space",
        "order.text_not_empty",
        "system_messages.system_text",
        "caching.system_text_not_empty",
    ),
    _row("R8", "a role is user, assistant or system", "shapes.findings.shape"),
    _row("R9", "a `type` is one of those that may stand there", "shapes.findings.shape"),
    _row(
        "R10", "no key that the API doesn't know", "shapes.findings.shape", "gates.counting_takes_the_prompt"
    ),
    _row("R11", "each kind of block has its role", "order.right_role"),
    _row("R12", "2026-10-21: no document of the assistant's", "order.right_role"),
    _row("R13", "2026-10-21: no citations in a user's text", "order.user_citations"),
    _row("R14", "2026-10-21: no temperature, top_p, top_k", "gates.sampling_removed"),
    _row("R15", "the newer models take no prefill", "order.final_turn"),
    _row("R16", "a prefill doesn't end in white space", "order.final_turn"),
    _row(
        "R17",
        "no prefill with a fixed format, or into thinking",
        "order.final_turn",
        "thinking.final_message_without_thinking",
    ),
    _legal("R18", "the answer goes on where the prefill ends", "it is about the reply, not the request"),
    _row("R19", "every call is answered in the next message", "pairing.answered"),
    _row("R20", "every result has its call in the message before", "pairing.results_match"),
    _row("R21", "results come first in their message", "pairing.answered"),
    _row("R22", "no text while a server tool is unfinished", "server_pairs.unfinished_use"),
    _row("R23", "a pending server tool stays in `tools`", "server_pairs.tool_withdrawn"),
    _row("R24", "the id of a call is unique", "pairing.unique_ids"),
    _row("R25", "a call has one result", "pairing.results_match"),
    _row("R26", "ids are letters, digits, _ and -", "shapes.findings.shape"),
    _row("R27", "the name of a call has 1 to 200 characters", "shapes.findings.shape"),
    _row("R28", "the input of a call is an object", "shapes.findings.shape"),
    _row("R29", "a server tool's result has its call before it", "server_pairs.server_pairs"),
    _row("R30", "no tool_result for a server tool's call", "pairing.results_match"),
    _row("R31", "a history with tool blocks wants `tools`", "pairing.tools_for_history"),
    _row("R32", "a toolset member's result echoes `toolset_name`", "pairing.toolset_echoed"),
    _row(
        "R32b",
        "calls made by code: behind it, results alone, and a container",
        "server_pairs.programmatic",
        "server_pairs.source_found",
    ),
    _row(
        "R33",
        "manual thinking: thinking comes first",
        "thinking.thinking_first",
        "thinking.final_turn_thinks",
    ),
    _server(
        "R34",
        "thinking of the latest message is unchanged",
        "only the server knows what it sent; two requests of a session show it",
        "between.altered._thinking",
        "between.altered._moved",
        "between.lost_blocks._lost_thinking",
    ),
    _row("R35", "a signature verifies", "thinking.signature_present"),
    _server(
        "R36",
        "nothing before bound thinking has changed",
        "only the server can read a signature; two requests of a session show it",
        "between.changed_setting._bound_thinking",
    ),
    _legal(
        "R37",
        "thinking of another model",
        "the server drops it and answers all the same",
        "portable.differences.thinking_dropped",
        "between.changed_setting._changed_model",
    ),
    _row("R38", "`budget_tokens` is at least 1024", "shapes.findings.shape"),
    _row("R39", "`budget_tokens` is below `max_tokens`", "thinking.budget_below_max"),
    _row("R40", "`enabled` where the model takes it", "thinking.mode_supported"),
    _row("R41", "`adaptive` where the model takes it", "thinking.mode_supported"),
    _row("R42", "`disabled` and `between_tools` where the model takes them", "thinking.mode_supported"),
    _row("R43", "`display` only where thinking is shown", "shapes.findings.shape"),
    _row("R44", "no forced tool with manual thinking", "thinking.forced_tool"),
    _row("R45", "no forced tool on the newest models", "thinking.forced_tool"),
    _row("R46", "2023-06-01: thinking wants its own sampling", "thinking.sampling_with_thinking"),
    _row("R47", "no cache_control on thinking", "shapes.findings.shape"),
    _legal("R48", "thinking switched amid a tool loop", "the server goes on without thinking"),
    _row("R49", "at most 4 cache markers", "caching.not_too_many"),
)
PARAMETERS = (
    _row("R50", "lifetimes of markers don't grow", "caching.lifetimes_fall", "caching.automatic_agrees"),
    _row("R51", "no marker on an empty text", "order.text_not_empty", "caching.system_text_not_empty"),
    _row("R52", "a marker is `ephemeral`, for 5m or 1h", "shapes.findings.shape"),
    _legal(
        "R53",
        "a prefix too short to cache",
        "it is not cached, and nothing is said",
        "portable.differences.cache_minimum",
    ),
    _row("R54", "no marker on a turn-scoped system message", "system_messages.cleared_turns"),
    _row("R55", "an image can be read", "media.images.images"),
    _row("R56", "an image is of the type it says", "media.images.images"),
    _row("R57", "an image is a JPEG, PNG, GIF or WebP", "shapes.findings.shape"),
    _row("R58", "an image is at most 10 MB (5 MB elsewhere)", "media.images.images"),
    _row("R59", "an image has at most 8000 pixels a side", "media.images.dimensions"),
    _row("R60", "one of many images has at most 2000 pixels a side", "media.images.dimensions"),
    _row("R61", "there are not too many images", "media.images.not_too_many"),
    _row("R62", "an image that must not be scaled fits as it is", "media.images._fits"),
    _row("R63", "there are not too many PDF pages", "media.images.not_too_many"),
    _row("R64", "a PDF can be read", "media.papers.documents"),
    _server("R65", "a file exists and is of the block's kind", "only the server has the files"),
    _row("R66", "citations on all documents or on none", "media.papers.citations_agree"),
    _row("R67", "no citations with a fixed format", "media.papers.citations_agree"),
    _row("R68", "`max_tokens` is at most the model's", "limits.max_tokens"),
    _row("R69", "`max_tokens` 0 only fills the cache", "limits.prewarm", "shapes.findings.shape"),
    _row("R70", "the input fits the context", "limits.fits_context"),
    _legal(
        "R71",
        "input and `max_tokens` together over the context",
        "models of today simply stop there",
        "portable.differences.fits",
    ),
    _row("R72", "the body is at most 32 MB", "envelope.body_size"),
    _row("R73", "a stop sequence has something to see", "limits.stop_sequences"),
    _row(
        "R74", "`metadata.user_id` is short and no e-mail address", "limits.user_id", "shapes.findings.shape"
    ),
    _row("R75", "the version header is there and known", "envelope.version", "portable.platforms.version"),
    _row("R76", "the model exists", "lifecycle.known_model"),
    _row("R77", "there is a key", "envelope.key"),
    _row("R78", "a beta is known", "envelope.betas"),
    _row(
        "R79",
        "a beta's field comes with its header",
        "gates.beta_params",
        "gates.beta_edits",
        "gates.beta_thinking",
        "gates.beta_fields",
        "gates.beta_blocks",
        "gates.beta_tools",
    ),
    _row("R80", "the model knows the level of effort", "limits.effort_supported"),
    _row("R81", "the model knows the type of tool", "tool_offers.tools_supported"),
    _row("R82", "tool names are unique", "tool_offers.unique_names"),
    _row("R83", "some tool is not deferred", "tool_offers.some_tool_loaded"),
    _row("R84", "`input_examples` fit the schema", "tool_offers.examples_fit"),
    _row("R85", "`inference_geo` where the model takes it", "limits.place_supported"),
    _row(
        "R86", "the model takes system messages", "system_messages.system_supported", "portable.strict.roles"
    ),
    _row("R87", "a system message follows a user's", "system_messages.system_position"),
    _row("R88", "a system message precedes an assistant's or ends", "system_messages.system_position"),
    _row(
        "R89",
        "no system message between call and result",
        "system_messages.system_position",
        "pairing.answered",
    ),
    _row("R90", "a system message is text", "system_messages.system_blocks"),
    _row(
        "R91",
        "`clear_at` belongs to system messages of text",
        "system_messages.cleared_turns",
        "system_messages.directives",
        "gates.beta_fields",
    ),
    _row(
        "R92",
        "a system message has content or output_config",
        "shapes.findings.missing_content",
        "system_messages.system_says_something",
    ),
    _row("R93", "what is encrypted comes back", "shapes.findings.shape"),
    _server("R94", "a paused turn goes on unchanged", "only the server knows what it sent"),
    _server("R95", "a fallback is echoed in place", "only the server knows what it sent"),
    _server(
        "R96",
        "a compaction stands first, and verifies",
        "only the server can read its seal",
        "compaction.block_wanted",
    ),
)
# Refusals that section 8 has no number for: met in real traffic, or said elsewhere in the contract.
NAMED = (
    _row(
        "shape",
        "a field is missing, or has another type",
        "shapes.findings.shape",
        "shapes.findings.missing_content",
    ),
    _row("body", "the body is JSON in UTF-8", "body.body.parse"),
    _row("batch", "an entry of a batch has an id of its own, and no stream", "batch.entries"),
    _row("sampling", "2023-06-01: sampling that the model takes", "limits.sampling"),
    _row(
        "context_management",
        "thinking is cleared first, and where there is any; the model can compact",
        "thinking.clear_thinking",
        "compaction.strategy_supported",
    ),
    _row(
        "tools",
        "keys, domains, toolsets and strict tools as section 4 has them",
        "tool_offers.property_keys",
        "tool_offers.input_schemas",
        "tool_offers.deferred_or_cached",
        "tool_servers.domains",
        "tool_servers.reachable",
        "tool_servers.advisor",
        "toolsets.toolsets",
        "toolsets.member_results",
    ),
    _row("tool_use_not_last", "the calls end their message", "server_pairs.calls_come_last"),
    _row("is_error", "a failed result says what failed", "order.failure_is_told"),
    _row("thinking_not_last", "a thought doesn't end the message being answered", "thinking.final_block"),
    _row(
        "tool_reference",
        "a tool that is referred to is offered",
        "tool_offers.references_offered",
        "tool_offers.found_are_offered",
        "tool_changes.change_resolves",
    ),
    _row("betas", "parameters of betas that exclude each other, or need one", "limits.beta_params_agree"),
    _row("mcp_servers", "servers and toolsets name each other", "tool_servers.mcp_servers"),
    _row("tool_choice", "a tool that is chosen is offered", "tool_offers.choice_offered"),
    _row(
        "platform",
        "what a platform doesn't have, as section 10 says",
        "portable.platforms.sources",
        "portable.platforms.server_tools",
        "portable.platforms.server_calls",
        "portable.platforms.automatic_caching",
        "portable.platforms.counting",
        "portable.platforms.profile",
    ),
    _row("container", "a container comes with a tool that runs code", "tool_offers.container_offered"),
    _row(
        "output_schema",
        "what is compiled into a grammar keeps to what a grammar can hold",
        "schemas.grammars.output_schema",
        "schemas.grammars.strict_tools",
        "schemas.grammars.grammar_room",
    ),
    _row("source_url", "the server fetches over https", "media.images.urls"),
    _row("inference_geo", "a place that there is", "limits.place_supported"),
    _row("speed", "`fast` where the model can be", "limits.speed_supported"),
)
ROWS: tuple[Row, ...] = (*MESSAGES, *PARAMETERS, *NAMED)


def row(rule: str) -> Row | None:
    """Return the row of `R36`, or of a name such as `shape`."""
    return next((each for each in ROWS if each.rule == rule), None)
