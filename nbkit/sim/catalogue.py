"""`GET /v1/models` (contract, section 9.5): the model table in the shape of the Models API."""

from __future__ import annotations

from collections.abc import Mapping

from nbkit.facts import facts
from nbkit.facts.facts import Model
from nbkit.wire.blocks import Json

_THINKING = ("adaptive", "enabled", "disabled", "between_tools")
_EFFORT = ("low", "medium", "high", "xhigh", "max")
_EDITS = ("clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112")


def listing(query: Mapping[str, list[str]]) -> Json:
    """Return one page of models. Raises ValueError in the API's words for a query that can't be read."""
    stages = query.get("lifecycle[]") or query.get("lifecycle") or ["active", "deprecated"]
    rows = [describe(model) for model in facts.models() if model.lifecycle in stages]
    rows.sort(key=lambda row: str(row["created_at"]), reverse=True)
    limit = _limit(query.get("limit", ["20"])[0])
    ids = [row["id"] for row in rows]
    start, end = 0, len(rows)
    if "after_id" in query:
        start = _place(ids, query["after_id"][0], "after_id") + 1
    if "before_id" in query:
        end = _place(ids, query["before_id"][0], "before_id")
        start = max(start, end - limit)
    page = rows[start:end][:limit]
    more = start > 0 if "before_id" in query else start + len(page) < end
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return {"data": page, "has_more": more, "first_id": first, "last_id": last}


def describe(model: Model) -> Json:
    """Return the Models API object of one model."""
    retires = f"{model.retires}T00:00:00Z" if model.retires else None
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": f"{model.created}T00:00:00Z",
        "lifecycle": model.lifecycle,
        "deprecated_at": None if model.lifecycle == "active" else f"{model.created}T00:00:00Z",
        "retires_at": retires,
        "line": model.line,
        "max_input_tokens": model.context,
        "max_tokens": model.max_output,
        "capabilities": _capabilities(model),
    }


def _capabilities(model: Model) -> Json:
    yes: Json = {"supported": True}
    plain = ("batch", "citations", "code_execution", "image_input", "pdf_input", "structured_outputs")
    effort = {level: {"supported": level in model.effort} for level in _EFFORT}
    thinking = {kind: {"supported": kind in model.thinking} for kind in _THINKING}
    return {
        **dict.fromkeys(plain, yes),
        "server_tools": {**yes, "web_search": yes, "code_execution": yes},
        "context_management": {**yes, **dict.fromkeys(_EDITS, yes)},
        "effort": {"supported": bool(model.effort), **effort},
        "thinking": {"supported": bool(model.thinking), "types": thinking},
    }


def _limit(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("limit: Input should be a valid integer, unable to parse string as an integer")
    limit = int(text)
    if not 1 <= limit <= 1000:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 1000"
        raise ValueError(f"limit: Input should be {bound}")
    return limit


def _place(ids: list[str], wanted: str, name: str) -> int:
    if wanted not in ids:
        raise ValueError(f"{name}: no model has the id {wanted!r}")
    return ids.index(wanted)
