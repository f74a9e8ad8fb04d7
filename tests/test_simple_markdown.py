"""What is read without a parser is what a parser reads."""

from __future__ import annotations

import random

from markdown_it import MarkdownIt
from markdown_it.rules_core import inline

from nbkit.notebook.record.markdown import new_parser
from nbkit.notebook.record.simple_markdown import simple_inline

USUAL = [
    *("a", "bc", "é", "中", "½", "1", "word", "a_b", ":", ".", "?", "!", "(", ")", "+", '"', "'", " ", " "),
    *("\n", " * ", " < ", " & ", "*", "**", "`", "_", "*em*", "**s t**", "`co de`", "**Note:** x", "*a.*"),
]
ODD = [
    *("***", "__", "``", "~", "~~", "&", "&amp;", "<", "<b>", ">", "  ", "\n\n", "\\", "[", "]", "(x)", "^"),
    *("2", "12. ", "3) ", "\n===\n", "\n---\n", "    ", "\n\n  ", "\n\n", "\n\n", "\n> ", "\nword", "```\n"),
    *("# ", "- ", "1. ", "> ", "| a | b |\n|--|--|\n", "\u00a0", "\u2003", "\x85", "\u0301", "$", "{", "\t"),
]


def full_parser() -> MarkdownIt:
    parser = new_parser()
    parser.core.ruler.at("inline", inline)
    parser.disable("simple_paragraph")
    return parser


def test_any_text_becomes_the_same_html_as_by_the_parser_alone() -> None:
    quick, full = new_parser(), full_parser()
    simple = 0
    for seed in range(8_000):
        chance = random.Random(seed)
        pieces = USUAL if seed % 2 else USUAL + ODD
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 14)))
        assert quick.render(text) == full.render(text), (seed, text)
        simple += any(token.type == "html_block" for token in quick.parse(text))
    assert simple > 600


def test_what_may_be_read_in_two_ways_is_left_to_the_parser() -> None:
    for text in ("a *b", "**a", "`a", "[a](b)", "<b>", "a&b;", "a\\*", "~~a~~", "a  \nb", "***a***", "__a__"):
        assert simple_inline(text) is None, text


def test_nothing_in_it_is_html() -> None:
    assert simple_inline('a > "b" `">`') == "a &gt; &quot;b&quot; <code>&quot;&gt;</code>"
