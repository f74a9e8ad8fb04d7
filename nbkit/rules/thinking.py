"""Thinking: which modes a model takes, where its blocks stand. Signatures are the server's to verify."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.facts import switches
from nbkit.facts.facts import Model
from nbkit.rules.problem import Fix, Level, Problem, remove, replace
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.turns import SERVER_USES, THINKING, Place, Turn
from nbkit.wire.blocks import Json

USE_ADAPTIVE = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
MUST_START = (
    "When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding "
    "the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from "
    "previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at "
    "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
)
UNSUPPORTED = '"thinking.type.{kind}" is not supported for this model. '
NOT_OFF = (
    'Thinking defaults to adaptive mode when not specified; use "thinking.type.enabled" with "budget_tokens" '
    "for extended thinking."
)
BETWEEN_TOOLS = (
    'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": '
    '"disabled"}. The model does not think before responding. The short updates it writes between tool calls '
    "come back as thinking blocks."
)
INTERLEAVED = "interleaved-thinking-2025-05-14"
TO_ADAPTIVE = Fix("use adaptive thinking", (replace("thinking", {"type": "adaptive"}),))


def config(request: Request) -> Json:
    value = request.param("thinking")
    return value if isinstance(value, dict) else {}


def effort(request: Request) -> str | None:
    value = request.param("output_config")
    return value.get("effort") if isinstance(value, dict) else None


def forces_tool(request: Request) -> bool:
    choice = request.param("tool_choice")
    return isinstance(choice, dict) and choice.get("type") in ("any", "tool")


def mode_supported(request: Request) -> Iterator[Problem]:
    """R40, R41, R42: the model takes this type of thinking, at this effort."""
    kind, model = config(request).get("type"), request.model
    if kind is None or model is None:
        return
    why = f"{model.id} takes {' and '.join(model.thinking)}."
    fix: Fix | None = TO_ADAPTIVE if "adaptive" in model.thinking else None
    rule, message = "R40" if kind == "enabled" else "R42", UNSUPPORTED.format(kind=kind)
    message += NOT_OFF if kind == "disabled" and "enabled" in model.thinking else USE_ADAPTIVE
    if kind in model.thinking:
        yield from _with_effort(request, str(kind))
        return
    if kind == "adaptive":
        rule, message = "R41", "adaptive thinking is not supported on this model"
        fix = Fix("remove thinking", (remove("thinking"),))
    elif kind == "disabled" and "between_tools" in model.thinking:
        message = BETWEEN_TOOLS
        fix = Fix("think between tools only", (replace("thinking", {"type": "between_tools"}),))
    level = level_of(model, "thinking", f"thinking.{kind}")
    yield Problem(rule, "thinking", message, level=level, why=why, fix=fix)


def level_of(model: Model, *doubted: str) -> Level:
    """Refuse for what is known of a model; of what nobody has confirmed, only warn."""
    unsure = switches.DOUBTED_MODELS_PASS and any(fact in model.unconfirmed for fact in doubted)
    return "warning" if unsure else "error"


def _with_effort(request: Request, kind: str) -> Iterator[Problem]:
    """R42: at the highest efforts Opus 5 can't do without thinking, nor Sonnet 5.5 with `between_tools`."""
    level = effort(request)
    if request.model and kind in request.model.up_to_high and level in ("xhigh", "max"):
        path = "output_config.effort"
        yield Problem(
            "R42",
            path,
            f"{path} '{level}' is not supported when thinking is {kind} on this model. Use effort 'high' or "
            "below, or enable thinking.",
            why="The highest efforts are made of thinking; they can't be had without it.",
            fix=Fix("lower the effort to high", (replace(path, "high"),)),
        )


def budget_below_max(request: Request) -> Iterator[Problem]:
    """R39: `budget_tokens` is below `max_tokens`, unless manual thinking is interleaved."""
    budget, maximum = config(request).get("budget_tokens"), request.param("max_tokens")
    if not isinstance(budget, int) or not isinstance(maximum, int) or budget < maximum or maximum == 0:
        return
    interleaved = INTERLEAVED in request.betas
    if interleaved and (request.model is None or request.model.interleaves):
        return
    why = "Thinking is paid from `max_tokens`; something of it must be left for the answer."
    ignored = " The beta of interleaved thinking is taken and has no effect on this model."
    yield Problem(
        "R39",
        "max_tokens",
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
        "https://platform.claude.com/docs/en/build-with-claude/extended-thinking",
        why=why + ignored if interleaved else why,
        fix=Fix("raise max_tokens", (replace("max_tokens", budget + 1024),)),
    )


