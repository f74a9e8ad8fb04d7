"""JSON Schema, as far as filling one needs it: references, unions, and a value that keeps the bounds when
nothing was said.
"""

from __future__ import annotations

import math
import re
from typing import Any

from nbkit.sim.brain import kinds, samples
from nbkit.wire.blocks import Json


def resolve(schema: Any, root: Json) -> Json:
    """Follow local `$ref`s and fold `allOf`; what can't be followed allows anything."""
    seen = 0
    while isinstance(schema, dict) and "$ref" in schema and seen < 20:
        target = _pointed(str(schema["$ref"]), root)
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        seen += 1
    if not isinstance(schema, dict):
        return {}
    if "allOf" in schema:
        return _folded(schema, root)
    return schema


def _pointed(reference: str, root: Json) -> Json:
    at: Any = root
    for part in reference.lstrip("#").strip("/").split("/") if reference not in ("#", "") else ():
        part = part.replace("~1", "/").replace("~0", "~")
        at = at.get(part, {}) if isinstance(at, dict) else {}
    return at if isinstance(at, dict) else {}


def _folded(schema: Json, root: Json) -> Json:
    folded = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        part = resolve(part, root)
        properties = {**part.get("properties", {}), **folded.get("properties", {})}
        required = [*folded.get("required", []), *part.get("required", [])]
        folded = {**part, **folded}
        if properties:
            folded |= {"properties": properties, "required": list(dict.fromkeys(required))}
    return folded


def variants(schema: Json, root: Json) -> list[Json]:
    """The alternatives of a union, `null` left out; empty when the schema is none."""
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf", "default")}
        return [
            {**rest, **one}
            for one in (resolve(option, root) for option in options)
            if one.get("type") != "null"
        ]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": kind} for kind in schema["type"] if kind != "null"]
    return []


def type_of(schema: Json) -> str:
    """The type a schema means, also where it only shows in its keywords."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "number" if "minimum" in schema or "maximum" in schema else "string"


def nullable(schema: Json) -> bool:
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    return (
        schema.get("type") == "null"
        or any(o.get("type") == "null" for o in options if isinstance(o, dict))
        or (isinstance(schema.get("type"), list) and "null" in schema["type"])
    )


def number_in(value: float, schema: Json) -> int | float:
    """Bring a number into the schema's bounds, an int where the schema wants one or it is one."""
    whole = schema.get("type") == "integer"
    step = schema.get("multipleOf") or (1 if whole else 0)
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    unit = step or 1e-6
    low = max(low, schema.get("exclusiveMinimum", -math.inf) + unit)
    high = min(high, schema.get("exclusiveMaximum", math.inf) - unit)
    value = max(low, min(high, value))
    if step and abs(value / step - round(value / step)) > 1e-9:
        value = round(value / step) * step
        value += step if value < low else -step if value > high else 0
    value = round(value, 10)
    return int(value) if whole or float(value).is_integer() else value


def text_in(text: str, schema: Json) -> str | None:
    """Bring a text into the schema's bounds; None when it can't be made to fit the pattern."""
    longest, shortest = schema.get("maxLength"), schema.get("minLength", 0)
    if isinstance(longest, int) and len(text) > longest:
        if len(text) > 2 * longest and longest < 24:
            return None  # a sentence cut to a few letters says nothing
        text = text[:longest].rstrip() if len(text[:longest].rstrip()) >= shortest else text[:longest]
    if len(text) < shortest:
        text = text + " …" if shortest - len(text) <= 2 else (text + " " + "…" * shortest)[:shortest]
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return text
    shapes = (
        text,
        text.upper(),
        text.lower(),
        re.sub(r"\s+", "-", text),
        re.sub(r"\s+", "_", text.lower()),
        re.sub(r"\W", "", text),
        re.sub(r"\W", "", text).upper(),
        re.sub(r"\D", "", text),
    )
    return next((shape for shape in shapes if shape and _matches(pattern, shape)), None)


def is_quick(pattern: str) -> bool:
    """Whether a pattern can't run away: no repeat inside a repeat, and not overlong."""
    return len(pattern) <= 300 and not re.search(r"[+*}][^()]*\)[+*{]", pattern)


def _matches(pattern: str, text: str) -> bool:
    if not is_quick(pattern):
        return True
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def made_up(name: str, schema: Json, root: Json) -> Any:
    """A plausible value for a string, number or boolean that nothing was said about."""
    for example in ("default", "examples", "example"):
        if schema.get(example) not in (None, [], ""):
            value = schema[example]
            return value[0] if example == "examples" and isinstance(value, list) else value
    match type_of(schema):
        case "integer" | "number":
            return number_in(1, schema)
        case "boolean":
            return False
        case "null":
            return None
    described = re.search(
        r"\be\.?g\.?,?:?\s*[\"'`“]?([^\"'`”)(;]+?)[\"'`”]?(?:[);]|\.\s|\.?$)",
        str(schema.get("description", "")),
    )
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        return samples.matching(pattern)
    sample = samples.OF_KIND.get(kinds.kind_of(name, schema), "unknown")
    if described and not schema.get("format"):
        sample = described[1].strip()
    return text_in(sample, schema) or sample[: schema.get("maxLength")]
