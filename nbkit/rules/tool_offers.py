"""The tools offered and the choice among them (contract, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbkit.facts import facts
from nbkit.rules.problem import Fix, Problem, add, remove, replace
from nbkit.rules.request import Request
from nbkit.rules.schemas.fitting import misfits
from nbkit.rules.schemas.json_schema import is_json_schema
from nbkit.rules.thinking import level_of
from nbkit.rules.turns import Place, nested
from nbkit.wire.blocks import Json

KEY_PATTERN = "^[a-zA-Z0-9_.-]{1,64}$"
KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
NULLABLE = ("properties", "required")
WEB_TOOL = re.compile(r"web_(search|fetch)_\d{8}$")
NOT_JSON_SCHEMA = (
    "JSON schema is invalid. It must match JSON Schema draft 2020-12 "
    "(https://json-schema.org/draft/2020-12). Learn more about tool use at "
    "https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview."
)


def unique_names(request: Request) -> Iterator[Problem]:
    """R82: tool names are unique, the fixed names of the API's own tools included."""
    seen: set[str] = set()
    for k, tool in request.tools:
        name = tool.get("name")
        if name in seen:
            why = "A call names its tool; with the same name twice nobody could tell which is meant."
            fix = Fix("remove the second", (remove(f"tools.{k}"),))
            yield Problem("R82", f"tools.{k}", "tools: Tool names must be unique.", why=why, fix=fix)
        elif isinstance(name, str):
            seen.add(name)


def property_keys(request: Request) -> Iterator[Problem]:
    """Keys of a schema's properties are short and plain."""
    for k, tool in request.tools:
        schema = tool.get("input_schema")
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if any(not KEY.fullmatch(str(key)) for key in properties or ()):
            path = f"tools.{k}.custom.input_schema.properties"
            message = f"{path}: Property keys should match pattern '{KEY_PATTERN}'"
            why = (
                "The model writes these names; they are limited to letters, digits, _ . - and 64 characters."
            )
            yield Problem("tools", path, message, why=why)


def input_schemas(request: Request) -> Iterator[Problem]:
    """An `input_schema` is JSON Schema, and no union as a whole."""
    for k, tool in request.tools:
        schema = tool.get("input_schema")
        path = f"tools.{k}.custom.input_schema"
        if not isinstance(schema, dict):
            continue
        if any(word in schema for word in ("oneOf", "allOf", "anyOf")):
            message = "input_schema does not support oneOf, allOf, or anyOf at the top level"
            why = "A call's arguments are one object; choices may stand in its properties."
            yield Problem("tools", path, f"{path}: {message}", why=why)
        # Properties and required may be null as a whole: that they are absent is all it says.
        given = {word: value for word, value in schema.items() if value is not None or word not in NULLABLE}
        if not is_json_schema(given):
            why = "Some keyword of it has a value that this draft doesn't know, perhaps of an older one."
            yield Problem("tools", path, f"{path}: {NOT_JSON_SCHEMA}", why=why)


def deferred_or_cached(request: Request) -> Iterator[Problem]:
    """A deferred tool is no part of the prompt, so it can't end a cached one."""
    for k, tool in request.tools:
        if tool.get("defer_loading") and tool.get("cache_control"):
            message = (
                f"Tool '{tool.get('name')}' cannot have both defer_loading=true and cache_control set. "
                "Tools with defer_loading cannot use prompt caching."
            )
            path = f"tools.{k}.cache_control"
            fix = Fix("remove cache_control", (remove(path),))
            why = "It is found later, behind whatever is cached; mark a tool that is loaded at once."
            yield Problem("tools", path, message, why=why, fix=fix)


def some_tool_loaded(request: Request) -> Iterator[Problem]:
    """R83: at least one tool is not deferred."""
    if (
        request.tools
        and not request.broken_tools
        and all(tool.get("defer_loading") for _, tool in request.tools)
    ):
        yield Problem(
            "R83",
            "tools",
            "At least one tool must have defer_loading=false. All tools cannot be deferred.",
            why="Deferred tools are found through another tool, which must be there from the start.",
            fix=Fix("load the first tool", (remove("tools.0.defer_loading"),)),
        )


def examples_fit(request: Request) -> Iterator[Problem]:
    """R84: `input_examples` fit the schema."""
    for k, tool in request.tools:
        schema = tool.get("input_schema")
        for n, example in enumerate(tool.get("input_examples") or () if isinstance(schema, dict) else ()):
            for fault in misfits(example, schema)[:1]:
                path = f"tools.{k}.custom.input_examples.{n}"
                fix = Fix("remove the example", (remove(f"tools.{k}.input_examples.{n}"),))
                why = "An example that the schema refuses would teach the model the wrong thing."
                if fault.where:
                    why += f" It is `{'.'.join(map(str, fault.where))}` that doesn't fit."
                yield Problem("R84", path, f"{path}: {fault.words}", why=why, fix=fix)


def choice_offered(request: Request) -> Iterator[Problem]:
    """`tool_choice` forces nothing where there are no tools, and only a tool that is offered to the model."""
    choice = request.param("tool_choice")
    if not isinstance(choice, dict) or request.broken_tools:
        return
    if choice.get("type") == "any" and not request.raw.get("tools"):
        message = "tool_choice.any may only be specified while providing tools"
        fix = Fix("remove tool_choice", (remove("tool_choice"),))
        yield Problem("tool_choice", "tool_choice", message, why="There is nothing to choose from.", fix=fix)
    if choice.get("type") != "tool":
        return
    offered = [tool for _, tool in request.tools if tool.get("name") == choice["name"]]
    callers = [tool.get("allowed_callers") or ["direct"] for tool in offered]
    if not any("direct" in each for each in callers):
        message = f"Tool '{choice['name']}' not found in provided tools"
        why = "Only what is offered can be forced; toolsets, their members and tools for code can't be."
        auto = replace("tool_choice", {"type": "auto"})
        fix = Fix("let the model choose", (auto if request.raw.get("tools") else remove("tool_choice"),))
        yield Problem("tool_choice", "tool_choice.tool.name", message, why=why, fix=fix)


