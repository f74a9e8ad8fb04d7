"""The platforms that serve the Messages API as it is at addresses of their own (contract, section 10).

Amazon's Messages endpoint and Microsoft Foundry have it below `/anthropic`, Google Cloud below a workspace.
Amazon's model ids carry the maker's name in front.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbkit.sim.api import admission, messages_api
from nbkit.sim.asked import Asked
from nbkit.sim.plan import Plan
from nbkit.sim.workspace import key_of
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

MAKER = "anthropic."


def create(simulator: Simulator, asked: Asked, **place: str) -> Plan:
    return messages_api.create(simulator, _first_party(asked, "/v1/messages"))


def count(simulator: Simulator, asked: Asked, **place: str) -> Plan:
    return messages_api.count(simulator, _first_party(asked, "/v1/messages/count_tokens"))


def check_login(asked: Asked) -> None:
    """Refuse a request without a valid key, by whichever way the platform takes it."""
    admission.check_login(_first_party(asked, "/v1/messages"))


def _first_party(asked: Asked, path: str) -> Asked:
    """The same request as it would be sent to Anthropic."""
    headers = {**asked.headers, "x-api-key": key_of(asked.headers)}
    headers.pop("authorization", None)  # whatever signed it, `key_of` has read it
    return Hosted(**vars(replace(asked, path=path, headers=headers)))


class Hosted(Asked):
    """A request whose model may have the maker's name in front."""

    def json(self) -> Json:
        body = super().json()
        model = body.get("model")
        return {**body, "model": model.removeprefix(MAKER)} if isinstance(model, str) else body
