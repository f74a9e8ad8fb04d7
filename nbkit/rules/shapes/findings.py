"""The shape of a request: pydantic's findings told in the API's words and paths, and where they are.

The models stand in the `shape_*` modules; they take a moment to build, so they are imported when first used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from nbkit.facts import facts
from nbkit.rules.body.unsendable import is_sendable
from nbkit.rules.portable import platforms
from nbkit.rules.problem import Found, Level, Open, Problem, settled
from nbkit.rules.request import Request
from nbkit.rules.shapes import plain_params, shape_fixes
from nbkit.rules.shapes.shape_fixes import OWN_TAGS
from nbkit.rules.turns import Entry

Location = Sequence[str | int]
Finding = dict[str, Any]  # one of pydantic's errors

# Tags that need a beta are not named among the expected ones: without it the API doesn't know them.
BETA_BLOCKS = {
    "mcp_tool_use": "mcp_servers",
    "mcp_tool_result": "mcp_servers",
    "mcp_tool_listing": "mcp_servers",
    "compaction": "compaction_block",
    "fallback": "fallback_block",
    "tool_addition": "tool_addition",
    "tool_removal": "tool_removal",
    "advisor_tool_result": "advisor",
}
GA_BLOCKS = (
    "text",
    "image",
    "document",
    "search_result",
    "thinking",
    "redacted_thinking",
    "tool_use",
    "tool_result",
    "server_tool_use",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "container_upload",
)
KNOWN_BLOCKS = frozenset({*GA_BLOCKS, *BETA_BLOCKS, "tool_reference", "browser_state"})
# Blocks and tools of other APIs: no newer version of this one is going to have them.
FOREIGN = frozenset(
    {
        "function",
        "function_call",
        "image_url",
        "input_audio",
        "input_image",
        "input_text",
        "json",
        "output_text",
        "reasoning",
        "refusal",
        "tool-call",
        "tool-result",
        "tool_call",
        "tool_calls",
    }
)
SAMPLING = ("temperature", "top_p", "top_k")
RULES = {
    "role": "R8",
    "id": "R26",
    "tool_use_id": "R26",
    "budget_tokens": "R38",
    "media_type": "R57",
    "ttl": "R52",
    "user_id": "R74",
    "max_tokens": "R69",
    "encrypted_content": "R93",
    "encrypted_stdout": "R93",
    "encrypted_index": "R93",
}
UNEXPECTED_ROLE = 'messages: Unexpected role "{role}". Allowed roles are "user" or "assistant".'
RESULT_CONTENT = ("tool_result", "content", "(list)")
NO_RESULT_CONTENT = "`tool_result` content must either be a string or a list of content blocks."
NO_SUCH_DISPLAY = "Input should be 'summarized' or 'omitted'"  # the third one is a beta's
USES = ("tool_use", "server_tool_use", "mcp_tool_use")
TOOL_ROLES = ("tool", "function")
HOW_TO_USE_TOOLS = (
    " For instructions on how to use tools, see "
    "https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview."
)
WHY = {
    "missing": "The API needs this field and doesn't guess it.",
    "extra_forbidden": "The API refuses keys that it doesn't know, so a misspelt option is noticed.",
    "union_tag_invalid": "`type` says how the rest is read; only the listed types may stand in this place.",
    "union_tag_not_found": "Without `type` nobody can tell how the rest is to be read.",
    "string_pattern_mismatch": "Ids and names are limited to letters, digits, _ and -, and to a length.",
    "dict_type": "This must be an object; a string of JSON is not parsed for you.",
}
PLAIN_WHY = "The value doesn't have the type or the range that the API takes in this place."


@cache
def _bodies() -> tuple[Any, Any]:
    from nbkit.rules.shapes.param_shapes import Body, CountTokens

    return Body.__pydantic_validator__, CountTokens.__pydantic_validator__


@cache
def _message() -> Any:
    from nbkit.rules.shapes.message_shapes import Message

    return Message.__pydantic_validator__


def params(request: Request) -> list[Problem]:
    """Judge the shape of everything but the messages."""
    counts = request.endpoint.endswith("/count_tokens")
    if plain_params.is_plain(request.raw, needs_max_tokens=not counts):
        return []
    body, count = _bodies()
    validator = count if counts else body
    return settled(_told(request, validator, request.raw))


def message(request: Request, i: int, raw: Any) -> list[Found]:
    """Judge the shape of one message."""
    return _told(request, _message(), raw, "messages", i)


def _told(request: Request, validator: Any, value: Any, *where: str | int) -> list[Found]:
    """Tell what is found, but of what is no JSON at all, which `unsendable` tells."""
    found = shape(request, validator, value, *where)
    return [_problem(request, finding) for finding in found if is_sendable(finding["input"])]


def shape(request: Request, validator: Any, value: Any, *where: str | int) -> list[Finding]:
    """R8, R9, R10, R26, R27, R28, R38, R43, R47, R52, R57, R69, R74, R93: each value has its type, its keys.

    Remembers what is broken on the request, so that later rules leave it alone.
    """
    from pydantic import ValidationError

    try:
        validator.validate_python(value)
    except ValidationError as error:
        findings: list[Finding] = [
            {**each, "loc": (*where, *each["loc"])} for each in error.errors(include_url=False)
        ]
        findings = [finding for finding in findings if not _is_no_fault(request, finding)]
        for finding in findings:
            _remember(request, finding["loc"])
        return findings
    return []


def _is_no_fault(request: Request, error: Any) -> bool:
    """Version, betas and platform move some fields: sampling left the API (R14), `scope` is a beta's."""
    location = error["loc"]
    if not location:  # a key that is half a character
        return False
    if platforms.moves(request, location):
        return True
    if request.is_dated_2026 and location[0] in SAMPLING:
        return True
    if location == ("thinking",) and error["type"] == "union_tag_not_found":
        from nbkit.rules.shapes.param_shapes import only_binds

        return enabled(request, "thinking.block_binding") and only_binds(error["input"])
    return location[-2:] == ("cache_control", "scope") and enabled(request, "cache_control.scope")


