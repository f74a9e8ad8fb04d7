"""A list of problems is a list, and can be read: as text, and in a notebook as html that is safe."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from asking import ask, user
from nbkit.rules.between.succession import check_session
from nbkit.rules.problems import MOST, Problems
from nbkit.rules.validator import check

HOSTILE = '</code><script>alert(1)</script><img src=x onerror="alert(1)">\u202e\x1b[31m\n$x$'


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        assert {name for name, _ in attrs} <= {"style", "class"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_sound_request_has_an_empty_list() -> None:
    found = check(ask(user("hi")))
    assert found == []
    assert not found
    assert repr(found) == "[]"
    assert str(found) == Tags(found._repr_html_()).text == "No problems"
    assert check_session([]) == []


def test_each_problem_is_told_with_its_place_its_reason_and_its_fix() -> None:
    found = check(ask(user({"type": "text", "text": "hi", "foo": 1})))
    (problem,) = found
    assert isinstance(found, list)
    assert json.loads(json.dumps(found.to_json())) == [problem.to_json()]
    for told in (str(found), Tags(found._repr_html_()).text):
        assert problem.message in told
        assert problem.why in told
        assert "remove foo" in told
        assert "error 400 invalid_request_error at /messages/0/content/0/foo [R10]" in told
        assert told.startswith("1 error")


def test_what_was_sent_is_never_taken_for_html_or_for_a_line_of_its_own() -> None:
    for request in (
        ask(user({"type": "text", "text": "hi", HOSTILE: 1})),
        ask(user("hi"), model=HOSTILE),
        ask(user({"type": HOSTILE})),
        ask({"role": HOSTILE, "content": "hi"}),
        ask(user("hi"), **{"\ud800": 1}),
    ):
        found = check(request)
        assert Tags(found._repr_html_()).seen <= {"div", "b", "code"}
        assert not any(bad in f"{found}{found._repr_html_()}" for bad in "\u202e\x1b\ud800")
        assert all(len(line) < 600 for line in str(found).splitlines())


def test_of_many_the_first_are_shown() -> None:
    found = check(ask(*(user({"type": "text", "text": "hi", "foo": 1}) for _ in range(MOST + 2))))
    assert len(found) == MOST + 2
    assert str(found).endswith("and 2 more")
    assert Tags(found._repr_html_()).text.endswith("and 2 more")


def test_a_session_names_the_request_and_the_place_in_it() -> None:
    reply = {"role": "assistant", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"}
    found = check_session([ask(user("hi")), ask(user("hi"), user("and?"))], [reply, ...])
    assert found
    assert "at request 1, /messages" in str(found)
    assert "400" not in str(found)
    left = check_session([ask(user("hi")), {}])
    assert "at request 1 [shape]" in str(left)


def test_a_problem_of_the_headers_is_told_of_them() -> None:
    assert "at headers [" in str(check(ask(user("hi")), {"x-api-key": None}))
    assert isinstance(check("{"), Problems)
    assert "at the request [" in str(check("{"))
