"""What only the server can judge of a request: whether what it once said comes back as it was."""

from __future__ import annotations

from collections.abc import Mapping

from nbkit.facts.facts import Model
from nbkit.sim.binding import check_thinking
from nbkit.sim.compacting import check_summaries
from nbkit.sim.pausing import check_paused
from nbkit.sim.sealing import check_sealed
from nbkit.wire.blocks import Json


def verified(request: Json, headers: Mapping[str, str], model: Model) -> Json:
    """Return what the reply says of thinking that was dropped (R37).

    Refuses thinking that was changed (R34 to R36), results that were (R93), a paused turn that goes on as
    another one (R94), and a summary that isn't the one that was made (R96).
    """
    told = check_thinking(request, dict(headers), model)
    check_sealed(request)
    check_paused(request)
    check_summaries(request)
    return told
