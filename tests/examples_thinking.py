"""Examples of R33 to R49: thinking, and the number of cache markers."""

from __future__ import annotations

from typing import Any

from asking import (
    OLD,
    ask,
    assistant,
    result,
    text,
    thought,
    use,
    user,
)
from examples import Json, Legal, Refused

OPUS = {"model": "claude-opus-5"}
OLDER: Json = {"model": "claude-sonnet-4-5"}
MARKER: Json = {"cache_control": {"type": "ephemeral"}}
MANUAL: Json = {**OLDER, "max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 2048}}


def budget(tokens: int, **params: Any) -> Json:
    return {**OLDER, "max_tokens": 8192, "thinking": {"type": "enabled", "budget_tokens": tokens}, **params}


def mode(model: str, kind: str, **params: Any) -> Json:
    return ask(model=model, **{"max_tokens": 8192, "thinking": {"type": kind}, **params})


REFUSED = [
    Refused(
        "R33",
        "a call without its thought",
        ask(user("q"), assistant(use()), user(result()), **MANUAL),
        "messages.1.content.0",
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When "
        "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the "
        "lastmost set of `tool_use` and `tool_result` blocks).",
    ),
    Refused(
        "R35",
        "an empty signature",
        ask(user("q"), assistant(thought(""), use()), user(result())),
        "messages.1.content.0",
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    Refused(
        "R33",
        "a text before a thought",
        ask(user("q"), assistant(text(), thought(), text()), user("b"), **MANUAL),
        "messages.1.content.0",
        "messages.1.content.0: If an assistant message contains any thinking blocks, the first block must be "
        "`thinking` or `redacted_thinking`. Found `text`.",
    ),
    Refused(
        "R33",
        "a begun answer without its thought",
        ask(user("q"), assistant("b"), **MANUAL),
        "messages.1.content",
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`.",
    ),
    Refused(
        "R17",
        "a thought at the end while thinking is off",
        ask(user("q"), assistant(thought(), text("partial")), **OLDER),
        "messages.1.content.0",
        "messages.1.content.0: When thinking is disabled, an `assistant` message in the final position "
        "cannot contain `thinking`. To use thinking blocks, enable `thinking` in your request.",
    ),
    Refused(
        "thinking_not_last",
        "a thought at the end",
        ask(user("q"), assistant(thought()), **MANUAL),
        "messages.1.content.0",
        "messages.1: The final block in an assistant message cannot be `thinking`.",
    ),
    Refused(
        "thinking_not_last",
        "a thought behind the call",
        ask(user("q"), assistant(thought(), use(), thought()), user(result())),
        "messages.1.content.2",
        "messages.1: The final block in an assistant message cannot be `thinking`.",
    ),
    Refused(
        "R35",
        "nothing redacted",
        ask(user("q"), assistant({"type": "redacted_thinking", "data": ""}, text()), user("b")),
        "messages.1.content.0",
        "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ),
    Refused(
        "R38",
        "a budget of 1023",
        ask(**budget(1023)),
        "thinking.enabled.budget_tokens",
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    Refused(
        "R39",
        "a budget of all there is",
        ask(**budget(8192)),
        "max_tokens",
        "`max_tokens` must be greater than `thinking.budget_tokens`",
    ),
    Refused(
        "R40",
        "a budget on Opus 4.7",
        ask(**budget(2048, model="claude-opus-4-7")),
        "thinking",
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
        '"output_config.effort" to control thinking behavior.',
    ),
    Refused(
        "R41",
        "adaptive on Haiku 4.5",
        mode("claude-haiku-4-5", "adaptive"),
        "thinking",
        "adaptive thinking is not supported on this model",
    ),
    Refused(
        "R42",
        "thinking off on Opus 5.5",
        mode("claude-opus-5-5", "disabled"),
        "thinking",
        '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and '
        '"output_config.effort" to control thinking behavior.',
    ),
    Refused(
        "R43",
        "nothing to display",
        ask(thinking={"type": "disabled", "display": "omitted"}),
        "thinking.disabled.display",
        "thinking.disabled.display: Extra inputs are not permitted",
    ),
    Refused(
        "R44",
        "any tool, with a budget",
        ask(**MANUAL, tool_choice={"type": "any"}),
        "tool_choice",
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    Refused(
        "R45",
        "any tool on Opus 5.5",
        ask(model="claude-opus-5-5", tool_choice={"type": "any"}),
        "tool_choice",
        'tool_choice: type "tool" and "any" are not supported for this model.',
    ),
    Refused(
        "R46",
        "half a degree while thinking",
        ask(**MANUAL, temperature=0.5),
        "temperature",
        "`temperature` may only be set to 1 when thinking is enabled",
        OLD,
    ),
    Refused(
        "R47",
        "a marker on a thought",
        ask(user("q"), assistant({**thought(), **MARKER}, text()), user("b")),
        "messages.1.content.0.thinking.cache_control",
        "messages.1.content.0.thinking.cache_control: Extra inputs are not permitted",
    ),
    Refused(
        "R49",
        "five markers",
        ask(user(*[text(**MARKER)] * 5)),
        "messages.0.content.4.cache_control",
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
]
LEGAL = [
    Legal("R33", "an earlier answer without a thought", ask(user("a"), assistant("b"), user("c"), **MANUAL)),
    Legal(
        "R33",
        "a text before a thought, in adaptive mode",
        ask(user("a"), assistant(text(), thought(), text()), user("b")),
    ),
    Legal(
        "R33",
        "a call without its thought, in adaptive mode",
        ask(user("a"), assistant(use()), user(result())),
    ),
    Legal(
        "R33",
        "a redacted thought",
        ask(
            user("a"), assistant({"type": "redacted_thinking", "data": "Eq"}, use()), user(result()), **MANUAL
        ),
    ),
    Legal(
        "R17",
        "a thought long ago while thinking is off",
        ask(user("a"), assistant(thought(), text()), user("b"), **OLDER),
    ),
    Legal("thinking_not_last", "a thought alone, long ago", ask(user("a"), assistant(thought()), user("b"))),
    Legal(
        "thinking_not_last",
        "a thought and a begun answer",
        ask(user("a"), assistant(thought(), text()), **MANUAL),
    ),
    Legal(
        "R33",
        "a call with its thought",
        ask(user("q"), assistant(thought(), use()), user(result()), **MANUAL),
    ),
    Legal("R34", "thinking as it came", ask(user("q"), assistant(thought(), text()), user("b"))),
    Legal("R35", "a signature", ask(user("q"), assistant(thought(), use()), user(result()))),
    Legal(
        "R37",
        "the thinking of another model",
        ask(user("q"), assistant(thought(), text()), user("b"), **OPUS),
    ),
    Legal("R38", "a budget of 1024", ask(**budget(1024))),
    Legal("R39", "a token left for the answer", ask(**budget(8191))),
    Legal("R40", "a budget on Sonnet 4.6", ask(**budget(2048, model="claude-sonnet-4-6"))),
    Legal("R41", "adaptive on Sonnet 4.6", mode("claude-sonnet-4-6", "adaptive")),
    Legal("R42", "thinking off on Sonnet 5", mode("claude-sonnet-5", "disabled")),
    Legal("R43", "something to display", ask(thinking={"type": "adaptive", "display": "omitted"})),
    Legal("R44", "a free choice, with a budget", ask(**MANUAL, tool_choice={"type": "auto"})),
    Legal("R45", "any tool on Sonnet 5", ask(tool_choice={"type": "any"})),
    Legal("R46", "temperature of 1 while thinking", ask(**MANUAL, temperature=1), OLD),
    Legal(
        "R47", "a marker behind a thought", ask(user("q"), assistant(thought(), text(**MARKER)), user("b"))
    ),
    Legal(
        "R48",
        "thinking switched off amid a loop",
        ask(user("q"), assistant(thought(), use()), user(result()), thinking={"type": "disabled"}),
    ),
    Legal("R49", "four markers", ask(user(*[text(**MARKER)] * 4))),
]