def missing_content(request: Request, entry: Entry) -> Iterator[Problem]:
    """R92: a message has content; only a system message may have output_config instead."""
    if "content" in entry.raw or (entry.role == "system" and entry.raw.get("output_config")):
        return
    path = f"{entry.path}.content"
    rule = "R92" if entry.role == "system" else "shape"
    yield Problem(rule, path, f"{path}: Field required", why=WHY["missing"])


def api_path(location: Location, kind: str = "") -> str:
    """Write a pydantic location as the API does: dots, union tags kept, our own tags dropped.

    A key that the API doesn't know comes last, whatever it is called.

    To the API a `cache_control` is a union too, of one member, whose tag it writes before what is inside.
    """
    last = [str(location[-1])] if kind == "extra_forbidden" else []
    parts = [str(part) for part in location[: len(location) - len(last)] if part not in OWN_TAGS] + last
    if "cache_control" in parts[:-1] and parts[-1] != "type":
        parts.insert(parts.index("cache_control") + 1, "ephemeral")
    return ".".join(parts)


def _problem(request: Request, error: Any) -> Found:
    location: Location = error["loc"]
    kind = error["type"]
    path = api_path(location, kind)
    words = _words(request, error)
    if kind == "union_tag_not_found":
        path = f"{path}.type"
    elif kind == "literal_error" and path.endswith(".cache_control.type"):
        path, words = path.removesuffix(".type"), unexpected_tag(error["input"], ["ephemeral"])
    fix = shape_fixes.fix(request, kind, location)
    problem = Problem(
        _rule(kind, location),
        path,
        _unexpected_role(error) or (f"{path}: {words}" if path else words),
        level=_level(request, error),
        why=WHY.get(kind, PLAIN_WHY),
        fix=None if callable(fix) else fix,
    )
    return Open(problem, fix) if callable(fix) else problem


def _unexpected_role(error: Any) -> str | None:
    """Of a role that is another API's this one speaks in another voice."""
    role = error["input"]
    if error["type"] != "literal_error" or error["loc"][-1] != "role" or not isinstance(role, str):
        return None
    return UNEXPECTED_ROLE.format(role=role) + (HOW_TO_USE_TOOLS if role in TOOL_ROLES else "")


