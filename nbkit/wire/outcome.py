"""How a reply ended, and what the server says beside its content (contract, sections 3.8, 6 and 9.4)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from nbkit.wire.views import Field, Many, Maybe, View, by_type

KnownStopReason: TypeAlias = Literal[
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
    "compaction",
]
StopReason: TypeAlias = KnownStopReason | str  # the server may have newer ones: treat them like `end_turn`
RefusalCategory: TypeAlias = (
    Literal["cyber", "bio", "frontier_llm", "reasoning_extraction", "general_harms"] | str
)


class StopDetails(View):
    """Why the model declined. A credit for trying another model, and which one, come with betas."""

    __slots__ = ()
    type = Field("")
    category: Field[RefusalCategory | None] = Field(None)
    explanation: Field[str | None] = Field(None)
    fallback_credit_token: Field[str | None] = Field(None)
    fallback_has_prefill_claim: Field[bool | None] = Field(None)
    recommended_model: Field[str | None] = Field(None)


class Skill(View):
    __slots__ = ()
    type = Field("")
    skill_id = Field("")
    version: Field[str | None] = Field(None)


class Container(View):
    """Where the code ran; its id goes into the next request while it lives."""

    __slots__ = ()
    id = Field("")
    expires_at = Field("")
    skills = Many(Skill)


class CacheMissReason(View):
    """What differed from the message asked about, and the tokens that it cost."""

    __slots__ = ()
    type = Field("")
    cache_missed_input_tokens: Field[int | None] = Field(None)


class Diagnostics(View):
    """Why the cache was missed; None while that isn't known yet."""

    __slots__ = ()
    cache_miss_reason = Maybe(CacheMissReason)


class AppliedEdit(View):
    """An edit of the context that the server made before the model saw it (beta)."""

    __slots__ = ()
    type = Field("")
    cleared_input_tokens = Field(0)


class ClearedToolUses(AppliedEdit):
    __slots__ = ()
    cleared_tool_uses = Field(0)


class ClearedThinking(AppliedEdit):
    __slots__ = ()
    cleared_thinking_turns = Field(0)


APPLIED_EDITS: dict[str, type[AppliedEdit]] = {
    "clear_tool_uses_20250919": ClearedToolUses,
    "clear_thinking_20251015": ClearedThinking,
}


class ContextManagement(View):
    __slots__ = ()
    applied_edits = Many(by_type(APPLIED_EDITS, AppliedEdit))


class InputTransformation(View):
    """A thinking block of another conversation, which the server dropped or let pass (beta; rule R37)."""

    __slots__ = ()
    type = Field("")
    path = Field("")
    reason = Field("")
