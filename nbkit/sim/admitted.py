"""A request that is let in, as the model reads it: what was dropped, cleared and summed up before that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbkit.facts import facts
from nbkit.facts.facts import Model
from nbkit.sim.compacting import Compacted, on_the_way, since_summary
from nbkit.sim.context_edits import edited
from nbkit.sim.prompt import Prompt, measured
from nbkit.sim.verified import verified
from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the model reads (`prompt`, with its tokens), what the reply says of how that came about (`told`,
    and `applied` for its end), and the summary that was made on the way.
    """

    prompt: Prompt
    told: Json
    applied: list[Json] | None
    compacted: Compacted | None

    @property
    def request(self) -> Json:
        return self.prompt.request


def admitted(request: Json, headers: Mapping[str, str]) -> Admitted:
    """Refuse what only the server can (R34 to R37, R70, R93, R94, R96), and take the rest in."""
    model = model_of(request)
    told = verified(request, headers, model)
    if not MANAGED & request.keys() and not any(map(_may_have_summary, request["messages"])):
        return Admitted(measured(request, model, headers), told, None, None)
    read = edited(since_summary(request))
    compacted = on_the_way(read.request)
    prompt = measured(read.request, model, headers)
    if compacted is not None:
        prompt = measured(compacted.request, model, headers)
    return Admitted(prompt, told, read.applied, compacted)


MANAGED = {"context_management", "compaction"}


def _may_have_summary(message: Json) -> bool:
    content = message["content"]
    return not isinstance(content, str) and any(block.get("type") == "compaction" for block in content)


def model_of(request: Json) -> Model:
    model = facts.model(request["model"])
    assert model is not None  # the rules have refused what the table doesn't have
    return model
