"""A tool that was redefined while a turn is paused: which schema holds for what, and what a change costs."""

from __future__ import annotations

import json
from collections.abc import Callable

from nbkit.errors import counted
from nbkit.facts import facts
from nbkit.loop.tools.tool import Tool
from nbkit.rules.portable.estimate import WRITE_5M, prompt_tokens
from nbkit.wire.blocks import Json

READ = 0.1  # of the price of input, where a model has no price of its own for what is read from the cache
MILLION = 1_000_000


def redefined(found: Tool, offered: Tool, request: Callable[[], Json]) -> str | None:
    """Say that the tool that runs has another schema than the one the model knows; None where it has not.

    Tools stand in front of a prompt, so a change loses all that is cached of it; tokens are estimated.
    """
    if found is offered or _asks(found) == _asks(offered):
        return None
    name = offered.name
    words = (
        f"{name} was redefined with another schema: this call is judged and run by the new one, the model "
        f"still has the old one. Offering the new one, chat.tools = [{name}, …],"
    )
    body = request()
    if '"cache_control"' not in json.dumps(body, ensure_ascii=False):
        return f"{words} costs nothing more: nothing of this prompt is cached"
    tokens = prompt_tokens(body)
    return (
        f"{words} loses its cache: about {counted(tokens, 'token')} are written anew{_dollars(tokens, body)}"
    )


def _asks(tool: Tool) -> Json | None:
    """What an input has to be; a strict tool's schema says of the same that there is no more."""
    schema = tool.input_schema
    if schema is None:
        return None
    return {key: schema.get(key) for key in ("properties", "required", "$defs")}


def _dollars(tokens: int, body: Json) -> str:
    known = facts.model(str(body.get("model")))
    if known is None or known.price_in is None:
        return ""
    read = READ * known.price_in if known.price_cache_read is None else known.price_cache_read
    return f", ${tokens * (WRITE_5M * known.price_in - read) / MILLION:.2f} more than to read them"
