"""The scenario in an endpoint: the simulator's own, or one of the library that a request names.

The room of scenarios is imported when there is one: reading YAML takes a tenth of the server's start.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError
from nbkit.sim.asked import Asked
from nbkit.sim.refusal import Refused, invalid
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.scenario.form import Script
    from nbkit.sim.scenario.scenario import Scenario
    from nbkit.sim.scenario.scripted import Speaker
    from nbkit.sim.scenario.situation import Situation
    from nbkit.sim.simulator import Simulator

HEADER = "x-nbkit-scenario"


def fits(simulator: Simulator, asked: Asked, request: Json) -> bool:
    """Whether a scenario has something for this request."""
    scenario = _scenario(simulator, asked)
    return scenario is not None and _fitting(scenario, asked, request) is not None


def is_on(simulator: Simulator, asked: Asked) -> bool:
    """Whether there is a scenario for this request to be looked up in."""
    return simulator.scenario is not None or HEADER in asked.headers


def check_named(simulator: Simulator, asked: Asked) -> None:
    """Refuse the name of a scenario that there isn't."""
    _scenario(simulator, asked)


def reply(simulator: Simulator, asked: Asked, request: Json, speaker: Speaker) -> Reply | None:
    """Return what the scenario says, and note its faults; None where the brain is to answer."""
    scenario = _scenario(simulator, asked)
    fitting = _fitting(scenario, asked, request) if scenario is not None else None
    if fitting is None:
        return None
    seen, script, found = fitting
    from nbkit.sim.faults import injection

    injection.note(asked, script.faults)
    if script.say is None and script.events is None:
        return None
    from nbkit.sim.scenario.scripted import reply_to

    with _told():
        return reply_to(seen, script, found, speaker, asked.faults)


def _fitting(
    scenario: Scenario, asked: Asked, request: Json
) -> tuple[Situation, Script, dict[str, Any]] | None:
    from nbkit.sim.faults import injection
    from nbkit.sim.scenario.situation import situation

    seen = situation(request, injection.attempt(asked))
    with _told():
        fitting = scenario.script_for(seen)
    return (seen, *fitting) if fitting is not None else None


@contextmanager
def _told() -> Iterator[None]:
    """What a function of somebody's Python scenario raises is theirs: told in the answer, and no log."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001  # anybody's code
        last = traceback.extract_tb(error.__traceback__)[-1]
        what = str(error) if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
        message = f"The scenario failed at {last.filename}:{last.lineno}: {what}"
        raise Refused(500, "api_error", message, headers={"x-should-retry": "false"}) from None


def _scenario(simulator: Simulator, asked: Asked) -> Scenario | None:
    name = asked.headers.get(HEADER)
    if name is None:
        return simulator.scenario
    from nbkit.sim.faults.fault import nearest
    from nbkit.sim.scenario.scenario import Scenario, named

    if name not in Scenario.names():
        guess = nearest(name, Scenario.names())
        raise invalid(f"{HEADER}: no scenario {name!r}{guess} (scenarios: {', '.join(Scenario.names())})")
    return named(name)
