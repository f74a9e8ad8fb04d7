"""A request that is let in, as the model reads it: what was dropped, cleared and summed up before that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbkit.facts import facts
from nbkit.facts.facts import Model
from nbkit.sim import mid_conversation
from nbkit.sim.compacting import Compacted, on_the_way, since_summary
from nbkit.sim.context_edits import Edited, edited
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
        """What the model goes by, with the tools that it has in the end."""
        request = self.prompt.request
        return mid_conversation.with_tools_in_force(request)


def admitted(request: Json, headers: Mapping[str, str]) -> Admitted:
    """Refuse what only the server can (R34 to R37, R70, R93, R94, R96), and take the rest in."""
    model = model_of(request)
    told = verified(request, headers, model)
    if not MANAGED & request.keys() and not any(map(_is_more_than_said, request["messages"])):
        return Admitted(measured(request, model, headers), told, None, None)
    read = as_read(request)
    compacted = on_the_way(read.request)
    prompt = measured(read.request, model, headers)
    if compacted is not None:
        prompt = measured(compacted.request, model, headers)
    return Admitted(prompt, told, read.applied, compacted)


MANAGED = {"context_management", "compaction"}


def as_read(request: Json) -> Edited:
    """Return a request as its model reads it: what is over, summed up or cleared is left out."""
    return edited(since_summary(mid_conversation.without_cleared(request)))


def _is_more_than_said(message: Json) -> bool:
    """Whether a message may change what stands around it."""
    if message["role"] == "system":
        return True
    content = message["content"]
    return not isinstance(content, str) and any(block.get("type") == "compaction" for block in content)


def model_of(request: Json) -> Model:
    model = facts.model(request["model"])
    assert model is not None  # the rules have refused what the table doesn't have
    return model
