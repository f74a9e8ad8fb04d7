"""Names that were meant to be others: told at once, where they would be taken and do nothing."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from nbkit.errors import UsageError

ALIKE = 0.75
# The body's fields (contract, 2.1 and 2.2) that are the conversation's to send, not attributes of it.
FIELDS = frozenset(
    {"max_tokens", "thinking", "tool_choice", "output_config", "stop_sequences", "cache_control", "container"}
    | {"metadata", "service_tier", "inference_geo", "speed", "diagnostics", "temperature", "top_p", "top_k"}
    | {"context_management", "mcp_servers", "compaction", "fallbacks", "fallback_credit_token", "thread"}
    | {"billing_policy"}
)


def refuse_unknown_keywords(given: Iterable[str], own: Iterable[str]) -> None:
    """Raise `UsageError` for a keyword that is nearly a known one; others may be fields newer than nbkit."""
    known = FIELDS | set(own)
    for name in given:
        if name not in known and (near := _near(name, known)):
            raise UsageError(
                f"Conversation() takes no {name!r}: did you mean {near!r}? "
                f"A field of the body that is really called so is set with chat.params = {{...}}"
            )


def refuse_attribute(name: str, known: Iterable[str]) -> None:
    """Raise `UsageError` for an attribute that would do nothing: a field of the body, or a name misspelt."""
    if name in FIELDS:
        raise UsageError(f"chat.{name} is a field of the body, no attribute: chat.edit({name!r}, ...)")
    if near := _near(name, known):
        raise UsageError(f"a conversation has no {name!r}: did you mean {near!r}?")


def _near(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name.lower(), sorted(known), n=1, cutoff=ALIKE)), None)
