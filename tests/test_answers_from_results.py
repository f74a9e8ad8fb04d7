"""What the small model says of results: the answer first, short, and true to the values of any shape."""

import json
import re
from typing import Any

import pytest

from nbkit.sim.brain.intent import think

Json = dict[str, Any]

READINGS = {"readings": [{"date": "2026-11-01", "kwh": 9.4}, {"date": "2026-11-02", "kwh": 12.1}]}
TIDES = {
    "tides": [
        {"kind": "high", "at": "05:12", "height_m": 11.4},
        {"kind": "low", "at": "11:50", "height_m": 1.9},
    ]
}
TICKETS = [
    {"id": "T-1", "status": "open", "minutes": 51},
    {"id": "T-2", "status": "solved", "minutes": 7},
    {"id": "T-3", "status": "open", "minutes": 12},
]
LISTING = """total 12
drwxr-xr-x 2 a a 64 Nov 1 .
-rw-r--r-- 1 a a 9 Nov 1 a.txt
-rw-r--r-- 1 a a 9 Nov 1 b.txt
drwxr-xr-x 2 a a 64 Nov 1 c
"""


def tool(name: str) -> Json:
    schema = {"type": "object", "properties": {"what": {"type": "string"}}}
    return {"name": name, "description": "", "input_schema": schema}


def told(name: str, question: str, *results: Any, error: bool = False, later: str = "") -> str:
    """The answer to a question whose calls came back with these results, or to a later one."""
    calls = [
        {"type": "tool_use", "id": f"t{at}", "name": name, "input": {"what": "x"}}
        for at in range(len(results))
    ]
    outcomes = [
        {
            "type": "tool_result",
            "tool_use_id": f"t{at}",
            "content": result if isinstance(result, str) else json.dumps(result),
            "is_error": error,
        }
        for at, result in enumerate(results)
    ]
    messages: list[Json] = [
        {"role": "user", "content": question},
        {"role": "assistant", "content": calls},
        {"role": "user", "content": outcomes},
    ]
    if later:
        messages += [{"role": "assistant", "content": "There you are."}, {"role": "user", "content": later}]
    return think({"messages": messages, "tools": [tool(name)], "tool_choice": {"type": "auto"}}).text


@pytest.mark.parametrize(
    ("name", "question", "result", "start"),
    [
        ("get_readings", "What is the total of the readings?", READINGS, "The total is **21.5**."),
        ("get_readings", "On which day was the most used?", READINGS, "**2026-11-02** is the"),
        ("get_tides", "How high is the highest tide?", TIDES, "**high** is the highest, with **11.4**"),
        ("list_tickets", "How many tickets are there?", TICKETS, "There are **3** tickets."),
        ("list_tickets", "How many open tickets are there?", TICKETS, "There are **2** open tickets."),
        ("list_tickets", "What is the status of T-2?", TICKETS, "**T-2**: status **solved**."),
        (
            "list_tickets",
            "How many minutes is that altogether?",
            TICKETS,
            "There are **70** minutes in total.",
        ),
        ("list_tickets", "Are there any tickets?", {"tickets": [], "next": None}, "No: there are no tickets"),
        ("list_tickets", "Are there any tickets?", TICKETS, "Yes."),
        ("list_files", "How many files are here?", LISTING, "There are **2** files."),
        ("list_files", "How many files are here?", "a.txt\nb.txt\nc/\n", "There are **2** files."),
        ("list_files", "How many files are here?", ["a.txt", "b.txt", "c.md"], "There are **3** files."),
        ("list_files", "How many files are here?", "4", "There are **4** files."),
        (
            "reserve_seats",
            "Reserve two seats.",
            {"seat_id": "S-9", "row": 4},
            "Done. Seat id: **S-9**, row: **4**.",
        ),
        (
            "rebook_trip",
            "Rebook my trip.",
            {"status": "waitlisted", "place": 4},
            "`rebook_trip` returned status: **waitlisted**, place: **4**.",
        ),
        ("reserve_seats", "Reserve two seats.", {"reserved": False}, "That did not work."),
        ("get_request", "Is it approved?", {"approved": False, "by": "Kim"}, "No."),
        (
            "reserve_classes",
            "Reserve both. Did both work?",
            [{"class": "yoga", "status": "booked"}, {"class": "spin", "status": "full"}],
            "No: **spin** is full.",
        ),
        (
            "get_balance",
            "How many days are left?",
            {"state": "ok", "balance_days": 11.5},
            "There are **11.5** days.",
        ),
    ],
)
def test_the_answer_comes_first(name: str, question: str, result: Any, start: str) -> None:
    assert told(name, question, result).startswith(start)


