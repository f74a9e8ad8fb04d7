"""The prompt of a request in tokens, as its model counts them: `usage`, cache and context go by these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbkit.facts.facts import Model
from nbkit.rules.envelope import betas_of
from nbkit.rules.portable.estimate import Position, positions
from nbkit.rules.request import LONG_CONTEXT
from nbkit.sim.refusal import invalid
from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Prompt:
    """The blocks of a request that the rules have passed, and how much the model's context holds."""

    request: Json
    model: Model
    blocks: list[Position]
    total: int
    context: int

    @property
    def room(self) -> int:
        """The tokens that the context has left for an answer."""
        return self.context - self.total


def measured(request: Json, model: Model, headers: Mapping[str, str]) -> Prompt:
    """Count a prompt; refuses one of more tokens than the context holds (R70)."""
    blocks = list(positions(request))
    total = sum(block.tokens for block in blocks)
    context = max(model.context, 1_000_000 if LONG_CONTEXT in betas_of(headers) else 0)
    if total > context:
        raise invalid(f"prompt is too long: {total} tokens > {context} maximum")
    return Prompt(request, model, blocks, total, context)
