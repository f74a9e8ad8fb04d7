"""The small model's plain talk: everyday prompts without tools get short answers that are right."""

import re

from everyday import PROMPTS, lacking, talked


def test_most_everyday_prompts_are_answered_well() -> None:
    poor = {str(case["ask"]): why for case in PROMPTS if (why := lacking(case, _answer(case)))}
    assert len(poor) <= len(PROMPTS) * 0.3, poor


def _answer(case: dict[str, object]) -> str:
    system = {"system": case["system"]} if "system" in case else {}
    return talked(case["ask"], **system)  # type: ignore[arg-type]


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
