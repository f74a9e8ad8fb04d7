"""The small model's plain talk: everyday prompts without tools get short answers that are right."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from everyday import PROMPTS, lacking, talked
from nbkit.sim.brain.intent import think


@pytest.mark.parametrize("case", PROMPTS, ids=lambda case: str(case["ask"])[:40])
def test_an_everyday_prompt_is_answered_well(case: dict[str, Any]) -> None:
    system = {"system": case["system"]} if "system" in case else {}
    said = talked(case["ask"], **system)
    assert not lacking(case, said), said


def test_a_fact_is_not_stretched_to_a_question_that_asks_for_more() -> None:
    for question in (
        "What is the largest planet outside the solar system?",
        "What is the population of France?",
        "Who wrote the foreword of Hamlet in 1990?",
        "How many legs do ten spiders and a table have?",
    ):
        said = talked(question)
        assert not re.search(r"Jupiter|Paris|Shakespeare|\*\*eight\*\*", said), said


def test_the_day_is_the_one_that_the_system_prompt_names() -> None:
    assert "March 5, 2027" in talked("What day is tomorrow?", system="Today is 2027-03-04.")


def test_the_same_words_get_the_same_answer() -> None:
    assert talked("Roll a die") == talked("Roll a die")


def test_what_is_not_known_is_said_shortly_and_names_the_question() -> None:
    said = talked("Who was the third mayor of Bielefeld?")
    assert "Bielefeld" in said
    assert "don't know" in said
    assert len(said.split()) < 40


def test_examples_in_earlier_turns_are_followed() -> None:
    turns = []
    for word, label in (("apple", "fruit"), ("carrot", "vegetable"), ("banana", "fruit")):
        turns += [{"role": "user", "content": word}, {"role": "assistant", "content": label}]
    body = {"model": "m", "max_tokens": 99, "messages": [*turns, {"role": "user", "content": "spinach"}]}
    assert think(body).text == "vegetable"


def test_json_that_is_asked_for_has_null_where_the_text_says_nothing() -> None:
    said = talked("Return JSON with keys name and email for: Bob called this morning.")
    assert json.loads(said) == {"name": "Bob", "email": None}


def test_a_greeting_is_not_looked_up_in_tables() -> None:
    code = "import sys; from nbkit.sim.brain.intent import think; think({'model': 'm', 'max_tokens': 9,"
    code += (
        " 'messages': [{'role': 'user', 'content': 'Hello'}]}); print('nbkit.sim.brain.plain' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_list_in_json_is_a_list_and_not_an_object_of_its_words() -> None:
    assert json.loads(talked("give me a list of 3 movies, as JSON"))[2]


def test_a_statement_is_judged_by_what_is_known_of_it() -> None:
    assert talked("True or false: bats are birds").startswith("**False**")
    assert talked("Is a carrot a fruit?").startswith("**No**")


def test_a_word_problem_takes_prices_and_amounts_apart() -> None:
    assert "$49" in talked("A book costs $15 and a pen costs $2. How much do 3 books and 2 pens cost?")
    assert "15" in talked("John is 5 years older than Mary. Mary is 10. How old is John?")


def test_sentences_are_put_in_other_words() -> None:
    assert talked("Rewrite in passive voice: The dog chased the cat.") == "The cat was chased by the dog."
    assert talked("Make this more formal: hey can u send me the file").startswith("Hello, could you please")


def test_a_deed_without_a_tool_is_not_pretended() -> None:
    said = talked("Turn on the lights")
    assert "tool" in said
    assert "lights" in said


def test_what_was_listed_or_measured_is_gone_on_with() -> None:
    assert "Tokyo" in talked(["List 3 countries", "and their capitals?"])
    assert "212" in talked(["What is the boiling point of water?", "In Fahrenheit?"])
    assert "Shakespeare was born in **1564**" in talked(["Who wrote Hamlet?", "When was he born?"])


def test_code_is_read_line_by_line() -> None:
    said = talked("What does this code do? for i in range(3): print(i)")
    assert "3 times" in said
    assert "prints `i`" in said


@pytest.mark.parametrize(
    ("prompt", "output"),
    [
        ("Q: What is the capital of France?\nA: Paris\n\nQ: What is the capital of Italy?\nA:", "Rome"),
        ("Answer briefly.\nQ: Is 7 prime?\nA: Yes\nQ: Is 8 prime?\nA: No\nQ: Is 11 prime?\nA:", "Yes"),
        ("France -> Paris\nJapan -> Tokyo\nPeru ->", "Lima"),
        ("gold: Au\nsilver: Ag\niron:", "Fe"),
        ("2 + 2 = 4\n3 + 5 = 8\n7 + 1 =", "8"),
        ("apple: fruit\ncarrot: vegetable\nbanana: fruit\nspinach:", "vegetable"),
        ("big -> small\nhot -> cold\nup ->", "down"),
        ("walk => walked\ngo => went\neat =>", "ate"),
        (
            "Input: John\nOutput: Hello, John!\nInput: Mia\nOutput: Hello, Mia!\nInput: Tom\nOutput:",
            "Hello, Tom!",
        ),
    ],
)
def test_what_examples_show_is_done_to_the_last_input(prompt: str, output: str) -> None:
    assert talked(prompt) == output


def test_another_joke_is_another_and_keeps_to_its_topic() -> None:
    first, second = talked("Tell me a joke"), talked(["Tell me a joke", "Another one"])
    assert first != second
    assert second.count("?") == 1
    assert "taxes" in talked("Tell me a joke about taxes")


def test_a_role_is_taken_and_its_task_done() -> None:
    assert "¼" in talked("Act as a teacher and explain fractions")
    assert "a cat" in talked("Pretend you are a cat")


def test_samples_are_well_formed() -> None:
    assert json.loads(talked("Write valid JSON for a user"))["name"]
    assert len(talked("Write a CSV with 3 rows of people").splitlines()) == 4
    assert talked("convert to snake_case: helloWorldFoo") == "hello_world_foo"


@pytest.mark.parametrize(
    ("prompt", "option"),
    [
        ("Choose the correct answer: The capital of Spain is (a) Paris (b) Madrid (c) Rome", "Madrid"),
        ("Which of the following is a mammal?\nA) shark\nB) dolphin\nC) trout", "dolphin"),
        ("What is 2 + 3?\nA. 4\nB. 5\nC. 6", "5"),
        ("Answer with a single letter: which of these is a vowel? A) b B) e C) d", "B"),
    ],
)
def test_of_several_options_the_right_one_is_chosen(prompt: str, option: str) -> None:
    assert option in talked(prompt)


def test_a_greeting_before_a_question_does_not_hide_it() -> None:
    assert "Paris" in talked("Hello! What is the capital of France?")


def test_a_country_in_a_query_is_no_table() -> None:
    said = talked("Create a SQL query that selects all customers from Germany")
    assert "FROM customers" in said
    assert "'Germany'" in said


@pytest.mark.parametrize(
    "prompt",
    [
        "round . to 2",
        "Solve a for as 2x + 6 = 14 .",
        "square of 1.5.2",
        "Name % fruits",
        "2 -> 4\n2 -> 5\n3 ->",
        "?",
        "Q: A:",
        "roll a d0",
        "gcd of 0 and 0",
        "what date is 9999999 years after today",
        "List 0 fruits",
        "simplify 3/0",
        "log of 0",
    ],
)
def test_odd_prompts_get_some_answer(prompt: str) -> None:
    assert talked(prompt)


def test_a_question_is_answered_from_the_sentences_before_it() -> None:
    assert "5 pm" in talked("The meeting is at 5 pm in room 12. When is the meeting?")


def test_a_story_of_what_happened_is_not_noted_as_a_fact() -> None:
    assert "Noted" not in talked("My order 4412 has not arrived yet and I was promised it by Friday.")
    assert "green" in talked("My favorite color is green and my name is Bo.")
