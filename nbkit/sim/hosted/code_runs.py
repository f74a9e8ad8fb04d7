"""Code execution, as far as it can be true: nothing is run. Arithmetic, lists of numbers and texts, variables
and `print` are worked out here by the brain's own means; for any other code the tool says that it is
unavailable.
"""

from __future__ import annotations

import ast
import math
import re
import shlex
import statistics
from collections.abc import Callable
from typing import Any

from nbkit.sim.brain import arithmetic
from nbkit.sim.hosted.hosting import Errand
from nbkit.wire.blocks import Json

_ASKED = re.compile(
    r"\b(?:python|code|script|run|execute|program|calculate|compute|work out|shell|bash)\b|```", re.IGNORECASE
)
_FENCED = re.compile(r"```(?:python|py)?\n(.*?)```", re.DOTALL)
_STATISTIC = re.compile(
    r"\b(mean|average|median|sum|total|maximum|minimum|max|min|standard deviation|stdev)\b"
    r"[^\d\[]{0,40}\[?((?:-?\d+(?:\.\d+)?(?:,\s*(?:and\s+)?|\s+and\s+|\s+)){1,200}-?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_CALLS = {
    "average": "mean",
    "total": "sum",
    "maximum": "max",
    "minimum": "min",
    "standard deviation": "stdev",
}


def is_asked_for(text: str) -> bool:
    """Whether a question wants code to be run."""
    return bool(_ASKED.search(text) or _STATISTIC.search(text))


def errands(text: str, version: str) -> list[Errand]:
    """The run that a question needs, in the form that the tool's version has."""
    code = _code_for(text)
    if not code:
        return []
    if version == "code_execution_20250522":
        return [Errand("code_execution", {"code": code})]
    return [Errand("bash_code_execution", {"command": f"python3 -c {shlex.quote(code)}"})]


def run(name: str, given: Json) -> Json:
    """What a run gives: its output, or an error."""
    code = given.get("code") or _from_shell(str(given.get("command") or ""))
    try:
        printed, failure = _worked_out(code), ""
    except (ZeroDivisionError, NameError, IndexError) as error:
        printed, failure = "", f"{type(error).__name__}: {error}\n"
    except (SyntaxError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        return {"type": f"{name}_tool_result_error", "error_code": "unavailable"}
    return {
        "type": f"{name}_result",
        "stdout": printed,
        "stderr": failure,
        "return_code": 1 if failure else 0,
        "content": [],
    }


def _code_for(text: str) -> str:
    if (fenced := _FENCED.search(text)) is not None:
        return fenced[1].strip()
    if (wanted := _STATISTIC.search(text)) is not None:
        numbers = ", ".join(re.findall(r"-?\d+(?:\.\d+)?", wanted[2]))
        call = _CALLS.get(wanted[1].lower(), wanted[1].lower())
        if call in ("mean", "median", "stdev"):
            return f"import statistics\nprint(statistics.{call}([{numbers}]))"
        return f"print({call}([{numbers}]))"
    lines = [f"print({expression})" for expression, _, _ in arithmetic.expressions(text)]
    needs_math = ["import math"] if any("sqrt" in line for line in lines) else []
    return "\n".join([*needs_math, *(line.replace("sqrt", "math.sqrt") for line in lines)])


def _from_shell(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        return "?"
    return words[2] if len(words) == 3 and words[:2] == ["python3", "-c"] else "?"


def _worked_out(code: str) -> str:
    """What the code prints. Raises `ValueError` for anything but the small language that is known here."""
    names: dict[str, Any] = {}
    printed: list[str] = []
    for statement in ast.parse(code).body:
        match statement:
            case ast.Import(names=[ast.alias(name="math" | "statistics", asname=None)]):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names[name] = _value(value, names)
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=args, keywords=[])):
                printed.append(" ".join(str(_value(one, names)) for one in args) + "\n")
            case _:
                raise ValueError("not known here")
    return "".join(printed)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "min": min,
    "max": max,
    "len": len,
    "sorted": sorted,
    "abs": abs,
    "round": round,
    "math.sqrt": math.sqrt,
    "statistics.mean": statistics.mean,
    "statistics.median": statistics.median,
    "statistics.stdev": statistics.stdev,
}
_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: one / other,
    ast.FloorDiv: lambda one, other: one // other,
    ast.Mod: lambda one, other: one % other,
}


def _value(node: ast.AST, names: dict[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() | str() as value):
            return value
        case ast.Name(id=name):
            if name not in names:
                raise NameError(f"name '{name}' is not defined")
            return names[name]
        case ast.List(elts=items):
            return [_value(item, names) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_value(operand, names))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _number(_value(left, names)), _number(_value(right, names))
            if abs(power) > 512 or abs(base) > 1e9:
                raise ValueError("too big")
            return base**power
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _number(_value(left, names)), _number(_value(right, names))
            if type(op) not in _OPERATORS or max(abs(one), abs(other)) > 1e200:
                raise ValueError("too big, or an operator that is not known here")
            return _OPERATORS[type(op)](one, other)
        case ast.Call(func=func, args=args, keywords=[]) if ast.unparse(func) in _FUNCTIONS:
            return _FUNCTIONS[ast.unparse(func)](*(_value(one, names) for one in args))
    raise ValueError("not known here")


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("only numbers are reckoned with here")
    return value
