"""The words that Anthropic documents for testing rare answers: a refusal, and thinking that is redacted.

They work wherever they stand in the prompt, as there: a refusal lasts until the array no longer holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.wire.blocks import Json

REFUSAL = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_1FAEFB6177B4672DEE07F9D3AFC62588CCD2631EDCF22E8CCC1FB35B501C9C86"
)
REDACTED_THINKING = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_"
    "46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
)
START = "ANTHROPIC_MAGIC_STRING_TRIGGER_"
DETAILS: Json = {"type": "refusal", "category": None, "explanation": None}


def triggers(request: Json) -> set[str]:
    """Return which of the words a request holds."""
    return {
        trigger
        for text in _texts([request.get("system"), *(each["content"] for each in request["messages"])])
        if START in text
        for trigger in (REFUSAL, REDACTED_THINKING)
        if trigger in text
    }


def _texts(contents: list[Any]) -> Iterator[str]:
    for content in contents:
        if isinstance(content, str):
            yield content
        elif isinstance(content, list):
            for block in content:
                if block.get("type") == "text":
                    yield block["text"]
                elif "content" in block:
                    yield from _texts([block["content"]])
