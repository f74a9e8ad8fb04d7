"""The ways of the contract's section 8 in which an array is broken in a page, and how each is mended there.

Rules that are broken elsewhere, or nowhere in a page, are named with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import examples_calls
import examples_media
import examples_messages
import examples_parameters
import examples_served
import examples_system
import examples_thinking
from asking import ask
from examples import Refused
from journeys.hands import Hands

MODULES = (
    examples_messages,
    examples_calls,
    examples_served,
    examples_thinking,
    examples_media,
    examples_parameters,
    examples_system,
)


@dataclass(frozen=True)
class Broken:
    """A refused request, and how it is mended where no Fix does all of it."""

    example: Refused
    by_hand: Callable[[Hands], None] | None = None

    def __str__(self) -> str:
        return str(self.example)


def example(rule: str, title: str) -> Refused:
    refused: list[Refused] = [each for module in MODULES for each in module.REFUSED]
    return next(each for each in refused if (each.rule, each.title) == (rule, title))


FIXED = [
    ("R1", "system first"),
    ("R2", "no message"),
    ("R5", "an empty assistant in the middle"),
    ("R6", "an empty text"),
    ("R7", "white space alone"),
    ("R10", "a key too many in a call"),
    ("R10", "a key too many in a message"),
    ("R10", "a key too many in the body"),
    ("R11", "a picture from the assistant"),
    ("R11", "a call from the user"),
    ("R11", "a thought from the user"),
    ("R12", "a document from the assistant"),
    ("R13", "a user's citations"),
    ("R14", "temperature of 1"),
    ("R15", "a begun answer on Sonnet 4.6"),
    ("R16", "a begun answer with a space"),
    ("R17", "a begun answer and a schema"),
    ("R19", "two calls answered by text, deep in the history"),
    ("R20", "a result of no call"),
    ("R21", "a text before the result"),
    ("R22", "a text behind an open search"),
    ("R23", "an open search whose tool is gone"),
    ("R24", "one id for two calls"),
    ("R25", "two results of one call"),
    ("R26", "a dot in an id"),
    ("R28", "JSON as a string"),
    ("R29", "a finding nobody searched for"),
    ("R30", "a result for a server tool"),
    ("R32", "a toolset that isn't echoed"),
    ("R32b", "a call of code that isn't there"),
    ("R33", "a call without its thought"),
    ("R35", "an empty signature"),
    ("R39", "a budget of all there is"),
    ("R40", "a budget on Opus 4.7"),
    ("R41", "adaptive on Haiku 4.5"),
    ("R42", "thinking off on Opus 5.5"),
    ("R43", "nothing to display"),
    ("R44", "any tool, with a budget"),
    ("R45", "any tool on Opus 5.5"),
    ("R46", "half a degree while thinking"),
    ("R49", "five markers"),
    ("R50", "an hour after five minutes"),
    ("R51", "a marker on nothing"),
    ("R54", "a marker that will be forgotten"),
    ("R55", "no base64"),
    ("R56", "a PNG that says GIF"),
    ("R59", "a side of 8001"),
    ("R60", "a side of 2001 among many"),
    ("R62", "a picture too wide to go unscaled"),
    ("R64", "no paper at all"),
    ("R67", "citations in a fixed format"),
    ("R68", "a token too many"),
    ("R73", "a newline to stop at"),
    ("R74", "an address"),
    ("R76", "a retired model"),
    ("R79", "a beta's field without its header"),
    ("R80", "an effort of later models"),
    ("R81", "a newer web tool on Haiku 4.5"),
    ("R82", "one name twice"),
    ("R83", "all put off"),
    ("R84", "an example that doesn't fit"),
    ("R85", "a place on Sonnet 4.5"),
    ("R86", "a system message on Sonnet 4.6"),
    ("R87", "a system message after an assistant's"),
    ("R88", "a system message before a user's"),
    ("R89", "a system message between call and result"),
    ("R90", "a picture from the system"),
    ("R91", "a user's message to be forgotten"),
    ("R92", "an empty list from the system"),
]


def without(*paths: str) -> Callable[[Hands], None]:
    def delete(hand: Hands) -> None:
        for path in paths:
            block = hand.editor.block(path).element_handle()
            hand.delete(path)
            hand.page.wait_for_function("(block) => !block.isConnected", arg=block)

    return delete


def one_of_many(hand: Hands) -> None:
    """Delete a block of a list that is drawn where one looks only."""
    name = hand.editor.root.locator(".nbk-list [data-id]").first.get_attribute("aria-label") or ""
    hand.delete(name.split(", ")[1])


def written(path: str, value: Any) -> Callable[[Hands], None]:
    return lambda hand: hand.edit(path, value)


def around(path: str, value: Any) -> Callable[[Hands], None]:
    return lambda hand: hand.set(path, value)


USE = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
PLAIN = {"model": "claude-sonnet-5", "max_tokens": 1024, "version": "2026-10-21", "betas": []}
UNKNOWN = {"anthropic-beta": "no-beta-2020-02-02"}
CONTAINED = {**PLAIN, "container": "container_1", **examples_served.CODING}
BUDGET = {"model": "claude-sonnet-4-5", "max_tokens": 8192, "version": "2026-10-21", "betas": []}
BY_HAND = [
    Broken(example("R8", "a role of old"), lambda hand: hand.say_as("messages.1", "user")),
    Broken(
        example("R9", "a function as another API writes it"),
        lambda hand: hand.press(hand.button("delete tools.0")),
    ),
    Broken(example("R27", "no name"), written("messages.1.content.0", USE)),
    Broken(
        example("R28", "what a server looked for, as a string"),
        without("messages.1.content.1", "messages.1.content.0"),
    ),
    Broken(example("R38", "a budget of 1023"), around("params", BUDGET)),
    Broken(example("R52", "ten minutes"), written("messages.0.content.0", {"type": "text", "text": "words"})),
    Broken(
        example("R57", "a bitmap"), written("messages.0.content.0", {"type": "text", "text": "no picture"})
    ),
    Broken(example("R61", "101 images"), one_of_many),
    Broken(example("R63", "101 pages in one"), without("messages.0.content.1")),
    Broken(example("R32b", "code that waits in no container"), around("params", CONTAINED)),
    Broken(example("R66", "citations on one of two"), without("messages.0.content.1")),
    Broken(example("R70", "a book too long"), written("messages.0.content", "a page")),
    Broken(example("R81", "a computer of before"), lambda hand: hand.press(hand.button("delete tools.0"))),
    Broken(
        example("R93", "a finding without its seal"), without("messages.1.content.1", "messages.1.content.0")
    ),
    # What a request of the rules' examples can't say of a conversation.
    Broken(
        Refused("R69", "no answer", ask(max_tokens=0), "max_tokens", "max_tokens: 0 is not supported"),
        lambda hand: hand.fix("set max_tokens to 1024"),
    ),
    Broken(
        Refused("R75", "no version", ask(), "headers", 'anthropic-version: "x"', {"anthropic-version": "x"}),
        around("params", PLAIN),
    ),
    Broken(
        Refused("R78", "a beta of no day", ask(), "headers", "Unexpected value(s) `no-", UNKNOWN, "unknown"),
        around("params", PLAIN),
    ),
]
CASES = [*(Broken(example(*each)) for each in FIXED), *BY_HAND]

# Rules of section 8 that these journeys don't break, and why.
ELSEWHERE = {
    **dict.fromkeys(("R4", "R18", "R37", "R48", "R53", "R71"), "the API refuses nothing there"),
    **dict.fromkeys(
        ("R34", "R36", "R47", "R65", "R94", "R96"), "test_refused_by_the_server: told by the server only"
    ),
    "R3": "100,001 messages are more than a page is made for; the rules' own tests have them",
    "R31": "a warning: it is sent as it is",
    **dict.fromkeys(
        ("R58", "R72"),
        "many megabytes: the rules' own tests have them; test_large_things has the page's limit",
    ),
    "R77": "a key is the client's: no editor shows or changes it",
    "R95": "what a fallback model said is known to the API only, and the simulator has no fallbacks",
}