def container_offered(request: Request) -> Iterator[Problem]:
    """A container is where code runs, so it comes with a tool that runs code, or with what code did."""
    if request.param("container") is None or request.broken_tools:
        return
    if any(_runs_code(tool) for _, tool in request.tools) or any(map(_ran_code, request.places)):
        return
    message = "container: Container identifier can only be provided when using the code execution tool"
    if not _names_container(request.param("container")):
        message = "container: skills can only be used when a code execution tool is enabled"
    why = "Without a tool that runs code there is nothing to do in a container."
    fix = Fix("remove container", (remove("container"),))
    yield Problem("container", "container", message, why=why, fix=fix)


def _names_container(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and bool(value.get("id")))


def _runs_code(tool: Json) -> bool:
    """Code execution itself, what it may call, and the web tools that filter what they found with code."""
    kind, callers = str(tool.get("type")), tool.get("allowed_callers") or ()
    return (
        filters_with_code(tool)
        or kind.startswith("code_execution")
        or any(each != "direct" for each in callers)
    )


def filters_with_code(tool: Json) -> bool:
    """The newer web tools bring their own code execution along, which needs no entry in `tools`."""
    return str(tool.get("type")).startswith(("web_search_2026", "web_fetch_2026"))


def _ran_code(place: Place) -> bool:
    caller = place.block.get("caller")
    by_code = isinstance(caller, dict) and str(caller.get("type")).startswith("code_execution")
    return by_code or (place.type == "server_tool_use" and "code_execution" in str(place.block.get("name")))


def references_offered(request: Request, place: Place) -> Iterator[Problem]:
    """A `tool_reference` in a result names a tool of the request. What an MCP server has isn't known here."""
    for path, way, block in () if place.broken else nested(place):
        if block.get("type") == "tool_reference":
            yield from _unless_offered(request, path, way, block)


def found_are_offered(request: Request, place: Place) -> Iterator[Problem]:
    """What a search for tools found is a reference as well, as long as it stays in the history."""
    content = {} if place.broken else place.block.get("content")
    found = content.get("tool_references") if isinstance(content, dict) else None
    for n, block in enumerate(found or ()):
        path = f"{place.path}.{place.type}.content.tool_references.{n}"
        yield from _unless_offered(request, path, f"{place.path}.content.tool_references.{n}", block)


def _unless_offered(request: Request, path: str, way: str, block: Json) -> Iterator[Problem]:
    if request.broken_tools or any(tool.get("type") == "mcp_toolset" for _, tool in request.tools):
        return
    name = block.get("tool_name")
    if any(tool.get("name") == name for _, tool in request.tools) or name in _added(request):
        return
    yield Problem(
        "tool_reference",
        path,
        f"Tool reference '{name}' not found in available tools",
        error_code="tool_reference_unresolved",
        why="A reference loads a tool that the request holds back; this one isn't among its `tools`.",
        fix=Fix("remove the reference", (remove(way),)),
    )


def _added(request: Request) -> set[Any]:
    """Name the tools that system messages define in mid-conversation."""
    blocks = [place.block for place in request.places if place.type == "tool_addition" and not place.broken]
    definitions = [block["tool"].get("definition") or {} for block in blocks]
    return {definition.get("name") for definition in definitions}


def tools_supported(request: Request) -> Iterator[Problem]:
    """R81: the model knows each type of tool, and code may call a tool only where the model lets it."""
    model = request.model
    if model is not None and not model.called_by_code:
        yield from _called_by_code(request, model.id)
    if model is None or request.platform == "bedrock":
        return
    for k, tool in request.tools:
        kind = str(tool.get("type"))
        if kind in model.tools_gone:
            known = sorted(row.type for row in facts.tool_types() if row.type not in model.tools_gone)
            message = f"'{model.id}' does not support tool types: {kind}. "
            message += f"Did you mean one of {', '.join(known)}?"
            why = "Each generation of models was trained with tools of its own."
            level = level_of(model, f"tools.{kind}")
            yield Problem("R81", f"tools.{k}", message, level=level, why=why)


def _called_by_code(request: Request, model: str) -> Iterator[Problem]:
    """The web tools since 20260209 may be called by code, unless their entry says otherwise."""
    called = [(k, tool) for k, tool in request.tools if _may_be_called(tool)]
    if called:
        names = ", ".join(sorted(str(tool.get("name")) for _, tool in called))
        message = f"'{model}' does not support programmatic tool calling. The following tools have "
        message += f"`allowed_callers` that require it: {names}. Explicitly set "
        message += '`allowed_callers=["direct"]` on these tools, or use a model that supports programmatic '
        message += "tool calling."
        directly = tuple(add(f"tools.{k}.allowed_callers", ["direct"]) for k, _ in called)
        fix = Fix("allow direct calls only", directly)
        path = f"tools.{called[0][0]}"
        yield Problem("R81", path, message, why="By default code may call the newer web tools.", fix=fix)


def _may_be_called(tool: Json) -> bool:
    kind, callers = str(tool.get("type")), tool.get("allowed_callers")
    if callers:
        return "direct" not in callers
    return bool(WEB_TOOL.match(kind)) and kind[-8:] >= "20260209"
