"""Client toolsets: their members; each stands once, with some of them enabled (contract, section 4.3)."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.problem import Fix, Problem, remove
from nbkit.rules.request import Request
from nbkit.rules.turns import Place, Turn
from nbkit.wire.blocks import Json

BOTH = frozenset(
    {
        "double_click",
        "hold_key",
        "key",
        "left_click",
        "left_click_drag",
        "left_mouse_down",
        "left_mouse_up",
        "middle_click",
        "mouse_move",
        "right_click",
        "screenshot",
        "scroll",
        "triple_click",
        "type",
        "wait",
        "zoom",
    }
)
MEMBERS = {
    "computer": BOTH | {"cursor_position"},
    "browser": BOTH
    | {
        "close_tab",
        "file_upload",
        "find",
        "form_input",
        "get_page_text",
        "hover",
        "javascript_exec",
        "list_tabs",
        "navigate",
        "new_tab",
        "read_console",
        "read_network",
        "read_page",
        "scroll_to",
        "switch_tab",
    },
}
FINE_GRAINED = "fine-grained-tool-streaming-2025-05-14"
SHOWS_TABS = frozenset({"new_tab", "list_tabs", "switch_tab", "close_tab"})  # and nothing but them
OFF = frozenset({"read_console", "read_network", "file_upload", "javascript_exec"})  # unless switched on


def toolsets(request: Request) -> Iterator[Problem]:
    """A toolset stands once, without another tool of its name, and with some member enabled (section 4.3)."""
    seen: set[str] = set()
    names = {tool.get("name") for _, tool in request.tools}
    for k, tool in request.tools:
        kind = str(tool.get("type"))
        if "_toolset_" not in kind:
            continue
        family, path = kind.split("_toolset_")[0], f"tools.{k}.{kind}"
        if kind in seen or family in names:
            message = f"{path}: `{family}` may be provided only once"
            why = "Two tools of one name can't be told apart."
            fix = Fix("remove the toolset", (remove(f"tools.{k}"),))
            yield Problem("tools", path, message, why=why, fix=fix)
        seen.add(kind)
        configs: Json = tool.get("configs") or {}
        if configs and not any(_is_enabled(name, configs.get(name)) for name in MEMBERS[family]):
            message = f"{path}.configs: at least one member must be enabled"
            why = "A toolset without members offers nothing."
            yield Problem("tools", f"{path}.configs", message, why=why)
        if not _loads_alike(family, configs):
            message = f"{path}.configs: `defer_loading` must be the same for all enabled members"
            why = "A toolset is found as a whole, or not at all."
            yield Problem("tools", f"{path}.configs", message, why=why)
        if FINE_GRAINED in request.betas:
            message = f"{path}: toolsets are not supported with the `{FINE_GRAINED}` beta"
            yield Problem("tools", path, message, why="A member's input arrives as a whole.")


def _loads_alike(family: str, configs: Json) -> bool:
    """Say whether the members that are enabled are all deferred, or none of them."""
    named = [name for name in MEMBERS[family] if _is_enabled(name, configs.get(name))]
    return len({bool((configs.get(name) or {}).get("defer_loading")) for name in named}) < 2


def members(tool: Json) -> list[str]:
    """Return the members of a toolset that can be called."""
    configs: Json = tool.get("configs") or {}
    family = str(tool.get("type")).split("_toolset_")[0]
    return sorted(name for name in MEMBERS.get(family, ()) if _is_enabled(name, configs.get(name)))


def _is_enabled(name: str, config: Json | None) -> bool:
    asked = (config or {}).get("enabled")
    return name not in OFF if asked is None else bool(asked)


def member_results(request: Request, turn: Turn) -> Iterator[Problem]:
    """What a toolset's member answers: texts and images, and the state of the browser where it has one."""
    if turn.role != "user" or turn.before is None or turn.is_plain:
        return
    names = {
        place.block["id"]: place.block.get("name") for place in turn.before.places if place.is_client_use
    }
    for place in turn.places:
        if place.is_result and not place.broken:
            fault = _result_fault(place, str(names.get(place.block["tool_use_id"])))
            if fault:
                why = "The model looks at what a member shows; the browser's state is told once, and whole."
                yield Problem("tools", place.path, f"{place.path}: {fault}", why=why)


def _result_fault(place: Place, member: str) -> str | None:
    content, toolset = place.block.get("content"), place.block.get("toolset_name")
    blocks = content if isinstance(content, list) else []
    states = [block for block in blocks if block.get("type") == "browser_state"]
    if not toolset:
        return None
    if toolset != "browser" and states:
        return "`browser_state` is only permitted in results of browser members"
    if any(block.get("type") not in ("text", "image", "browser_state") for block in blocks):
        return "results of toolset members may only contain text and image blocks"
    if len(states) > 1:
        return "at most one `browser_state` is permitted in a result"
    if place.block.get("is_error"):
        return "`browser_state` is not permitted in an error result" if states else None
    if toolset == "browser" and member in SHOWS_TABS and not (len(blocks) == len(states) == 1):
        return f"`{member}` must return exactly one `browser_state` and nothing else"
    return _state_fault(states[0]) if states else None


def _state_fault(state: Json) -> str | None:
    tabs, changes = state["tabs"], state.get("state_changes") or ()
    if len({tab["tab_id"] for tab in tabs}) < len(tabs):
        return "`tab_id` must be unique"
    if tabs and sum(tab.get("active") is True for tab in tabs) != 1:
        return "exactly one tab must be active"
    downloads = [change["download_id"] for change in changes if "download_id" in change]
    if len(set(downloads)) < len(downloads):
        return "at most one state change is permitted per `download_id`"
    return None
