"""What a browser is told: a page of another origin is let in if it says that it means it."""

from __future__ import annotations

from dataclasses import replace

from nbkit.sim.asked import Asked
from nbkit.sim.plan import Plan, bytes_plan
from nbkit.sim.refusal import Refused
from nbkit.sim.workspace import key_of

MEANT = "anthropic-dangerous-direct-browser-access"
METHODS = "GET, POST, DELETE, OPTIONS"
SECONDS = "600"  # that a browser may remember it


def preflight(asked: Asked) -> Plan | None:
    """Answer what a browser asks before a page's request; None for anything else."""
    wanted = asked.headers.get("access-control-request-headers", "")
    if (
        asked.method != "OPTIONS"
        or "access-control-request-method" not in asked.headers
        or not (_is_ours(asked) or _is_journal(asked))
    ):
        return None
    plan = bytes_plan(asked, b"", "text/plain")
    if MEANT not in [name.strip().lower() for name in wanted.split(",")]:
        return plan  # which lets nobody in
    # Named one by one, as `*` leaves out the authorization.
    told = {"access-control-allow-headers": wanted, "access-control-allow-methods": METHODS}
    return _opened(plan, {**told, "access-control-max-age": SECONDS})


def check(asked: Asked) -> None:
    """Refuse the request of a page that doesn't say that it means it."""
    if "origin" in asked.headers and MEANT not in asked.headers and _is_ours(asked):
        raise Refused(401, "authentication_error", f"CORS requests must set '{MEANT}' header")


def shown(asked: Asked, plan: Plan) -> Plan:
    """Return the plan, with leave for the page to read the answer."""
    if "origin" not in asked.headers or MEANT not in asked.headers:
        return plan
    if not _is_ours(asked) and not (_is_journal(asked) and key_of(asked.headers)):
        return plan
    if plan.pending is not None:
        return replace(plan, pending=plan.pending.then(lambda made: _opened(made, {})))
    return _opened(plan, {})


def _is_ours(asked: Asked) -> bool:
    return asked.path.startswith("/v1/") and asked.front == "anthropic"


def _is_journal(asked: Asked) -> bool:
    """What came in with a key is read with that key; without one, pages would read each other's."""
    return asked.path.startswith("/_nbkit/")


def _opened(plan: Plan, more: dict[str, str]) -> Plan:
    opened = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
    return replace(plan, headers={**plan.headers, **opened, **more})
