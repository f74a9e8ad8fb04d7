"""A careful small model: from the array to what it wants to say. Deterministic and stateless: no clock, no
memory, no chance.

Plain talk is answered here; where there are tools, results, documents or a schema, `calling` decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from nbkit.sim.brain import conversing, manners, scene
from nbkit.sim.brain.scene import Call, Scene
from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Intent:
    """What the brain wants to say: thinking first, then blocks of any kind in their order, then text, then
    calls; each may be empty.

    Ids in `blocks` are names that hold within the intent; the reply gives them those of the API.
    """

    thinking: str = ""
    text: str = ""
    calls: tuple[Call, ...] = ()
    blocks: tuple[Json, ...] = ()
    pauses: bool = False  # the server's loop is long: the turn goes on when it is sent back
    left_out: tuple[Json, ...] = ()  # what server tools did that the request wants counted, not shown


def think(body: Json) -> Intent:
    """Decide the reply to a request that the rules have passed."""
    seen = scene.read(body)
    if seen.prefill:
        return Intent("", conversing.continued(seen))
    if _is_plain_talk(seen):
        return plainly(seen)
    from nbkit.sim.brain import calling  # with all that fills arguments and reads results: much to import

    return calling.intended(seen)


def plainly(seen: Scene) -> Intent:
    """Answer from the words alone."""
    text = conversing.reply(seen)
    thinking = f"The user says: “{conversing.quoted(seen)}” No tool is needed for this."
    return Intent(thinking, manners.applied(seen.system, text, seen.now.question))


def _is_plain_talk(seen: Scene) -> bool:
    if seen.tools or seen.sources or seen.output_schema is not None:
        return False
    return not any(exchange.outcomes for exchange in seen.exchanges)
