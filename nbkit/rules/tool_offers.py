"""The tools offered and the choice among them (contract, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbkit.facts import facts
from nbkit.rules.problem import Fix, Problem, remove, replace
from nbkit.rules.request import Request
from nbkit.wire.blocks import Json

KEY_PATTERN = "^[a-zA-Z0-9_.-]{1,64}$"
KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": int | float,
}
TOOLSET_ONLY = ("claude-opus-5-5",)
OUTPUT_SCHEMA = "output_config.format.schema"
UNSUPPORTED = {
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "string": ("minLength", "maxLength"),
    "array": ("maxItems", "uniqueItems"),
}


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
            fault = _misfit(example, schema)
            if fault:
                path = f"tools.{k}.custom.input_examples.{n}"
                fix = Fix("remove the example", (remove(f"tools.{k}.input_examples.{n}"),))
                why = "An example that the schema refuses would teach the model the wrong thing."
                yield Problem("R84", path, f"{path}: {fault}", why=why, fix=fix)


def _misfit(value: Any, schema: Any) -> str | None:
    """Return why a value doesn't fit, or None. What this doesn't understand of a schema, it lets through."""
    if not isinstance(schema, dict):
        return None
    kind = schema.get("type")
    wanted = TYPES.get(kind) if isinstance(kind, str) else None
    if wanted and (
        not isinstance(value, wanted) or (isinstance(value, bool) and kind in ("integer", "number"))
    ):
        whole = kind == "integer" and isinstance(value, float) and value.is_integer()
        return None if whole else f"{value!r} is not of type '{kind}'"
    if isinstance(schema.get("enum"), list) and value not in schema["enum"]:
        return f"{value!r} is not one of {schema['enum']!r}"
    if isinstance(value, dict):
        return _misfit_object(value, schema)
    if isinstance(value, list):
        return next((fault for item in value if (fault := _misfit(item, schema.get("items")))), None)
    return None


def _misfit_object(value: Json, schema: Json) -> str | None:
    properties, required = schema.get("properties"), schema.get("required")
    properties = properties if isinstance(properties, dict) else {}
    names = required if isinstance(required, list) else []
    missing = [name for name in names if isinstance(name, str) and name not in value]
    if missing:
        return f"'{missing[0]}' is a required property"
    extra = [name for name in value if name not in properties]
    if extra and schema.get("additionalProperties") is False and "patternProperties" not in schema:
        return f"Additional properties are not allowed ('{extra[0]}' was unexpected)"
    inner = (_misfit(value[name], part) for name, part in properties.items() if name in value)
    return next((fault for fault in inner if fault), None)


def domains(request: Request) -> Iterator[Problem]:
    """Allowed and blocked domains exclude each other."""
    for k, tool in request.tools:
        if tool.get("allowed_domains") and tool.get("blocked_domains"):
            path = f"tools.{k}.{tool['type']}"
            message = f"{path}: only one of `allowed_domains` and `blocked_domains` may be specified"
            fix = Fix("remove blocked_domains", (remove(f"tools.{k}.blocked_domains"),))
            yield Problem("tools", path, message, why="One list already says all about the rest.", fix=fix)


def choice_offered(request: Request) -> Iterator[Problem]:
    """`tool_choice` comes with tools, and names one of them."""
    choice = request.param("tool_choice")
    if not isinstance(choice, dict) or request.broken_tools:
        return
    fix = Fix("remove tool_choice", (remove("tool_choice"),))
    if not request.raw.get("tools"):
        if choice.get("type") in ("any", "tool"):
            message = "tool_choice: tool_choice may only be specified while providing tools."
            yield Problem(
                "tool_choice", "tool_choice", message, why="There is nothing to choose from.", fix=fix
            )
    elif choice.get("type") == "tool" and choice["name"] not in {
        tool.get("name") for _, tool in request.tools
    }:
        message = f"tool_choice: Tool '{choice['name']}' not found in provided tools"
        why = "Only what is offered can be forced, and toolsets and their members can't be."
        fix = Fix("let the model choose", (replace("tool_choice", {"type": "auto"}),))
        yield Problem("tool_choice", "tool_choice.tool.name", message, why=why, fix=fix)


def tools_supported(request: Request) -> Iterator[Problem]:
    """R81: the older computer tools ended with the models that have the toolset."""
    model = request.model
    if model is None or model.id not in TOOLSET_ONLY:
        return
    for k, tool in request.tools:
        kind = str(tool.get("type"))
        row = facts.tool_type(kind)
        if row is not None and row.name == "computer":
            message = f"'{request.raw['model']}' does not support tool types: {kind}. "
            message += "Did you mean one of computer_toolset_20260801?"
            why = "Newer models drive the computer through a toolset."
            yield Problem("R81", f"tools.{k}", message, why=why)


def mcp_servers(request: Request) -> Iterator[Problem]:
    """Each MCP server is used by exactly one `mcp_toolset`, and each toolset names a server."""
    servers = request.param("mcp_servers")
    named = [str(server.get("name")) for server in servers or () if isinstance(server, dict)]
    used = [str(t.get("mcp_server_name")) for _, t in request.tools if t.get("type") == "mcp_toolset"]
    why = "A server says where the tools are, a toolset that they are offered; one needs the other."
    for k, name in enumerate(named):
        if used.count(name) != 1 and not request.broken_tools:
            path = f"mcp_servers.{k}"
            message = f"{path}: MCP server '{name}' must be referenced by exactly one mcp_toolset"
            yield Problem("mcp_servers", path, message, why=why)


def output_schema(request: Request) -> Iterator[Problem]:
    """A structured output's schema closes every object, and keeps to the supported part of JSON Schema."""
    output = request.param("output_config")
    form = output.get("format") if isinstance(output, dict) else None
    if isinstance(form, dict):
        yield from _strict_schema(form.get("schema"), OUTPUT_SCHEMA, OUTPUT_SCHEMA.split("."))


