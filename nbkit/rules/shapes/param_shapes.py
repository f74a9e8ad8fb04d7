"""Strict request models of the body of `POST /v1/messages` and its parameters (contract, section 2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from nbkit.facts import switches
from nbkit.rules.shapes.block_shapes import CacheControl, Effort, Strict, StrOrList, Text, Whole, form
from nbkit.rules.shapes.tool_shapes import TOOL, ToolChoice

ABSENT: Any = None  # a default that is never validated: the field may be left out, yet null is no value of it
Display: TypeAlias = Literal["summarized", "omitted", "updates"]


def _string_or_object(value: Any) -> str:
    return "(string)" if isinstance(value, str) else "(object)"


def _flag_or_list(value: Any) -> str:
    return "(flag)" if isinstance(value, bool) else "(list)"


def _not_negative(value: int) -> int:
    if value < 0:
        raise PydanticCustomError("range", "must be greater than or equal to 0")
    return value


def _zero_to_one(value: float) -> float:
    # -1 once meant "not set": a rule of its own speaks of it.
    if value != -1 and not 0 <= value <= 1:
        raise PydanticCustomError("range", "range: 0..1")
    return value


MaxTokens: TypeAlias = Annotated[Whole, AfterValidator(_not_negative)]
Share: TypeAlias = Annotated[float, AfterValidator(_zero_to_one)]


class Binding(Strict):
    prefix_mismatch_behavior: Literal["error", "drop_block"] | None = None


class Adaptive(Strict):
    type: Literal["adaptive"]
    display: Display | None = None
    block_binding: Binding | None = None


class Enabled(Strict):
    type: Literal["enabled"]
    budget_tokens: Annotated[Whole, Field(ge=1024)]
    display: Display | None = None
    block_binding: Binding | None = None


class Disabled(Strict):
    type: Literal["disabled"]


class BetweenTools(Strict):
    type: Literal["between_tools"]


Thinking: TypeAlias = Annotated[Adaptive | Enabled | Disabled | BetweenTools, Field(discriminator="type")]


def only_binds(thinking: dict[str, Any]) -> bool:
    """Say whether `thinking` stays the model's own but for how its blocks are bound: that needs no `type`."""
    binding = thinking.get("block_binding") or {}
    if thinking.keys() != {"block_binding"} or not isinstance(binding, dict):
        return False
    known = binding.keys() <= {"prefix_mismatch_behavior"}
    return known and binding.get("prefix_mismatch_behavior") in (None, "error", "drop_block")


class JsonFormat(Strict):
    type: Literal["json_schema"]
    schema_: dict[str, Any] = Field(alias="schema")


class TaskBudget(Strict):
    type: Literal["tokens"]
    total: Annotated[Whole, Field(ge=20000)]
    remaining: Whole | None = None


class OutputConfig(Strict):
    effort: Effort | None = None
    format: JsonFormat | None = None
    task_budget: TaskBudget | None = None


class Metadata(Strict):
    user_id: Annotated[str, Field(max_length=switches.USER_ID_MAX)] | None = None


class Diagnostics(Strict):
    previous_message_id: str | None = None


class Skill(Strict):
    type: Literal["anthropic", "custom"]
    skill_id: str
    version: str | None = None


class Container(Strict):
    id: str | None = None
    skills: list[Skill] | None = None


class McpConfiguration(Strict):
    allowed_tools: list[str] | None = None
    enabled: bool | None = None


class McpServer(Strict):
    type: Literal["url"]
    name: str
    url: str
    authorization_token: str | None = None
    tool_configuration: McpConfiguration | None = None


class Amount(Strict):
    type: Literal["input_tokens", "tool_uses", "thinking_turns"]
    value: Annotated[Whole, Field(gt=0)]


class AmountOrNone(Strict):
    """What is kept or cleared at least: clients send 0 for "keep nothing" and "any amount"."""

    type: Literal["input_tokens", "tool_uses"]
    value: Annotated[Whole, Field(ge=0)]


class KeepAll(Strict):
    type: Literal["all"]


