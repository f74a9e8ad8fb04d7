"""The expressions of the small Python that scripts are written in: what each is worth."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nbkit.sim.sandbox.bounds import (
    Steps,
    Unknown,
    check_format,
    check_power,
    check_product,
    length,
    sized,
)
from nbkit.sim.sandbox.builtin_names import FUNCTIONS, MODULES, OPERATORS, File, attribute
from nbkit.sim.sandbox.calls import called


@dataclass(frozen=True, slots=True)
class Module:
    """A module that was imported, by its name in the tables."""

    name: str


@dataclass(slots=True)
class Scope:
    """Names, and the scope around them."""

    outer: Scope | None = None
    names: dict[str, Any] = field(default_factory=dict)

    def find(self, name: str) -> Any:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        raise NameError(f"name '{name}' is not defined")


_CONVERSIONS: dict[int, Callable[[Any], str]] = {115: str, 114: repr, 97: ascii}  # by the letter after the !


class Expressions:
    """Works out expressions in a scope."""

    def __init__(self, steps: Steps, names: dict[str, Any]) -> None:
        self.steps = steps
        self.scope = Scope(names=names)
        self._own: dict[str, dict[str, Any]] = {}  # what modules hold and a script may change

    def _unknown(self, node: ast.AST) -> Any:
        raise Unknown(type(node).__name__)

    def value(self, node: ast.expr) -> Any:
        """What an expression is worth."""
        self.steps.spend()
        return getattr(self, f"_of_{type(node).__name__.lower()}", self._unknown)(node)

    def _each(self, value: Any) -> Iterator[Any]:
        for item in iter(value):
            self.steps.spend()
            yield item

    def _of_constant(self, node: ast.Constant) -> Any:
        return node.value

    def _of_name(self, node: ast.Name) -> Any:
        return self.scope.find(node.id)

    def _of_list(self, node: ast.List) -> Any:
        return sized([one for each in node.elts for one in self._spread(each)])

    def _of_tuple(self, node: ast.Tuple) -> Any:
        return tuple(self._of_list(ast.List(node.elts)))

    def _of_set(self, node: ast.Set) -> Any:
        values = self._of_list(ast.List(node.elts))
        self.steps.walk(values)
        return set(values)

    def _of_dict(self, node: ast.Dict) -> Any:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                made |= self.value(value)
            else:
                name = self.value(key)
                self.steps.walk(name)
                made[name] = self.value(value)
        return sized(made)

    def _spread(self, node: ast.expr) -> list[Any]:
        return (
            list(self._each(self.value(node.value))) if isinstance(node, ast.Starred) else [self.value(node)]
        )

    def _of_unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.value(node.operand)
        match node.op:
            case ast.USub():
                return -value
            case ast.UAdd():
                return +value
            case ast.Not():
                return not value
        return ~value

    def _of_binop(self, node: ast.BinOp) -> Any:
        return self._operated(node.op, self.value(node.left), self.value(node.right))

    def _operated(self, op: ast.operator, one: Any, other: Any) -> Any:
        name = type(op).__name__
        if name not in OPERATORS:
            raise Unknown(name)
        if name == "Mult":
            check_product(one, other)
        elif name == "Pow":
            check_power(one, other)
        elif name == "Mod" and isinstance(one, str):
            check_format(one)
            self.steps.walk(other)
        self.steps.spend((length(one) + length(other)) // 20)
        return self.steps.made(OPERATORS[name](one, other))

    def _of_boolop(self, node: ast.BoolOp) -> Any:
        value = None
        for one in node.values:
            value = self.value(one)
            if bool(value) == isinstance(node.op, ast.Or):
                break
        return value

    def _of_compare(self, node: ast.Compare) -> Any:
        one = self.value(node.left)
        for op, right in zip(node.ops, node.comparators, strict=True):
            other = self.value(right)
            self.steps.walk(one)
            self.steps.walk(other)
            steps_each = 20 if isinstance(one, int) or not isinstance(other, range) else 1
            self.steps.spend((length(one) + length(other)) // steps_each)
            if not OPERATORS[type(op).__name__](one, other):
                return False
            one = other
        return True

    def _of_ifexp(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _of_joinedstr(self, node: ast.JoinedStr) -> Any:
        return self.steps.made("".join(str(self.value(each)) for each in node.values))

    def _of_formattedvalue(self, node: ast.FormattedValue) -> Any:
        value = self.value(node.value)
        self.steps.walk(value)
        spec = "" if node.format_spec is None else self.value(node.format_spec)
        shown = value if node.conversion == -1 else _CONVERSIONS[node.conversion](value)
        return format(shown, check_format(spec))

    def _of_subscript(self, node: ast.Subscript) -> Any:
        held, at = self.value(node.value), self.value(node.slice)
        self.steps.walk(at)
        if not isinstance(held, str | bytes | list | tuple | dict | range):
            raise TypeError(f"'{type(held).__name__}' object is not subscriptable")
        return self.steps.made(held[at]) if isinstance(at, slice) else held[at]

    def _of_slice(self, node: ast.Slice) -> Any:
        return slice(
            *(None if each is None else self.value(each) for each in (node.lower, node.upper, node.step))
        )

    def _of_attribute(self, node: ast.Attribute) -> Any:
        held = self.value(node.value)
        return self._member(held, node.attr) if isinstance(held, Module) else attribute(held, node.attr)

    def _of_call(self, node: ast.Call) -> Any:
        function = self.value(node.func)
        args = [one for each in node.args for one in self._spread(each)]
        if any(each.arg is None for each in node.keywords):
            raise Unknown("keywords")
        named = {str(each.arg): self.value(each.value) for each in node.keywords}
        if isinstance(function, Module) or not callable(function):
            raise TypeError(f"'{type(function).__name__}' object is not callable")
        return self.steps.made(called(function, args, named, self.steps))

    def _of_listcomp(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Any:
        return sized([self.value(node.elt) for _ in self._rounds(node.generators)])

    _of_generatorexp = _of_listcomp

    def _of_setcomp(self, node: ast.SetComp) -> Any:
        values = self._of_listcomp(node)
        self.steps.walk(values)
        return set(values)

    def _of_dictcomp(self, node: ast.DictComp) -> Any:
        made = {}
        for _ in self._rounds(node.generators):
            key = self.value(node.key)
            self.steps.walk(key)
            made[key] = self.value(node.value)
        return sized(made)

    def _rounds(self, generators: list[ast.comprehension]) -> Iterator[None]:
        """Each round of a comprehension, its names set in a scope of its own."""
        before, self.scope = self.scope, Scope(self.scope)
        yield from self._nested(generators)
        self.scope = before

    def _nested(self, generators: list[ast.comprehension]) -> Iterator[None]:
        if not generators:
            yield
            return
        first, *rest = generators
        for each in self._each(self.value(first.iter)):
            self._set(first.target, each)
            if all(self.value(test) for test in first.ifs):
                yield from self._nested(rest)

    def _set(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.scope.names[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                if any(isinstance(one, ast.Starred) for one in targets):
                    raise Unknown("Starred")
                values = list(self._each(value))
                if len(values) != len(targets):
                    few = "not enough" if len(values) < len(targets) else "too many"
                    got = f", got {len(values)}" if few == "not enough" else ""
                    raise ValueError(f"{few} values to unpack (expected {len(targets)}{got})")
                for one, each in zip(targets, values, strict=True):
                    self._set(one, each)
            case ast.Subscript(value=holder, slice=at):
                held, key = self.value(holder), self.value(at)
                if not isinstance(held, list | dict) or isinstance(key, slice):
                    raise Unknown("Subscript")
                self.steps.walk(key)
                held[key] = value
                sized(held)
            case _:
                raise Unknown(type(target).__name__)

    def _module(self, name: str) -> Module:
        if name not in MODULES:
            raise Unknown(name)
        return Module(name)

    def _member(self, module: Module, name: str) -> Any:
        if f"{module.name}.{name}" in MODULES:
            return Module(f"{module.name}.{name}")
        if name in ("dump", "load") and module.name == "json":
            return self._dump if name == "dump" else self._load
        if name not in MODULES[module.name]:
            raise Unknown(name)
        held = MODULES[module.name][name]
        return self._own.setdefault(name, dict(held)) if isinstance(held, dict) else held

    def _dump(self, value: Any, file: File, **how: Any) -> None:
        file.write(called(MODULES["json"]["dumps"], [value], how, self.steps))

    def _load(self, file: File) -> Any:
        return MODULES["json"]["loads"](file.read())
