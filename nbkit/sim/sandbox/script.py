"""A small Python: loops, functions, files of the container. Code is read here and never executed: what isn't
known is `Unknown`, and nothing reaches beyond the values and the disk of the run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from nbkit.sim.sandbox.bounds import (
    DEEPEST,
    LONGEST,
    Steps,
    TooLong,
    Unknown,
    check_product,
    length,
    sized,
)
from nbkit.sim.sandbox.builtin_names import File
from nbkit.sim.sandbox.disk import Disk
from nbkit.sim.sandbox.expressions import Expressions, Scope


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class Script(Expressions):
    """One run. `lines` is where it is, one number for each function that is being called."""

    def __init__(self, disk: Disk, steps: Steps) -> None:
        super().__init__(
            steps, {"__name__": "__main__", "print": self._print, "open": self._open, "sum": self._sum}
        )
        self.disk = disk
        self.printed: list[str] = []
        self._length = 0
        self.lines: list[tuple[str, int]] = [("<module>", 0)]
        self._files: list[File] = []

    def run(self, tree: ast.Module) -> None:
        """Do what the script says. Raises what it raises, `Unknown` and `TooLong`."""
        try:
            self._body(tree.body)
        except (_Break, _Continue, _Return) as stray:
            raise SyntaxError("outside a loop or function") from stray
        finally:
            for file in self._files:
                file.keep()

    def _print(self, *values: Any, sep: str = " ", end: str = "\n", **more: Any) -> None:
        if more.keys() - {"flush"}:
            raise Unknown("print")
        self.steps.walk([*values, sep])
        check_product(len(values), sep)
        self.printed.append(sep.join(map(str, values)) + end)
        self._length += len(self.printed[-1])
        if self._length > LONGEST:
            raise TooLong

    def _open(self, name: str, mode: str = "r", **how: Any) -> File:
        if how.keys() - {"encoding", "newline"}:
            raise Unknown("open")
        self.steps.spend(100)
        try:
            self._files.append(File(self.disk, name, mode))
        except FileNotFoundError:
            raise FileNotFoundError(f"[Errno 2] No such file or directory: {name!r}") from None
        return self._files[-1]

    def _sum(self, values: Any, start: Any = 0) -> Any:
        for value in values:
            if not isinstance(value, int | float):
                raise Unknown("sum")
            self.steps.spend()
            start = sized(start + value)
        return start

    # Statements

    def _body(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.lines[-1] = (self.lines[-1][0], statement.lineno)
            self.steps.spend()
            getattr(self, f"_do_{type(statement).__name__.lower()}", self._unknown)(statement)

    def _do_pass(self, node: ast.Pass) -> None:
        pass

    def _do_expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def _do_import(self, node: ast.Import) -> None:
        for name in node.names:
            module = self._module(name.name)
            if name.asname is None and "." in name.name:
                module = self._module(name.name.partition(".")[0])
            self.scope.names[name.asname or name.name.partition(".")[0]] = module

    def _do_importfrom(self, node: ast.ImportFrom) -> None:
        module = self._module(str(node.module))
        for name in node.names:
            self.scope.names[name.asname or name.name] = self._member(module, name.name)

    def _do_assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self._set(target, value)

    def _do_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._set(node.target, self.value(node.value))

    def _do_augassign(self, node: ast.AugAssign) -> None:
        held = self.value(_loaded(node.target))
        value = self.value(node.value)
        if isinstance(held, list) and isinstance(node.op, ast.Add):
            self.steps.spend(length(value) // 10)
            held.extend(value)
            sized(held)
        else:
            self._set(node.target, self._operated(node.op, held, value))

    def _do_if(self, node: ast.If) -> None:
        self._body(node.body if self.value(node.test) else node.orelse)

    def _do_for(self, node: ast.For) -> None:
        self._loop(node, self._items(node))

    def _items(self, node: ast.For) -> Iterator[bool]:
        for each in self._each(self.value(node.iter)):
            self._set(node.target, each)
            yield True

    def _do_while(self, node: ast.While) -> None:
        self._loop(node, iter(lambda: bool(self.value(node.test)), False))

    def _loop(self, node: ast.For | ast.While, rounds: Iterator[bool]) -> None:
        for _ in rounds:
            self.steps.spend()
            try:
                self._body(node.body)
            except _Break:
                return
            except _Continue:
                continue
        self._body(node.orelse)

    def _do_break(self, node: ast.Break) -> None:
        raise _Break

    def _do_continue(self, node: ast.Continue) -> None:
        raise _Continue

    def _do_return(self, node: ast.Return) -> None:
        raise _Return(None if node.value is None else self.value(node.value))

    def _do_raise(self, node: ast.Raise) -> None:
        error = None if node.exc is None else self.value(node.exc)
        error = error() if isinstance(error, type) and issubclass(error, Exception) else error
        raise error if isinstance(error, Exception) else Unknown("Raise")

    def _do_assert(self, node: ast.Assert) -> None:
        if not self.value(node.test):
            raise AssertionError(*([] if node.msg is None else [self.value(node.msg)]))

    def _do_try(self, node: ast.Try) -> None:
        depth, scope = len(self.lines), self.scope
        try:
            self._body(node.body)
            self._body(node.orelse)
        except (Unknown, TooLong, _Break, _Continue, _Return):
            raise
        except Exception as error:  # noqa: BLE001  # what a script raises, a script may catch
            del self.lines[depth:]
            self.scope = scope
            self._caught(node, error)
        finally:
            self._body(node.finalbody)

    def _caught(self, node: ast.Try, error: Exception) -> None:
        for handler in node.handlers:
            kinds = () if handler.type is None else self.value(handler.type)
            if handler.type is None or isinstance(error, kinds):
                if handler.name:
                    self.scope.names[handler.name] = error
                return self._body(handler.body)
        raise error

    def _do_with(self, node: ast.With) -> None:
        opened = [self.value(item.context_expr) for item in node.items]
        for item, file in zip(node.items, opened, strict=True):
            if not isinstance(file, File):
                raise Unknown("With")
            if item.optional_vars is not None:
                self._set(item.optional_vars, file)
        try:
            self._body(node.body)
        finally:
            for file in opened:
                file.keep()

    def _do_functiondef(self, node: ast.FunctionDef) -> None:
        if node.decorator_list:
            raise Unknown("decorator")
        self.scope.names[node.name] = self._function(node.name, node.args, node.body)

    def _function(
        self, name: str, spec: ast.arguments, body: list[ast.stmt] | ast.expr
    ) -> Callable[..., Any]:
        if spec.vararg or spec.kwarg or spec.posonlyargs or spec.kwonlyargs:
            raise Unknown("arguments")
        names = [one.arg for one in spec.args]
        given = [self.value(one) for one in spec.defaults]
        defaults = dict(zip(names[len(names) - len(given) :], given, strict=True))
        outer = self.scope

        def function(*args: Any, **named: Any) -> Any:
            if len(args) > len(names) or named.keys() - set(names):
                raise TypeError(f"{name}() got unexpected arguments")
            values = {**defaults, **dict(zip(names, args, strict=False)), **named}
            missing = [one for one in names if one not in values]
            if missing:
                few = "argument" if len(missing) == 1 else "arguments"
                listed = " and ".join(f"'{one}'" for one in missing)
                raise TypeError(f"{name}() missing {len(missing)} required positional {few}: {listed}")
            if len(self.lines) > DEEPEST:
                raise Unknown("recursion")
            before, self.scope = self.scope, Scope(outer, values)
            self.lines.append((name, 0))
            result = None
            try:
                if isinstance(body, ast.expr):
                    result = self.value(body)
                else:
                    self._body(body)
            except _Return as returned:
                result = returned.value
            self.lines.pop()
            self.scope = before
            return result

        return function

    def _of_lambda(self, node: ast.Lambda) -> Any:
        return self._function("<lambda>", node.args, node.body)


def _loaded(target: ast.expr) -> ast.expr:
    """The same place, to be read."""
    match target:
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case ast.Subscript(value=value, slice=at):
            return ast.Subscript(value, at, ast.Load())
    raise Unknown(type(target).__name__)