class ClearThinking(Strict):
    type: Literal["clear_thinking_20251015"]
    keep: (
        Annotated[
            Annotated[Literal["all"], Tag("(string)")]
            | Annotated[Annotated[KeepAll | Amount, Field(discriminator="type")], Tag("(object)")],
            Discriminator(_string_or_object),
        ]
        | None
    ) = None


class ClearToolUses(Strict):
    type: Literal["clear_tool_uses_20250919"]
    trigger: Amount | None = None
    keep: AmountOrNone | None = None
    clear_at_least: AmountOrNone | None = None
    exclude_tools: list[str] | None = None
    clear_tool_inputs: (
        Annotated[
            Annotated[bool, Tag("(flag)")] | Annotated[list[str], Tag("(list)")], Discriminator(_flag_or_list)
        ]
        | None
    ) = None


class CompactTrigger(Strict):
    type: Literal["input_tokens"]
    value: Annotated[Whole, Field(ge=50_000)]


class Compact(Strict):
    type: Literal["compact_20260112"]
    trigger: CompactTrigger | None = None
    instructions: str | None = None
    pause_after_compaction: bool | None = None


class ContextManagement(Strict):
    edits: list[Annotated[ClearThinking | ClearToolUses | Compact, Field(discriminator="type")]] = Field(
        default=[]
    )


class Summarize(Strict):
    type: Literal["summarize"]
    instructions: str | None = None


class FallbackModel(Strict):
    """Where to go on after a refusal; what isn't said is as in the request."""

    model: str
    max_tokens: MaxTokens | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    speed: Literal["standard", "fast"] | None = None


class CreditToken(Strict):
    token: str
    mode: Literal["strict", "best_effort"] | None = None


class NewThread(Strict):
    type: Literal["create"]


class SameThread(Strict):
    type: Literal["continue"]
    previous_message_id: str


class BillingPolicy(Strict):
    type: Literal["billing_policy"]
    bill_to: Literal["self", "user_profile"] | None = None


class CountTokens(Strict):
    """The body; the order of the fields is the order in which the API tells a first fault.

    A field that may be left out may not always be null: where null is legal, the type says so.
    """

    model: Annotated[str, Field(min_length=1)]
    tool_choice: ToolChoice = ABSENT
    tools: list[TOOL] = ABSENT
    messages: list[Any]  # judged one by one, see `message_shapes`
    system: StrOrList[Text] = ABSENT
    thinking: Thinking = ABSENT
    output_config: OutputConfig = ABSENT
    output_format: JsonFormat | None = None
    cache_control: CacheControl | None = None
    max_tokens: MaxTokens | None = None
    metadata: Metadata | None = None
    stop_sequences: list[str] | None = None
    temperature: Share = ABSENT
    service_tier: Literal["auto", "standard_only"] = ABSENT
    top_k: Annotated[Whole, Field(ge=-1)] = ABSENT
    top_p: Share = ABSENT
    stream: bool = ABSENT
    container: (
        Annotated[
            Annotated[str, Tag("(string)")] | Annotated[Container, Tag("(object)")],
            Discriminator(_string_or_object),
        ]
        | None
    ) = None
    inference_geo: str | None = None
    diagnostics: Diagnostics | None = None
    speed: Literal["standard", "fast"] | None = None
    mcp_servers: list[McpServer] | None = None
    context_management: ContextManagement | None = None
    compaction: Summarize | None = None
    fallbacks: (
        Annotated[
            Annotated[Literal["default"], Tag("(string)")] | Annotated[list[FallbackModel], Tag("(list)")],
            Discriminator(form),
        ]
        | None
    ) = None
    fallback_credit_token: (
        Annotated[
            Annotated[str, Tag("(string)")] | Annotated[CreditToken, Tag("(object)")],
            Discriminator(_string_or_object),
        ]
        | None
    ) = None
    thread: Annotated[NewThread | SameThread, Field(discriminator="type")] | None = None
    billing_policy: BillingPolicy | None = None


class Body(CountTokens):
    max_tokens: MaxTokens
