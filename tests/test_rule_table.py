"""The table of rules is whole and true: every number, its functions, its examples, its fixes."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import examples_calls
import examples_media
import examples_messages
import examples_parameters
import examples_platforms
import examples_served
import examples_system
import examples_thinking
from examples import Legal, Refused
from nbkit.rules import table
from nbkit.rules.problem import Problem
from nbkit.rules.table import Row
from nbkit.rules.validator import check

CONTRACT = Path(__file__).parents[2] / "shared" / "contract.md"
RULES = Path(table.__file__).parent
NUMBER = re.compile(r"R\d+b?")
EXAMPLES = (
    examples_messages,
    examples_calls,
    examples_served,
    examples_thinking,
    examples_media,
    examples_parameters,
    examples_system,
    examples_platforms,
)
REFUSED: list[Refused] = [each for module in EXAMPLES for each in module.REFUSED]
LEGAL: list[Legal] = [each for module in EXAMPLES for each in module.LEGAL]
# Told of what stands around a request, before there is a dict to check.
UNPARSED = {"body", "batch"}


def numbers() -> list[str]:
    """The numbers of section 8, from the contract where it lies beside this clone."""
    if CONTRACT.exists():
        return re.findall(r"^\| (R\d+b?) \|", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE)
    return [f"R{number}" for number in range(1, 97)] + ["R32b"]


def told(request: Any, example: Refused | Legal) -> list[Problem]:
    """What refuses a request. What is only newer than the table of models and betas counts as well."""
    problems = check(request, example.headers, platform=example.platform)
    return [problem for problem in problems if problem.level != "warning"]


def function(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(f"nbkit.rules.{module}"), attribute)


def numbers_in(docstring: str) -> set[str]:
    """The rules that a docstring names; `R55 to R62` names those between as well."""
    found = set(NUMBER.findall(docstring))
    for first, last in re.findall(r"R(\d+) to R(\d+)", docstring):
        found |= {f"R{number}" for number in range(int(first), int(last) + 1)}
    return found


def emitted() -> Iterator[str]:
    """The rules that the code names outside its docstrings, and the names that problems are made with."""
    for path in RULES.rglob("*.py"):
        if path.name == "table.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and NUMBER.fullmatch(node.value)
            ):
                yield node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_number_of_the_contract_has_one_row() -> None:
    rows = [row.rule for row in table.ROWS]
    assert len(rows) == len(set(rows))
    assert [rule for rule in numbers() if rule not in rows] == []
    assert [rule for rule in rows if NUMBER.fullmatch(rule) and rule not in numbers()] == []


def test_the_numbers_stand_in_their_order() -> None:
    order = [row.rule for row in table.ROWS if NUMBER.fullmatch(row.rule)]
    assert order == sorted(order, key=lambda rule: (int(rule.strip("Rb")), rule))


@pytest.mark.parametrize("row", table.ROWS, ids=lambda row: str(row.rule))
def test_a_row_leads_to_functions_that_name_its_rule(row: Row) -> None:
    assert row.where or row.kind != "function"
    assert row.reason or row.kind == "function"
    for name in row.where:
        docstring = inspect.getdoc(function(name)) or ""
        assert docstring
        if NUMBER.fullmatch(row.rule):
            assert row.rule in numbers_in(docstring), f"{name} doesn't name {row.rule} in its docstring"


def test_every_rule_that_can_be_told_has_a_row() -> None:
    assert sorted({rule for rule in emitted() if table.row(rule) is None}) == []


def test_a_function_has_a_refusal_and_a_legal_neighbour() -> None:
    rules = {row.rule for row in table.ROWS if row.kind == "function"} - UNPARSED
    assert rules - {example.rule for example in REFUSED} == set()
    assert rules - {example.rule for example in LEGAL} == set()


def test_every_example_is_of_a_rule_in_the_table() -> None:
    examples: list[Refused | Legal] = [*REFUSED, *LEGAL]
    assert [str(each) for each in examples if table.row(each.rule) is None] == []
    titles = Counter(str(each) for each in examples)
    assert [title for title, times in titles.items() if times > 1] == []


@pytest.mark.parametrize("example", REFUSED, ids=str)
def test_what_breaks_a_rule_is_told_first_in_its_place_and_words(example: Refused) -> None:
    problems = check(example.request, example.headers, platform=example.platform)
    at_level = [problem for problem in problems if problem.level == example.level]
    if example.level == "error":
        at_level = [problem for problem in problems if problem.level != "warning"]
    assert at_level, "accepted"
    first = at_level[0]
    assert (first.rule, first.path) == (example.rule, example.path), first
    assert first.message.startswith(example.says), first.message


@pytest.mark.parametrize("example", LEGAL, ids=str)
def test_the_legal_neighbour_is_accepted(example: Legal) -> None:
    assert told(example.request, example) == []


@pytest.mark.parametrize("example", REFUSED, ids=str)
def test_every_fix_takes_its_problem_away_and_brings_no_other(example: Refused) -> None:
    problems = told(example.request, example)
    before = Counter(problem.rule for problem in problems)
    for problem in problems:
        if problem.fix is not None:
            mended = problem.fix.apply(example.request)
            after = Counter(each.rule for each in told(mended, example))
            assert after[problem.rule] < before[problem.rule], problem
            assert after <= before, f"{problem} brings {after - before}"
