"""The simulated API as one function: from a request to a plan, whose bytes are made while they are asked for.

The order of the checks is the API's: size, route, key, version, betas, JSON, shape, model, rules,
signatures. What is legal is `rules`' to say; what is said is the brain's. No content depends on a clock;
only headers do.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nbkit.errors import UsageError, quoted
from nbkit.sim import browsers
from nbkit.sim.api import routes
from nbkit.sim.asked import Asked
from nbkit.sim.headers import front_of
from nbkit.sim.ids import marked, new_id
from nbkit.sim.intake import MAX_BODY
from nbkit.sim.plan import Plan, refused_plan
from nbkit.sim.refusal import Refused
from nbkit.sim.repetition import Repetitions, name_of
from nbkit.sim.workspace import Workspaces

if TYPE_CHECKING:
    from nbkit.sim.journal.recorder import Recorder
    from nbkit.sim.person.desk import Person
    from nbkit.sim.scenario.scenario import Scenario
    from nbkit.sim.transport import SimulatorTransport


log = logging.getLogger(__name__)

__all__ = ["MAX_BODY", "Simulator"]


class Simulator:
    """The simulated Messages API. The same request and seed give the same content, whole and streamed.

    `pace` is tokens per second for a person who watches, or None for no waits at all. With `journal` the
    requests of each key are kept, without secrets and within bounds: `GET /_nbkit/requests` shows them with
    what was wrong in them and between them. With a `key`, no other passes.

    With `brain="person"` a person is the model: requests for a message wait at `person` until they are
    answered there, or for `patience` seconds. Requests in batches, which nobody waits for, have the usual
    brain. Raises `UsageError` for another brain.

    A batch takes `batch_seconds`, by the `clock`; at once is 0, and what isn't done in 24 hours expires.

    A `scenario`, or its name or file, says what it has for a request before the brain or the person does.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        pace: float | None = None,
        journal: bool = False,
        brain: Literal["built-in", "person"] = "built-in",
        patience: float = 540.0,
        key: str | None = None,
        batch_seconds: float = 0.5,
        scenario: Scenario | str | Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.seed = seed
        self.pace = pace
        self.key = key
        self.clock = clock
        self.batch_seconds = batch_seconds
        self.journal = _recorder() if journal else None
        if brain not in ("built-in", "person"):
            raise UsageError(f"brain is 'built-in' or 'person', not {quoted(brain)}")
        self.person = _desk(patience) if brain == "person" else None
        self.scenario = _loaded(scenario)
        self._workspaces = Workspaces()
        self._repetitions = Repetitions()

    def __repr__(self) -> str:
        return f"Simulator(seed={self.seed})"

    def transport(self) -> SimulatorTransport:
        """Return an httpx transport, sync and async in one, that answers in this process."""
        from nbkit.sim.transport import SimulatorTransport

        return SimulatorTransport(self)

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Plan:
        """Answer one request. Never raises: what is wrong with the request is an answer too."""
        plain = self.journal is None and self.person is None and self.scenario is None and not self.pace
        name = name_of(method, path, headers, body) if plain else None
        if name is None:
            return self._judged(method, path, headers, body)
        known = self._repetitions.recall(name, self.clock())
        return known or self._repetitions.kept(name, self._judged(method, path, headers, body))

    def _judged(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Plan:
        asked = self._asked(method, path, headers, body)
        try:
            return self._noted(asked.unpacked(), None)
        except Refused as refused:
            return self._noted(asked, refused)

    def refuse(self, method: str, path: str, headers: Mapping[str, str], refusal: Refused) -> Plan:
        """Answer a request whose body doesn't come whole, for what a server found wrong with it."""
        return self._noted(self._asked(method, path, headers, b""), refusal)

    def _noted(self, asked: Asked, refusal: Refused | None) -> Plan:
        if self.journal is None or asked.path.startswith(routes.JOURNAL):
            return self._answered(asked, refusal)
        entry = self.journal.note(asked)
        return self.journal.followed(asked, entry, self._answered(asked, refusal))

    def _answered(self, asked: Asked, refusal: Refused | None) -> Plan:
        return browsers.shown(asked, self._decided(asked, refusal))

    def _decided(self, asked: Asked, refusal: Refused | None) -> Plan:
        try:
            if refusal is not None:
                raise refusal
            return routes.answer(self, asked)
        except Refused as refused:
            return refused_plan(asked, refused)
        except Exception as error:
            log.exception("the simulator could not answer a request: please report it")
            what = f"Internal server error (the simulator's own: {type(error).__name__})"
            return refused_plan(asked, Refused(500, "api_error", what, headers={"x-should-retry": "false"}))

    def _asked(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Asked:
        route, _, query = path.partition("?")
        sent = {"host": "", **{name.lower(): value for name, value in headers.items()}}
        workspace = self._workspaces.of(sent)
        said = f"{self.seed}\0{workspace.name}\0{method}\0{path}\0"
        id = new_id("req", said.encode(errors="surrogatepass") + body)
        return Asked(
            method=method.upper(),
            path=route.rstrip("/"),
            query_text=query,
            headers=sent,
            body=body,
            id=marked(id, "vrtx") if front_of(route) == "google" else id,
            now=self.clock(),
            workspace=workspace,
        )


# What few simulators have is imported where one has it.


def _recorder() -> Recorder:
    from nbkit.sim.journal.recorder import Recorder

    return Recorder()


def _desk(patience: float) -> Person:
    from nbkit.sim.person.desk import Person

    return Person(patience)


def _loaded(scenario: Scenario | str | Path | None) -> Scenario | None:
    if scenario is None:
        return None
    from nbkit.sim.scenario.scenario import Scenario

    return scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
