"""What a page has on its screen after the kernel's messages: the other end of `PatchFeed`, in Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nbkit.wire.blocks import Json


def page_state(messages: Iterable[Json], view: str | None = None) -> Json:
    """Return the snapshot that these messages add up to, of one view; their numbers must have no gap."""
    state: Json = {}
    seq = 0
    for message in messages:
        if message["kind"] not in ("snapshot", "patch") or view not in (None, message["view"]):
            continue
        assert message["seq"] == seq + 1
        seq = message["seq"]
        if message["kind"] == "snapshot":
            state = dict(message["snapshot"])
            state["loose"] = [m for m in state["messages"] if m.get("loose") or m.get("partial")]
            state["messages"] = [m for m in state["messages"] if m not in state["loose"]]
        for op in message.get("ops", ()):
            _apply(state, op)
    state["messages"] = [*state["messages"], *state.pop("loose")]
    return state


def _apply(state: Json, op: Json) -> None:
    match op["op"]:
        case "head":
            state |= op["head"]
            for key in op.get("gone", ()):
                del state[key]
        case "cards" | "problems" as name:
            state[name] = op[name]
        case "loose":
            state["loose"] = op["messages"]
        case "splice":
            at = op["at"]
            state["messages"] = [
                *state["messages"][:at],
                *op["messages"],
                *state["messages"][at + op["remove"] :],
            ]
        case "blocks":
            message, first = state["messages"][op["at"]], op["first"]
            rest = message["blocks"][first + op["remove"] :]
            now = {**message, "blocks": [*message["blocks"][:first], *op["blocks"], *rest]}
            state["messages"] = [*state["messages"][: op["at"]], now, *state["messages"][op["at"] + 1 :]]
        case "message":
            state["loose"] = [
                *(m for m in state["loose"] if m["id"] != op["message"]["id"]),
                {**op["message"], "blocks": []},
            ]
        case "block":
            blocks = state["loose"][-1]["blocks"]
            blocks[:] = [*(b for b in blocks if b["id"] != op["block"]["id"]), dict(op["block"])]
        case "grow":
            _grow(state["loose"][-1]["blocks"], op)


def _grow(blocks: list[Any], op: Json) -> None:
    block = next(each for each in blocks if each["id"] == op["block"])
    if op["field"] == "json":
        block["json"] = block.get("json", "") + op["value"]
    else:
        block["wire"] = {**block["wire"], op["field"]: block["wire"].get(op["field"], "") + op["value"]}