def _words(request: Request, error: Any) -> str:
    words: str = error["msg"]
    if error["type"] == "union_tag_invalid":
        tags = [tag.strip("' ") for tag in error["ctx"]["expected_tags"].split(",")]
        offered = [tag for tag in tags if _is_offered(request, tag)]
        return unexpected_tag(error["ctx"]["tag"], offered)
    if error["type"] == "union_tag_not_found":
        return "Field required"
    if error["type"] == "literal_error" and error["loc"][0] == "thinking" and error["loc"][-1] == "display":
        return words if enabled(request, "thinking.display.updates") else NO_SUCH_DISPLAY
    if error["type"] == "list_type" and error["loc"][-3:] == RESULT_CONTENT:
        return f"Found {_kind(error['input'])}, but {NO_RESULT_CONTENT}"
    if error["type"] == "model_type":
        return "Input should be a valid dictionary or object to extract fields from"
    return words


def _kind(value: object) -> str:
    """Name a JSON value's type as the API does."""
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case _:
            return "an object"


def unexpected_tag(tag: object, expected: Iterable[str]) -> str:
    """Say that no form of this `type` exists. The API lists what it expects by alphabet, except for
    `tool_choice`.
    """
    tags = list(expected)
    listed = tags if "auto" in tags else sorted(tags)
    shown = ", ".join(f"'{each}'" for each in listed)
    return f"Input tag '{tag}' found using 'type' does not match any of the expected tags: {shown}"


def enabled(request: Request, feature: str) -> bool:
    """Say whether one of the request's betas switches `feature` on."""
    known = facts.betas()
    return any(feature in known.get(name, ()) for name in request.betas)


def _is_offered(request: Request, tag: str) -> bool:
    row = facts.tool_type(tag)
    if row is not None and row.status == "beta":
        return bool(request.betas.intersection(row.betas))
    return tag not in BETA_BLOCKS or enabled(request, BETA_BLOCKS[tag])


def has_unknown_beta(request: Request) -> bool:
    return any(not facts.is_beta(name) for name in request.betas)


def _level(request: Request, error: Any) -> Level:
    """What isn't known here may be newer than our facts: a block, a tool, a server's tool, a beta's field."""
    kind, location = error["type"], error["loc"]
    if kind == "union_tag_invalid" and (isinstance(location[-1], int) or location[-1] == "definition"):
        tag = error["input"].get("type")
        is_new = isinstance(tag, str) and tag not in KNOWN_BLOCKS | FOREIGN and not facts.tool_type(tag)
        return "unknown" if is_new else "error"
    if kind == "union_tag_invalid" and location[-1] == "caller":
        return "unknown" if str(error["input"].get("type")).startswith("code_execution_") else "error"
    if kind == "literal_error" and location[-2:] == ("server_tool_use", "name"):
        return "unknown"
    return "unknown" if kind == "extra_forbidden" and has_unknown_beta(request) else "error"


def _rule(kind: str, location: Location) -> str:
    last = str(location[-1]) if location else ""
    tag = str(location[-2]) if len(location) > 1 else ""
    if kind == "extra_forbidden":
        if location[:2] == ("thinking", "disabled"):
            return "R43"
        return "R47" if last == "cache_control" and tag.endswith("thinking") else "R10"
    if kind.startswith("union_tag"):
        return "R9"
    if tag in USES and last in ("name", "input") and kind != "missing":
        return "R27" if last == "name" else "R28"
    if tag == "cache_control" and last == "type":
        return "R52"
    return RULES.get(last, "shape") if kind != "missing" or last.startswith("encrypted") else "shape"


def _remember(request: Request, location: Location) -> None:
    match [part for part in location if part not in OWN_TAGS]:
        case ["messages", int(i), "content", int(j), *_]:
            request.broken_blocks[i, j] = None
        case ["tools", int(k), *_]:
            request.broken_tools.add(k)
        case [str(name), *_]:
            request.broken_params.add(name)
