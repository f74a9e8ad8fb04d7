"""What a result weighs before it is sent: a large one, or one that the API would refuse, is looked at first.

Tokens are estimated (`rules/portable/estimate`); that is said where they are shown.
"""

from __future__ import annotations

import json

from nbkit.errors import UsageError, counted
from nbkit.facts import facts
from nbkit.rules.portable.estimate import prompt_tokens, scale_of
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json

MOST_TOKENS = 10_000  # of a result that is sent unasked
SHOWN_OF_REFUSED = 200
MILLION = 1_000_000
Content = str | list[Json]


def as_limit(given: object) -> int | None:
    """Return a limit in tokens, None for no limit. Raises `UsageError` for anything else."""
    if given is None or (isinstance(given, int) and not isinstance(given, bool) and given > 0):
        return given
    raise UsageError(f"max_result is a number of tokens, 1 or more, or None for no limit, not {given!r}")


def too_much(content: Content, model: str, most: int | None) -> str | None:
    """Say why a result is not sent unasked, None where it may be."""
    refused = [words for block in _blocks(content) if (words := _refused(block, model))]
    if refused:
        return f"the API would refuse this result: {refused[0]}"
    if most is None:
        return None
    tokens = tokens_of(content, model)
    if tokens <= most:
        return None
    size = counted(len(content if isinstance(content, str) else json.dumps(content)), "character")
    return f"the result is large: {size}, about {counted(tokens, 'token')}{_dollars(tokens, model)}"


def tokens_of(content: Content, model: str) -> int:
    result = {"type": "tool_result", "content": content}
    return prompt_tokens({"model": model, "messages": [{"role": "user", "content": [result]}]})


def shortened(content: Content, model: str, most: int | None) -> Content:
    """Return a result that may be sent: beginning and end of its texts, and no block that the API refuses."""
    if isinstance(content, str):
        return _cut(content, _characters(model, most))
    kept: list[Json] = []
    for block in content:
        words = _refused(block, model)
        kept.append({"type": "text", "text": f"[{block['type']} left out]"} if words else block)
    texts = [block for block in kept if block.get("type") == "text"]
    others = tokens_of([block for block in kept if block.get("type") != "text"], model)
    if most is not None and others > most and texts:
        kept = [
            block
            if block.get("type") == "text"
            else {"type": "text", "text": f"[{block.get('type')} left out]"}
            for block in kept
        ]
        others = 0
    room = _characters(model, None if most is None else most - others) // max(1, len(texts))
    return [
        {**block, "text": _cut(str(block.get("text")), room)} if block in texts else block for block in kept
    ]


def _characters(model: str, tokens: int | None) -> int:
    """How many characters surely fit into so many tokens."""
    limit = MOST_TOKENS if tokens is None else tokens
    return max(100, int((limit - 50) * scale_of(facts.model(model)).chars_per_token))


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    room = max(0, room - 60)  # for the sentence in the middle
    head, tail = text[: room * 3 // 4], text[len(text) - room // 4 :]
    head, tail = head[: head.rfind("\n") + 1] or head, tail[tail.find("\n") + 1 :] or tail
    left_out = len(text) - len(head) - len(tail)
    return f"{head.rstrip()}\n[… {counted(left_out, 'character')} left out …]\n{tail.lstrip()}"


def _blocks(content: Content) -> list[Json]:
    return [] if isinstance(content, str) else content


def _refused(block: Json, model: str) -> str | None:
    """What the API says of a picture or a document, None where it takes it."""
    if block.get("type") not in ("image", "document"):
        return None
    call = {"type": "tool_use", "id": "toolu_1", "name": "a", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [block]}
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]
    tools = [{"name": "a", "input_schema": {"type": "object"}}]
    problems = check({"model": model, "max_tokens": 1, "messages": messages, "tools": tools})
    said = next((p for p in problems if p.level == "error" and p.path.startswith("messages.2.")), None)
    if said is None:
        return None
    words = said.message.rpartition("base64: ")[2].rpartition("data: ")[2]
    return words if len(words) <= SHOWN_OF_REFUSED else f"{words[:SHOWN_OF_REFUSED]}…"


def _dollars(tokens: int, model: str) -> str:
    known = facts.model(model)
    if known is None or known.price_in is None:
        return ""
    return f", ${tokens * known.price_in / MILLION:.2f} with every request that it is in"
