"""A problem's pointer leads to what the request has, whatever the API's path says on the way."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from asking import TOOL, ask, user
from examples import Legal, Refused
from nbkit.rules.pointing import located
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check
from test_rule_table import LEGAL, REFUSED

ODD: list[Any] = [None, True, 7, -1, "", "odd", [], {}, [7], {"type": "odd"}, {"type": ["odd"]}]
UNKNOWN = "no_such/key~here"
EXAMPLES: list[Refused | Legal] = [*REFUSED, *LEGAL]
SMALL = [each for each in EXAMPLES if isinstance(each.request, dict) and len(str(each.request)) < 3000]


def resolved(pointer: str, document: Any) -> Any:
    """What stands at a JSON pointer, read strictly (RFC 6901)."""
    assert pointer == "" or pointer.startswith("/")
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def containers(node: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(node, dict | list):
        yield way
        for key, each in node.items() if isinstance(node, dict) else enumerate(node):
            yield from containers(each, (*way, key))


def written(way: tuple[str | int, ...]) -> str:
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in way)


def at(document: Any, way: tuple[str | int, ...]) -> Any:
    return resolved(written(way), document)


@pytest.mark.parametrize("example", REFUSED, ids=str)
def test_the_pointer_of_every_rule_resolves(example: Refused) -> None:
    for problem in check(example.request, example.headers, platform=example.platform):
        resolved(problem.pointer, example.request)
        assert problem.to_json()["pointer"] == problem.pointer


def test_the_pointers_of_changed_requests_resolve() -> None:
    chance, places = random.Random(7), 0
    for example in SMALL:
        for _ in range(4):
            request = copy.deepcopy(example.request)
            for _ in range(chance.randint(1, 2)):
                node = at(request, chance.choice(list(containers(request))))
                if not node:
                    continue
                key: Any = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
                if chance.random() < 0.4:
                    del node[key]
                else:
                    node[key] = copy.deepcopy(chance.choice(ODD))
            for problem in check(request, example.headers, platform=example.platform):
                resolved(problem.pointer, request)
                places += problem.pointer != ""
    assert places > 1000


def test_a_key_nobody_knows_is_pointed_at() -> None:
    chance, found = random.Random(7), 0
    for example in SMALL:
        way = chance.choice(list(containers(example.request)))
        request = copy.deepcopy(example.request)
        node = at(request, way)
        if not isinstance(node, dict):
            continue
        node[UNKNOWN] = 1
        problems = check(request, example.headers, platform=example.platform)
        places = [problem.pointer for problem in problems if problem.path.endswith(UNKNOWN)]
        assert all(resolved(place, request) == 1 for place in places)
        assert not places or written((*way, UNKNOWN)) in places
        found += len(places)
    assert found > 100


@pytest.mark.parametrize(
    ("request_", "path", "pointer"),
    [
        (
            ask(user({"type": "text", "text": "hi", "foo": 1})),
            "messages.0.content.0.text.foo",
            "/messages/0/content/0/foo",
        ),
        (ask(user({"type": "text"})), "messages.0.content.0.text.text", "/messages/0/content/0"),
        (
            ask(user("hi"), thinking={"type": "enabled"}),
            "thinking.enabled.budget_tokens",
            "/thinking",
        ),
        (
            ask(user("hi"), tools=[{**TOOL, "name": "a b"}]),
            "tools.0.custom.name",
            "/tools/0/name",
        ),
        (
            ask(user({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "9h"}})),
            "messages.0.content.0.text.cache_control.ephemeral.ttl",
            "/messages/0/content/0/cache_control/ttl",
        ),
        (
            ask(user("hi"), tools=[TOOL], tool_choice={"type": "tool"}),
            "tool_choice.tool.name",
            "/tool_choice",
        ),
        (ask({"role": "user"}), "messages.0.content", "/messages/0"),
    ],
)
def test_it_leads_to_the_place_or_to_what_something_is_missing_in(
    request_: dict[str, Any], path: str, pointer: str
) -> None:
    assert (path, pointer) in [(each.path, each.pointer) for each in check(request_)]


@pytest.mark.parametrize(
    ("path", "document", "pointer"),
    [
        ("source.url.url", {"source": {"type": "url", "url": "x"}}, "/source/url"),
        ("a.text", {"a": {"type": "text", "text": "x"}}, "/a/text"),
        ("a.text.foo", {"a": {"type": "text", "text": "x", "foo": 1}}, "/a/foo"),
        ("a.content.0", {"a": {"type": "content", "content": [1]}}, "/a/content/0"),
        ("a.content.content.0.x", {"a": {"type": "content", "content": [{"x": 1}]}}, "/a/content/0/x"),
        ("tools.0.input_schema.type", {"tools": [{"type": "custom"}]}, "/tools/0"),
        ("a.b.c", {"a": {"b": 1, "b.c": 2}}, "/a/b.c"),
        ("a.b.c", {"a.b": {"c": 2}}, ""),
        ("a.", {"a": {"": 2}}, "/a/"),
        ("a.x/y~z", {"a": {"x/y~z": 1}}, "/a/x~1y~0z"),
        ("a.7", {"a": [1]}, "/a"),
        ("a." + "9" * 5000, {"a": [1]}, "/a"),
        ("a.b", [], ""),
        ("headers", {}, ""),
    ],
)
def test_a_path_is_followed_as_far_as_the_request_goes(path: str, document: Any, pointer: str) -> None:
    assert located(path, document) == pointer


def test_a_body_as_it_is_written_is_pointed_into_as_well() -> None:
    body = {"model": "claude-sonnet-5", "max_tokens": 1, "messages": [], "stop": 1}
    text = json.dumps(body).replace('"stop": 1', '"stop": 1, "stop": 1')
    places = {each.pointer for each in check(text)}
    assert {"/stop", "/messages"} <= places


def test_two_problems_are_equal_whatever_they_were_found_in() -> None:
    assert Problem("R2", "a", "a: …", pointer="/a") == Problem("R2", "a", "a: …")
    assert (
        Problem("R2", "a", "a: …", pointer="/a").moved("requests.0.params").pointer == "/requests/0/params/a"
    )
