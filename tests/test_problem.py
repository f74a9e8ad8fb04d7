"""A fix changes what its operations name and nothing else; a problem is JSON."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.rules.problem import Fix, Problem, add, move, pointer, remove, replace

DOCUMENT: dict[str, Any] = {"a": [1, {"b": 2}, 3], "c": {"d": "e", "x/y": 0}}


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        (remove("a.1.b"), {"a": [1, {}, 3], "c": {"d": "e", "x/y": 0}}),
        (remove("a.0"), {"a": [{"b": 2}, 3], "c": {"d": "e", "x/y": 0}}),
        (add("a.1", 9), {"a": [1, 9, {"b": 2}, 3], "c": {"d": "e", "x/y": 0}}),
        (add("a.-", 9), {"a": [1, {"b": 2}, 3, 9], "c": {"d": "e", "x/y": 0}}),
        (add("c.f", None), {"a": [1, {"b": 2}, 3], "c": {"d": "e", "x/y": 0, "f": None}}),
        (replace("a.1", "z"), {"a": [1, "z", 3], "c": {"d": "e", "x/y": 0}}),
        (move("a.0", "a.2"), {"a": [{"b": 2}, 3, 1], "c": {"d": "e", "x/y": 0}}),
        ({"op": "remove", "path": "/c/x~1y"}, {"a": [1, {"b": 2}, 3], "c": {"d": "e"}}),
    ],
)
def test_an_operation_gives_a_new_document_and_keeps_the_old(
    operation: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = copy.deepcopy(DOCUMENT)
    assert Fix("change it", (operation,)).apply(DOCUMENT) == changed
    assert before == DOCUMENT


def test_what_no_operation_touches_is_shared_and_not_copied() -> None:
    assert Fix("change it", (remove("a.0"),)).apply(DOCUMENT)["c"] is DOCUMENT["c"]


def test_operations_follow_one_another() -> None:
    fix = Fix("both", (remove("a.0"), replace("a.0", "first")))
    assert fix.apply(DOCUMENT)["a"] == ["first", 3]


def test_replacing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="has no /c/nothing"):
        Fix("change it", (replace("c.nothing", 1),)).apply(DOCUMENT)


def test_an_unknown_operation_is_named() -> None:
    with pytest.raises(UsageError, match="'test'"):
        Fix("change it", ({"op": "test", "path": "/a"},)).apply(DOCUMENT)


def test_a_path_with_dots_becomes_a_pointer() -> None:
    assert pointer("messages.1.content.0") == "/messages/1/content/0"


def test_a_problem_is_json_and_has_a_key() -> None:
    problem = Problem("R2", "messages", "messages: …", why="w", fix=Fix("f", (remove("a"),)))
    data = json.loads(json.dumps(problem.to_json()))
    assert data["fix"] == {"label": "f", "operations": [{"op": "remove", "path": "/a"}]}
    assert (data["status"], data["type"], data["level"]) == (400, "invalid_request_error", "error")
    assert problem.key == "R2@messages"