def forced_tool(request: Request) -> Iterator[Problem]:
    """R44, R45: a forced tool goes neither with manual thinking nor with the newest models."""
    if not forces_tool(request):
        return
    fix = Fix("let the model choose", (replace("tool_choice", {"type": "auto"}),))
    if request.model and request.model.forced_tool_choice is False:
        message = 'tool_choice: type "tool" and "any" are not supported for this model.'
        level = level_of(request.model, "forced_tool_choice")
        why = f"{request.model.id} always thinks first."
        yield Problem("R45", "tool_choice", message, level=level, why=why, fix=fix)
    elif config(request).get("type") == "enabled":
        message = "Thinking may not be enabled when tool_choice forces tool use."
        why = "A forced call begins the answer at once, so there would be no room to think."
        yield Problem("R44", "tool_choice", message, why=why, fix=fix)


def sampling_with_thinking(request: Request) -> Iterator[Problem]:
    """R46: under 2023-06-01, thinking wants temperature 1, no top_k, and top_p of at least 0.95."""
    if request.is_dated_2026 or config(request).get("type") not in ("enabled", "adaptive"):
        return
    if request.model and request.model.sampling == "none":
        return
    temperature, top_p = request.param("temperature"), request.param("top_p")
    why = "Thinking was trained with one way of sampling; others are not taken with it."
    if temperature not in (None, 1):
        message = "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode."
        yield Problem("R46", "temperature", message, why=why, fix=Fix("remove it", (remove("temperature"),)))
    if request.param("top_k") is not None:
        message = "`top_k` must be unset when thinking is enabled or in adaptive mode."
        yield Problem("R46", "top_k", message, why=why, fix=Fix("remove it", (remove("top_k"),)))
    if top_p is not None and top_p < 0.95:
        message = "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."
        yield Problem("R46", "top_p", message, why=why, fix=Fix("remove it", (remove("top_p"),)))


def clear_thinking(request: Request) -> Iterator[Problem]:
    """`clear_thinking_20251015` works only while thinking is on, and comes first among the edits."""
    management = request.param("context_management")
    edits: Any = management.get("edits") if isinstance(management, dict) else None
    kinds = [edit.get("type") for edit in edits or ()]
    if "clear_thinking_20251015" not in kinds:
        return
    at = kinds.index("clear_thinking_20251015")
    path = f"context_management.edits.{at}"
    fix = Fix("remove the edit", (remove(path),))
    if request.thinking_type in ("off", "disabled"):
        message = "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive"
        why = "Without thinking there are no thinking blocks to clear."
        yield Problem("context_management", path, message, why=why, fix=fix)
    elif at:
        message = "context_management.edits: `clear_thinking_20251015` must be the first edit"
        yield Problem(
            "context_management", path, message, why="Thinking is cleared before anything else.", fix=fix
        )


def signature_present(request: Request, place: Place) -> Iterator[Problem]:
    """R35, as far as it can be seen here: what is empty never verifies."""
    sealed = "signature" if place.type == "thinking" else "data"
    if place.broken or place.role != "assistant" or place.block.get(sealed):
        return
    says = f"{place.path}: Invalid `{sealed}` in `{place.type}` block"
    if place.type == "thinking" and not place.block.get("thinking"):
        says = f"{place.path}.thinking: each thinking block must contain thinking"
    yield Problem(
        "R35",
        place.path,
        says,
        why="The signature proves that the model thought this; without it the block can't go back.",
        fix=Fix("remove the thinking block", without(request, place)),
    )


