"""What scripts may call: functions, modules and methods that touch nothing but the values they are given."""

from __future__ import annotations

import builtins
import csv
import json
import math
import operator
import posixpath
import statistics
import string
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import reduce
from io import StringIO
from itertools import accumulate, combinations
from typing import Any

from nbkit.sim.sandbox.bounds import (
    Unknown,
)
from nbkit.sim.sandbox.disk import ENVIRONMENT, Disk


def _named(owner: Any, names: str) -> dict[str, Any]:
    return {name: getattr(owner, name) for name in names.split()}


MODULES: dict[str, dict[str, Any]] = {
    "math": _named(
        math,
        "sqrt floor ceil trunc pi e tau inf log log2 log10 exp sin cos tan asin acos atan atan2 degrees "
        "radians hypot gcd isclose fsum isqrt fabs isnan",
    ),
    "statistics": _named(statistics, "mean fmean median mode stdev pstdev variance pvariance multimode"),
    "string": _named(string, "ascii_lowercase ascii_uppercase ascii_letters digits punctuation"),
    "json": _named(json, "dumps loads"),
    "csv": _named(csv, "reader DictReader writer"),
    "os": {"environ": ENVIRONMENT, "getcwd": lambda: ENVIRONMENT["PWD"], "getenv": ENVIRONMENT.get},
    "os.path": _named(posixpath, "join basename dirname splitext"),
    "collections": {"Counter": Counter, "defaultdict": defaultdict},
    "itertools": {"accumulate": accumulate, "combinations": combinations},
    "functools": {"reduce": reduce},
}
FUNCTIONS = _named(
    builtins,
    "abs all any bool dict divmod enumerate filter float int len list map max min ord chr range repr "
    "reversed round set sorted str tuple zip bin hex isinstance frozenset ValueError TypeError KeyError "
    "IndexError ZeroDivisionError RuntimeError Exception AssertionError "
    "FileNotFoundError OSError NameError AttributeError ArithmeticError LookupError NotImplementedError",
)
METHODS: dict[type, str] = {
    str: "upper lower title capitalize strip lstrip rstrip split rsplit splitlines join replace startswith "
    "endswith find rfind index count isdigit isalpha isalnum isupper islower isspace ljust rjust center "
    "zfill partition rpartition removeprefix removesuffix swapcase casefold encode",
    list: "append extend insert pop remove sort reverse index count copy clear",
    dict: "items keys values get pop setdefault update copy clear most_common",
    set: "add discard remove union intersection difference update copy issubset issuperset pop",
    tuple: "index count",
    int: "bit_length",
    float: "is_integer",
    bytes: "decode",
    StringIO: "read readline readlines write writelines close seek",
    type(csv.writer(StringIO())): "writerow writerows",
    csv.DictReader: "fieldnames",
}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": operator.mod, "Pow": operator.pow, "BitAnd": operator.and_,
    "BitOr": operator.or_, "BitXor": operator.xor, "RShift": operator.rshift,
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt,
    "GtE": operator.ge, "Is": operator.is_, "IsNot": operator.is_not,
    "In": lambda one, other: one in other, "NotIn": lambda one, other: one not in other,
}  # fmt: skip


class File(StringIO):
    """An open file: what was written stands on the disk when it is closed."""

    def __init__(self, disk: Disk, name: str, mode: str) -> None:
        if mode not in ("r", "w", "a", "rt", "wt", "at", "x"):
            raise Unknown(mode)
        self.written = mode[0] != "r"
        keeps = mode[0] == "r" or (mode[0] == "a" and disk.exists(name))
        old = disk.text(name) if keeps else ""
        super().__init__(old, newline="")
        if self.written:
            disk.write(name, old.encode())
            self.seek(len(old))
        self._disk, self._name = disk, name

    def keep(self) -> None:
        """Put what was written on the disk."""
        if self.written:
            self._disk.write(self._name, self.getvalue().encode())

    def close(self) -> None:
        self.keep()


def attribute(value: Any, name: str) -> Any:
    """An attribute that scripts may read. Raises `Unknown` for any other."""
    for kind, names in METHODS.items():
        if isinstance(value, kind) and not isinstance(value, bool):
            if name in names.split() and hasattr(value, name):
                return getattr(value, name)
            break
    if not hasattr(value, name) and isinstance(value, str | list | dict | set | tuple | int | float):
        raise AttributeError(f"'{type(value).__name__}' object has no attribute '{name}'")
    raise Unknown(name)