def test_no_date_time_or_reference_is_taken_for_an_amount() -> None:
    rows = [
        {"ref": "R-2026-081", "on": "2026-11-01", "at": "05:12"},
        {"ref": "R-2", "on": "2027-01-01", "at": "1:00"},
    ]
    assert "total is" not in told("get_rows", "What is the total?", rows)


def test_two_results_about_the_same_that_differ_are_said_to() -> None:
    said = told("get_level", "What is the level?", {"level": 21}, {"level": 24})
    assert said.startswith("The two results disagree: **21** against **24**.")


@pytest.mark.parametrize(
    "name", ["rebook_flight", "catalogue_piece", "upsert_row", "queue_job", "adjust_pay"]
)
def test_what_a_tool_was_to_do_is_not_told_as_a_thing(name: str) -> None:
    verb = name.split("_")[0]
    for result, error in (({"a": [1, {"b": 2}]}, False), ("out of order", True)):
        assert not re.search(rf"\bthe {verb}\b", told(name, "Do it.", result, error=error), re.IGNORECASE)


ORDERS = [
    {"id": "A-1", "total": 12, "shipped": True, "ordered": "2026-01-02"},
    {"id": "A-2", "total": 13, "shipped": False, "ordered": "2026-02-02"},
]


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("Is order A-2 shipped?", "No."),
        ("Is order A-1 shipped?", "Yes."),
        ("Are all orders shipped?", "No: **A-2** is not."),
        ("What's the latest order?", "**A-2** is the latest: **2026-02-02**."),
        ("How many orders are from January?", "There is **1** order."),
        ("Which orders are over 12.5?", "**A-2** (13)."),
        ("Is the total of the orders over 20?", "Yes: **25** is above 20."),
        ("What is the total of order A-2?", "**A-2**: total **13**."),
    ],
)
def test_a_question_about_some_rows_is_answered_from_those(question: str, start: str) -> None:
    assert told("list_orders", question, ORDERS).startswith(start)


TABLE = "| team | points |\n|---|---:|\n| Ajax | 14 |\n| Porto | 9 |"
XML = (
    "<teams><team name='Ajax'><points>14</points></team><team name='Porto'><points>9</points></team></teams>"
)


@pytest.mark.parametrize("result", [TABLE, XML, "team,points\nAjax,14\nPorto,9"])
def test_tables_of_any_notation_are_reckoned_with(result: str) -> None:
    assert told("get_teams", "Which team has the most points?", result).startswith(
        "**Ajax** has the most points"
    )
    assert told("get_teams", "How many points is that in total?", result).startswith(
        "There are **23** points"
    )


@pytest.mark.parametrize(
    ("question", "result", "answer"),
    [
        (
            "What is Ana's email?",
            {"name": "Ana", "email": "a@x.org"},
            "The email is **a@x.org**. Name: **Ana**.",
        ),
        ("How far is it?", {"distance_km": 12.4, "hours": 2}, "The distance is **12.4** km. Hours: **2**."),
        ("How long does it take?", {"minutes": 25, "at": "noon"}, "It is **25** minutes. At: **noon**."),
        (
            "Did it go up?",
            {"price": 4, "change_percent": -1.3},
            "No. The change is **-1.3** %. Price: **4**.",
        ),
        ("Which is better?", {"winner": "B", "why": "fast"}, "The winner is **B**. Why: **fast**."),
        ("What is left?", {"left": 12, "of": 20}, "Left: **12**. Of: **20**."),
        ("Is it over 3?", {"level": 4, "unit": "m"}, "Yes: **4** is above 3. Unit: **m**."),
    ],
)
def test_few_values_are_told_in_one_line(question: str, result: Any, answer: str) -> None:
    assert told("get_data", question, result) == answer