def thinking_first(request: Request, turn: Turn) -> Iterator[Problem]:
    """R33, in part: with manual thinking, an assistant message that has thinking blocks begins with one."""
    if turn.role != "assistant" or config(request).get("type") != "enabled" or not turn.places:
        return
    first = turn.places[0]
    if first.type in THINKING or not any(place.type in THINKING for place in turn.places):
        return
    yield Problem(
        "R33",
        first.path,
        f"{first.path}: If an assistant message contains any thinking blocks, the first block must be "
        f"`thinking` or `redacted_thinking`. Found `{first.type}`.",
        why="The model thinks before it speaks; blocks that came from it keep their order.",
        fix=Fix("send without thinking", (remove("thinking"),)),
    )


def final_turn_thinks(request: Request) -> Iterator[Problem]:
    """R33: with manual thinking, the assistant turn still being answered begins with a thinking block."""
    if config(request).get("type") != "enabled" or not request.judges_end:
        return
    turn = _open_turn(request)
    first = turn.places[0] if turn and turn.places else None
    if turn is None or first is None or first.type in THINKING:
        return
    if any(place.type in THINKING for place in turn.places):
        return
    path = first.path if not first.from_string else f"messages.{first.i}.content.0"
    yield Problem(
        "R33",
        first.path,
        f"{path}.type: Expected `thinking` or `redacted_thinking`, but found `{first.type}`. {MUST_START}",
        why="While its calls are being answered, the model needs the thinking that led to them.",
        fix=Fix("send without thinking", (remove("thinking"),)),
    )


def _open_turn(request: Request) -> Turn | None:
    """Return the assistant turn that began the tool loop now open, or that the request ends with."""
    last = request.turns[-1] if request.turns else None
    if last is None or last.role == "assistant":
        return last
    turn = _answered_by(last)
    return turn and _begin_of_loop(turn)


def _begin_of_loop(turn: Turn) -> Turn:
    """Return the turn that began the loop a turn belongs to; each turn finds it once."""
    way = []
    while turn.loop is None:
        way.append(turn)
        before = _answered_by(turn.before) if turn.before else None
        turn.loop = None if before else turn
        turn = before or turn
    for each in way:
        each.loop = turn.loop
    return turn.loop


def _answered_by(turn: Turn) -> Turn | None:
    """Return the assistant turn before one of the user's that is nothing but results."""
    before = turn.before
    if turn.role != "user" or before is None or before.role != "assistant" or not turn.places:
        return None
    return before if all(place.is_result for place in turn.places) else None


def final_message_without_thinking(request: Request) -> Iterator[Problem]:
    """R17: with thinking off, a final assistant message holds no thinking block."""
    if not request.turns or request.turns[-1].role != "assistant" or not request.judges_end:
        return
    off = request.thinking_type == "disabled" or (
        request.thinking_type == "off" and request.model is not None
    )
    if not off or any(place.type in SERVER_USES for place in request.turns[-1].places):
        return
    for place in request.turns[-1].places:
        if place.type in THINKING:
            yield Problem(
                "R17",
                place.path,
                f"{place.path}: When thinking is disabled, an `assistant` message in the final position "
                f"cannot contain `{place.type}`. To use thinking blocks, enable `thinking` in your request.",
                why="The model would go on in the middle of a thought, with thinking switched off.",
                fix=Fix("remove the thinking block", without(request, place)),
            )
            return


def final_block(request: Request) -> Iterator[Problem]:
    """With thinking on, the assistant message at the end, or being answered, doesn't end in a thought."""
    if request.thinking_type in ("off", "disabled") or not request.judges_end:
        return
    end = request.turns[-1] if request.turns else None
    turn = end if end is None or end.role == "assistant" else end.before
    if turn is None or turn.role != "assistant" or turn.is_words:
        return
    if not turn.blocks or str(turn.blocks[-1].get("type")) not in THINKING:
        return
    answers = end.places if end and turn is not end else []
    last = turn.places[-1] if turn.places and all(place.is_result for place in answers) else None
    if last is None or last.type not in THINKING:
        return
    yield Problem(
        "thinking_not_last",
        last.path,
        f"messages.{last.i}: The final block in an assistant message cannot be `{last.type}`.",
        why="The model goes on from what it said or called, and not from the middle of a thought.",
        fix=Fix("remove the thinking block", without(request, last)),
    )