def strict_tools(request: Request) -> Iterator[Problem]:
    """A `strict` tool's schema obeys the rules of structured outputs; there are at most 20."""
    strict = [(k, tool) for k, tool in request.tools if tool.get("strict") and "input_schema" in tool]
    for k, tool in strict:
        path = f"tools.{k}.custom.input_schema"
        yield from _strict_schema(tool["input_schema"], path, ["tools", str(k), "input_schema"])
    if len(strict) > 20:
        why = "Each strict tool is compiled into a grammar; at most 20 fit one request."
        yield Problem("tools", "tools", "Schema is too complex for compilation.", why=why)


def _strict_schema(schema: Any, path: str, way: list[str]) -> Iterator[Problem]:
    """Walk a schema and tell the faults of each of its parts; `way` leads to the part in the JSON."""
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if kind == "object" and schema.get("additionalProperties") is not False:
        message = f"{path}: For 'object' type, 'additionalProperties' must be explicitly set to false"
        fix = Fix(
            "close the object", ({"op": "add", "path": _at(way, "additionalProperties"), "value": False},)
        )
        why = "The answer is written by a grammar, which must know every key beforehand."
        yield Problem("output_schema", ".".join(way), message, why=why, fix=fix)
    for word in UNSUPPORTED.get(kind, ()) if isinstance(kind, str) else ():
        if word in schema:
            message = f"{path}: For '{kind}' type, property '{word}' is not supported"
            why = (
                "A grammar can't hold the answer to this; say it in the description and check it afterwards."
            )
            fix = Fix(f"remove {word}", ({"op": "remove", "path": _at(way, word)},))
            yield Problem("output_schema", ".".join(way), message, why=why, fix=fix)
    for inner, steps in _parts(schema):
        yield from _strict_schema(inner, path, [*way, *steps])


def _at(way: list[str], key: str) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in [*way, key])


def _parts(schema: Json) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for word in ("properties", "$defs", "definitions"):
        group = schema.get(word)
        for name, part in group.items() if isinstance(group, dict) else ():
            yield part, (word, name)
    yield schema.get("items"), ("items",)
    for word in ("anyOf", "allOf"):
        group = schema.get(word)
        for n, part in enumerate(group if isinstance(group, list) else ()):
            yield part, (word, str(n))
