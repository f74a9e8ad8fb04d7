"""Verdicts as text: in the API's order, one line each thing, safe for a terminal; and as JSON."""

from __future__ import annotations

from nbkit.rules.problem import Fix, Problem
from nbkit.study.report import LONGEST, MOST_SHOWN, Style, Tally, as_json, lines, summary
from nbkit.study.verdict import Verdict

ERROR = Problem("R1", "messages.0", "no good", why="Because.", fix=Fix("mend it", ()))
WARNING = Problem("R2", "", "could be better", level="warning")
UNKNOWN = Problem("R3", "model", "model: new", level="unknown")


def told(
    *problems: Problem, where: str = "a.json", name: str | None = None, style: Style | None = None
) -> str:
    return "\n".join(lines(Verdict(where, name, None, problems), style or Style()))


def test_a_problem_is_told_with_place_words_reason_and_fix() -> None:
    assert told(ERROR, WARNING).split("\n") == [
        "a.json: the API would refuse it: 1 error, 1 warning",
        "",
        "  400 invalid_request_error at messages.0 [R1]",
        "    no good",
        "    why: Because.",
        "    fix: mend it",
        "",
        "  warning at the request as a whole [R2]",
        "    could be better",
    ]


def test_what_is_accepted_says_so() -> None:
    assert told() == "a.json: no problems"
    assert told(UNKNOWN).startswith("a.json: no errors, 1 thing newer than nbkit\n")


def test_a_request_is_called_by_its_name_once() -> None:
    assert told(name="first") == "a.json (first): no problems"
    assert told(where="a.ipynb: chat", name="chat") == "a.ipynb: chat: no problems"


def test_no_text_from_outside_steers_the_terminal() -> None:
    problem = Problem("R1", "a\x1b[2J", "b\x1b]0;x\x07\nc\u202e", why="d\x9b")
    text = told(problem, where="e\x1b", name="f\r")
    assert not {"\x1b", "\x07", "\x9b", "\r", "\u202e"} & set(text)
    assert "b\\x1b]0;x\\x07\\nc\\u202e" in text


def test_long_texts_and_long_lists_are_cut_for_people_only() -> None:
    many = [Problem("R1", "", "x" * 5000)] * (MOST_SHOWN + 5)
    text = told(*many)
    assert text.endswith("and 5 more; --json shows all")
    assert max(map(len, text.split("\n"))) < LONGEST + 50
    whole = as_json("a", "request", [Verdict("a", None, None, many)], ())
    assert len(whole["problems"]) == len(many)
    assert len(whole["problems"][0]["message"]) == 5000


def test_a_terminal_gets_colour_and_lines_that_fit() -> None:
    text = told(Problem("R1", "messages.0", "word " * 60, why="word " * 60), style=Style(60, colour=True))
    assert "\x1b[31m400 invalid_request_error\x1b[0m" in text
    assert max(len(line) for line in text.split("\n") if "\x1b" not in line) <= 60
    assert "\x1b" not in told(ERROR)


def test_many_requests_are_added_up() -> None:
    tally = Tally()
    for problems in ([ERROR, WARNING], [], [WARNING]):
        tally.add(Verdict("a", None, None, problems))
    assert summary(tally) == "3 requests: 2 accepted, 1 refused; 1 error, 2 warnings"


def test_json_tells_every_problem_with_its_place() -> None:
    verdicts = [Verdict("a:1", "one", 1, []), Verdict("a:2", None, 2, [ERROR, UNKNOWN])]
    whole = as_json("a", "jsonl", verdicts, ("a note",))
    assert (whole["errors"], whole["warnings"], whole["unknown"], whole["refused"]) == (1, 0, 1, 1)
    assert whole["requests"] == [
        {"where": "a:1", "line": 1, "name": "one", "refused": False},
        {"where": "a:2", "line": 2, "name": None, "refused": True},
    ]
    assert whole["problems"][0] == {"where": "a:2", "line": 2, "name": None, **ERROR.to_json()}
    assert whole["notes"] == ["a note"]


def test_what_got_lost_between_requests_is_no_request_of_its_own() -> None:
    lost = Verdict("a:2", None, 2, [ERROR], lost=True)
    assert list(lines(lost, Style()))[:3] == [
        "a:2: state got lost on the way here: 1 error",
        "",
        "  error at messages.0 [R1]",
    ]
    verdicts = [Verdict("a:1", None, 1, []), Verdict("a:2", None, 2, []), lost]
    whole = as_json("a", "jsonl", verdicts, ())
    assert (whole["refused"], whole["errors"], len(whole["requests"]), len(whole["problems"])) == (0, 1, 2, 1)
    tally = Tally()
    for verdict in verdicts:
        tally.add(verdict)
    assert summary(tally) == "2 requests: 2 accepted, 0 refused; 1 error"
