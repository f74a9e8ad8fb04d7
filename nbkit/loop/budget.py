"""What a stretch may use up, and what it has: tokens and dollars. A limit always ends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nbkit.errors import UsageError, counted
from nbkit.facts.facts import Model, model
from nbkit.wire.messages import Message

MILLION = 1_000_000
TOKENS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
WRITTEN_5M, WRITTEN_1H, READ = 1.25, 2.0, 0.1  # what a token of the cache costs, in fresh ones


@dataclass(slots=True)
class Budget:
    """What a stretch may use: tokens of input and output together, and dollars."""

    max_tokens: int | None = None
    max_cost: float | None = None
    tokens: int = field(default=0, init=False)
    cost: float = field(default=0.0, init=False)
    _uncounted: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        limits: dict[str, float | None] = {"max_tokens": self.max_tokens, "max_cost": self.max_cost}
        for name, most in limits.items():
            if most is not None and not (_is_number(most) and most > 0):
                raise UsageError(f"{name} is a number over 0, not {most!r}")

    def suits(self, id: Any) -> None:
        """Raise `UsageError` where a model's price isn't known and dollars are to be counted."""
        known = model(id) if isinstance(id, str) else None
        if self.max_cost is not None and (known is None or known.price_in is None or known.price_out is None):
            raise UsageError(f"max_cost needs the price of {id!r}, which isn't known: use max_tokens")

    def used(self, message: Message) -> None:
        """Count a reply. One that can't be counted uses up all there is: a limit always holds."""
        usage = message.raw.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        fresh, written, read, out = (_number(usage.get(name)) for name in TOKENS)
        self.tokens += fresh + written + read + out
        if "output_tokens" not in usage:
            self._uncounted = "has had a reply that doesn't say how many tokens it used"
        known = model(str(message.raw.get("model")))
        if known is None or known.price_in is None or known.price_out is None:
            if self.max_cost is not None:
                name = message.raw.get("model")
                self._uncounted = f"was answered by {name!r}, whose price isn't known"
            return
        split = usage.get("cache_creation")
        for_an_hour = _number(split.get("ephemeral_1h_input_tokens")) if isinstance(split, dict) else 0
        fast = usage.get("speed") == "fast"
        self.cost += _dollars(known, (fresh, written - for_an_hour, for_an_hour, read, out), fast=fast)

    @property
    def why(self) -> str | None:
        """Why the stretch has to end, None while it may go on."""
        if self._uncounted and (self.max_tokens is not None or self.max_cost is not None):
            return self._uncounted
        if self.max_tokens is not None and self.tokens >= self.max_tokens:
            return f"has used {counted(self.tokens, 'token')} of {self.max_tokens:,}"
        if self.max_cost is not None and self.cost >= self.max_cost:
            return f"has cost ${self.cost:.4f} of ${self.max_cost:g}"
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> int:
    """What a server says, if it is a number of tokens."""
    return value if isinstance(value, int) and value > 0 else 0


def _dollars(known: Model, tokens: tuple[int, int, int, int, int], *, fast: bool) -> float:
    """What a reply costs by the formula of the contract (9.3), without what its tools cost."""
    fresh, written_5m, written_1h, read, out = tokens
    price_in, price_out = known.price_in or 0.0, known.price_out or 0.0
    if fast and known.price_fast is not None:
        price_in, price_out = known.price_fast
    price_read = READ * price_in if known.price_cache_read is None else known.price_cache_read
    spent = (fresh + WRITTEN_5M * written_5m + WRITTEN_1H * written_1h) * price_in
    return (spent + read * price_read + out * price_out) / MILLION
