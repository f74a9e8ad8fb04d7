"""`GET /v1/models` and `GET /v1/models/{id}`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from nbkit.facts import facts
from nbkit.sim import catalogue
from nbkit.sim.api.admission import check_headers
from nbkit.sim.asked import Asked
from nbkit.sim.plan import Plan, json_plan
from nbkit.sim.refusal import not_found

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator


def list_all(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers)
    return json_plan(asked, catalogue.listing(asked.query))


def retrieve(simulator: Simulator, asked: Asked, name: str) -> Plan:
    check_headers(asked.headers)
    model = facts.model(unquote(name))
    if model is None:
        raise not_found(f"model: {unquote(name)}")
    return json_plan(asked, catalogue.describe(model))
