"""Client toolsets: their members; each stands once, with some of them enabled (contract, section 4.3)."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.problem import Fix, Problem, remove
from nbkit.rules.request import Request
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


def _is_enabled(name: str, config: Json | None) -> bool:
    asked = (config or {}).get("enabled")
    return name not in OFF if asked is None else bool(asked)
