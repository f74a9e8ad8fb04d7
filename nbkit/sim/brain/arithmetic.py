"""Arithmetic in what people say: finding it, as written or as spoken, and working it out."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Any

from nbkit.sim.brain import dates

_SPOKEN = (
    (r"\bsquare root of (\d+(?:\.\d+)?)", r"sqrt(\1)"),
    (r"(\d+(?:\.\d+)?)\s*(?:%|percent) of (\d[\d,.]*)", r"\1/100*\2"),
    (r"\b(?:divided by|over)\b", "/"),
    (r"\b(?:multiplied by|times)\b|[×]|(?<=\d)\s+x\s+(?=\d)", "*"),
    (r"\bplus\b", "+"),
    (r"\bminus\b|−", "-"),
    (r"\b(?:to the power of|\^)\b|\^", "**"),
    (r"\bsquared\b", "**2"),
    (r"\bcubed\b", "**3"),
    ("÷", "/"),
)


_LONGEST = 1000  # a longer text is no sum

_COUNTABLE = re.compile(  # a text without any of this has no sum
    r"\d.*(?:[+*/%^×÷−x-]|over|by|times|plus|minus|power|squared|cubed|percent)|root of \d|sqrt",
    re.IGNORECASE | re.DOTALL,
)
_ARITHMETIC = re.compile(
    r"(?<![\w/.])(?:(?:sqrt)?[(\d][\d\s.,+*/%()e-]*(?:sqrt\([\d.]+\))?[\d\s.,+*/%()-]*[\d)]"
    r"|sqrt\([\d.]+\))(?![/\w])"
)


def expressions(text: str) -> list[tuple[str, int, int]]:
    """The arithmetic in a text, as written or as spoken ("17 times 23"), with its place where it is as
    written.
    """
    if len(text) > _LONGEST or not _COUNTABLE.search(text):
        return []
    spoken = text
    for pattern, sign in _SPOKEN:
        spoken = re.sub(pattern, sign, spoken, flags=re.IGNORECASE)
    found = []
    for hit in _ARITHMETIC.finditer(spoken):
        expression = re.sub(r"(?<=\d),(?=\d{3}\b)", "", hit[0].strip())
        if (
            re.search(r"[\d)]\s*[+*/%-]|sqrt", expression)
            and "," not in expression
            and not dates.DATE.fullmatch(expression)
        ):
            at = hit.start() if spoken == text else len(text) + hit.start()
            found.append((expression, at, at + len(hit[0])))
    return found


_SIGNS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def evaluated(expression: str) -> int | float | None:
    """The value of plain arithmetic; None for anything else, and for what is too big to write down."""
    try:
        value = _value(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else round(value, 10)


def _value(node: ast.AST) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _value(left), _value(right)
            if abs(power) > 64 or abs(base) > 1e9:
                raise ValueError("too big")
            result: float = base**power
            return result
        case ast.BinOp(left=left, op=op, right=right):
            return float(_SIGNS[type(op)](_value(left), _value(right)))
        case ast.UnaryOp(op=op, operand=operand):
            return float(_SIGNS[type(op)](_value(operand)))
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
            return math.sqrt(_value(argument))
    raise ValueError("no plain arithmetic")
