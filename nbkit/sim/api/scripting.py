"""The scenario in an endpoint: the simulator's own, or one of the library that a request names.

The room of scenarios is imported when there is one: reading YAML takes a tenth of the server's start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.sim.asked import Asked
from nbkit.sim.faults import injection
from nbkit.sim.faults.fault import nearest
from nbkit.sim.refusal import invalid
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.scenario.scenario import Scenario
    from nbkit.sim.scenario.scripted import Speaker
    from nbkit.sim.simulator import Simulator

HEADER = "x-nbkit-scenario"


def fits(simulator: Simulator, asked: Asked, request: Json) -> bool:
    """Whether a scenario has something for this request."""
    scenario = _scenario(simulator, asked)
    if scenario is None:
        return False
    from nbkit.sim.scenario.situation import situation

    return scenario.script_for(situation(request, injection.attempt(asked))) is not None


def is_on(simulator: Simulator, asked: Asked) -> bool:
    """Whether there is a scenario for this request to be looked up in."""
    return simulator.scenario is not None or HEADER in asked.headers


def reply(simulator: Simulator, asked: Asked, request: Json, speaker: Speaker) -> Reply | None:
    """Return what the scenario says, and note its faults; None where the brain is to answer."""
    scenario = _scenario(simulator, asked)
    if scenario is None:
        return None
    from nbkit.sim.scenario.scripted import reply_to
    from nbkit.sim.scenario.situation import situation

    seen = situation(request, injection.attempt(asked))
    fitting = scenario.script_for(seen)
    if fitting is None:
        return None
    script, found = fitting
    injection.note(asked, script.faults)
    if script.say is None and script.events is None:
        return None
    return reply_to(seen, script, found, speaker, asked.faults)


def _scenario(simulator: Simulator, asked: Asked) -> Scenario | None:
    name = asked.headers.get(HEADER)
    if name is None:
        return simulator.scenario
    from nbkit.sim.scenario.scenario import Scenario, named

    if name not in Scenario.names():
        guess = nearest(name, Scenario.names())
        raise invalid(f"{HEADER}: no scenario {name!r}{guess}. Scenarios: {', '.join(Scenario.names())}")
    return named(name)