@pytest.mark.parametrize(
    ("question", "result", "start"),
    [
        (
            "Which roles does Ana have?",
            {"name": "Ana", "roles": ["editor", "viewer"]},
            "The roles are **editor**",
        ),
        ("How many users signed up?", [{"count": 42}], "There are **42** users."),
        ("Do the tests pass?", "3 passed, 1 failed in 2 s", "No."),
        ("Do the tests pass?", "12 passed, 0 failed in 2 s", "Yes."),
        ("Is there a README?", "README.md\nsetup.py", "Yes: **README.md**."),
        ("Is there a LICENSE file?", "README.md\nsetup.py", "No."),
        ("What is the highest?", [21.5, 22.5, 23], "The highest is **23**."),
        (
            "Who won?",
            {"home": {"team": "Ajax", "goals": 2}, "away": {"team": "Porto", "goals": 1}},
            "**Ajax** is",
        ),
        (
            "What's my first meeting?",
            [{"title": "Call", "at": "09:00"}, {"title": "Talk", "at": "10:00"}],
            "**Call**",
        ),
    ],
)
def test_what_a_question_means_is_found(question: str, result: Any, start: str) -> None:
    assert told("get_data", question, result).startswith(start)


LOG = "\n".join(f"INFO step {number} is fine" for number in range(500))


@pytest.mark.parametrize(
    ("result", "told_as"),
    [
        ({"error": {"code": 404, "message": "No such route"}}, "failed: **No such route** (code 404)."),
        ("Traceback (most recent call last):\n  File 'a'\nValueError: bad", "failed: **ValueError: bad**."),
        ('{"detail": "Not signed in"}', "failed: **Not signed in**."),
    ],
)
def test_an_error_is_told_by_its_message(result: Any, told_as: str) -> None:
    assert told("get_fees", "What are the fees?", result, error=True).endswith(told_as)


def test_the_end_of_a_long_text_is_read_and_shown() -> None:
    answer = told("get_log", "Is there an error in the log?", f"{LOG}\nERROR disk full")
    assert answer.startswith("Yes: `ERROR disk full`.")
    assert answer.endswith("ERROR disk full")
    assert len(answer) < 2500


def test_xml_that_would_expand_is_only_text() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert "bbbbbbbb" not in told("get_page", "Get the page.", bomb)


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        ("How many minutes is that in total?", "There are **70** minutes in total."),
        ("What is the average?", "The average is **23.33**."),
        ("How many are open?", "**2** of 3."),
        ("Which are open?", "**T-1** and **T-3**."),
        ("Which one took the longest?", "**T-1** is the longest, with **51** against 12 for T-3."),
        ("And the status of T-2?", "**T-2**: status **solved**."),
        ("How many minutes did the last one take?", "**T-3**: minutes **12**."),
        ("Sort them by minutes.", "By minutes: **T-2** (7), **T-3** (12), **T-1** (51)."),
        (
            "What is the difference between T-1 and T-3?",
            "**T-1** is higher than **T-3** by 39 (51 against 12).",
        ),
    ],
)
def test_a_later_question_is_answered_from_what_is_there_without_telling_it_all_again(
    later: str, answer: str
) -> None:
    assert told("list_tickets", "List the tickets.", TICKETS, later=later) == answer


def test_a_long_text_is_answered_from_by_its_sentence() -> None:
    text = "The Vale Bridge is of stone. It was opened in 1911. It is 214 m long, with two lanes. It burned."
    assert told("get_page", "When was the bridge opened?", text).startswith("It was opened in 1911.")
    assert (
        told("get_page", "Get the page.", text, later="How long is it?")
        == "It is 214 m long, with two lanes."
    )


def test_sources_that_agree_or_not_are_compared_when_that_is_asked() -> None:
    same, other = {"level": 21}, {"level": 24}
    assert told("get_level", "Do both agree?", same, same).startswith("Yes, both say **21**.")
    assert told("get_level", "Do both agree?", same, other).startswith("No: **21** against **24**.")


def test_a_tool_for_one_thing_is_called_for_each_of_several_in_plain_words() -> None:
    price = {
        "name": "get_price",
        "description": "Current price of a product.",
        "input_schema": {
            "type": "object",
            "properties": {"product": {"type": "string"}},
            "required": ["product"],
        },
    }
    asked = [{"role": "user", "content": "What's the price of apples and pears?"}]
    calls = think({"messages": asked, "tools": [price]}).calls
    assert [call.input for call in calls] == [{"product": "apples"}, {"product": "pears"}]
