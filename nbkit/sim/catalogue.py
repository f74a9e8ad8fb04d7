"""`GET /v1/models` (contract, section 9.5): the model table in the shape of the Models API."""

from __future__ import annotations

from nbkit.facts import facts
from nbkit.facts.facts import Model
from nbkit.sim.paging import Query, page_of
from nbkit.sim.refusal import invalid
from nbkit.wire.blocks import Json

_THINKING = ("adaptive", "enabled", "disabled", "between_tools")
STAGES = ("active", "deprecated", "retired")
_EFFORT = ("low", "medium", "high", "xhigh", "max")
_EDITS = ("clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112")


def listing(query: Query) -> Json:
    """Return one page of models; refuses a query that can't be read."""
    stages = _stages(query)
    rows = [describe(model) for model in facts.models() if model.lifecycle in stages]
    rows.sort(key=lambda row: str(row["created_at"]), reverse=True)
    return page_of(rows, query)


def describe(model: Model) -> Json:
    """Return the Models API object of one model.

    What only the beta reads is in it, too: its clients of today don't say that they are the beta.
    """
    retires = f"{model.retires}T00:00:00Z" if model.retires else None
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": f"{model.created}T00:00:00Z",
        "lifecycle": model.lifecycle,
        "deprecated_at": f"{model.deprecated}T00:00:00Z" if model.deprecated else None,
        "retires_at": retires,
        "line": model.line,
        "max_input_tokens": model.context,
        "max_tokens": model.max_output,
        "capabilities": _capabilities(model),
    }


def _stages(query: Query) -> list[str]:
    stages = query.get("lifecycle[]") or query.get("lifecycle") or ["active", "deprecated"]
    for at, stage in enumerate(stages):
        if stage not in STAGES:
            raise invalid(f"lifecycle.{at}: Input should be 'active', 'deprecated' or 'retired'")
    if len(stages) > len(STAGES):
        raise invalid(f"lifecycle: List should have at most 3 items after validation, not {len(stages)}")
    return stages


def _capabilities(model: Model) -> Json:
    yes: Json = {"supported": True}
    plain = ("batch", "citations", "image_input", "pdf_input", "structured_outputs")
    effort = {level: {"supported": level in model.effort} for level in _EFFORT}
    thinking = {kind: {"supported": kind in model.thinking} for kind in _THINKING}
    return {
        **dict.fromkeys(plain, yes),
        "code_execution": {"supported": model.called_by_code},
        "server_tools": {**yes, "web_search": yes, "code_execution": yes},
        "context_management": {**yes, **dict.fromkeys(_EDITS, yes)},
        "effort": {"supported": bool(model.effort), **effort},
        "thinking": {"supported": bool(model.thinking), "types": thinking},
        "compaction": {**yes, "summarize": yes},
    }
