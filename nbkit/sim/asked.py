"""One request as it came in, and the workspace it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from nbkit.rules.body.body import parse
from nbkit.rules.validator import Problem
from nbkit.sim import intake
from nbkit.sim.headers import Front, front_of
from nbkit.sim.refusal import invalid, of_problem
from nbkit.sim.workspace import Workspace
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.faults.fault import Fault


@dataclass(frozen=True)
class Asked:
    """A request on its way to an answer: `path` without query and trailing slash, `headers` in lower case."""

    method: str
    path: str
    query_text: str
    headers: Mapping[str, str]
    body: bytes
    id: str
    now: float  # seconds since the epoch, by the simulator's clock
    workspace: Workspace
    faults: list[Fault] = field(default_factory=list)  # what is to happen to the answer

    @cached_property
    def front(self) -> Front:
        """Whose front door this request came to."""
        return front_of(self.path, self.headers.get("authorization", ""))

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.query_text)

    def unpacked(self) -> Asked:
        """Return the same with its body out of its `content-encoding`; refuses what is too large or torn."""
        body = intake.unpacked(self.path, self.headers, self.body)
        return self if body is self.body else replace(self, body=body)

    def json(self) -> Json:
        """Return the body as a JSON object; refuses anything else."""
        body = parse(self.body)
        if isinstance(body, Problem):
            raise of_problem(body)
        if not isinstance(body, dict):
            raise invalid("Input should be a valid dictionary")
        return body
