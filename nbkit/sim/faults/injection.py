"""Where faults happen to an answer: some stand in its place, before its body is judged (contract, 7.6), the
others are done to the plan that was made for it.

They are asked for by the header `x-nbkit-fault`, for one request, or by a scenario.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from nbkit.errors import UsageError
from nbkit.sim.asked import Asked
from nbkit.sim.faults import HEADER, byte_faults, event_faults
from nbkit.sim.faults.event_faults import Item
from nbkit.sim.faults.fault import Fault, parse
from nbkit.sim.faults.fault_kinds import ERRORS, KINDS
from nbkit.sim.faults.framings import Framing, framing_of
from nbkit.sim.faults.whole_faults import WHOLE
from nbkit.sim.plan import Plan, bytes_plan, no_answer, refused_plan
from nbkit.sim.refusal import Refused, invalid
from nbkit.wire.blocks import Json

_RETRIES = re.compile("[0-9]{1,9}")
_AMAZONS = re.compile("attempt=([0-9]{1,9})")
WITHOUT_EFFECT = "nbkit-fault-without-effect"
SSE_ONLY = ("crlf", "split_escape")
AFTER = 3  # events, where nothing is said
PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<h1>502 Bad Gateway</h1>\r\n</body>\r\n</html>\r\n"
)


def begin(asked: Asked) -> None:
    """Note what the header of the request asks for; refuses a header that can't be read."""
    try:
        faults = parse(asked.headers[HEADER], KINDS)
    except UsageError as error:
        raise invalid(
            f"{HEADER}: {error} (faults: {', '.join(KINDS)}; example: overloaded; after=3)"
        ) from None
    note(asked, faults)


def note(asked: Asked, faults: Iterable[Fault]) -> None:
    """Let these faults happen to the answer; one that stands in its place is raised at once."""
    tried = attempt(asked)
    held = [fault for fault in faults if fault.holds(tried)]
    asked.faults.extend(held)
    if held:
        asked.workspace.tries.fail(asked.id)
    for fault in held:
        if fault.stage == "error" and fault.options["after"] is None:
            raise refusal(fault)


def attempt(asked: Asked) -> int:
    """How often the client has tried before: by what it says, or else by what failed here."""
    if counted := _RETRIES.fullmatch(asked.headers.get("x-stainless-retry-count", "")):
        return int(counted[0])
    if counted := _AMAZONS.search(asked.headers.get("amz-sdk-request", "")):
        return max(int(counted[1]) - 1, 0)
    return asked.workspace.tries.failed(asked.id)


def refusal(fault: Fault) -> Refused:
    """The refusal that a fault is."""
    options = fault.options
    status, type, message = ERRORS.get(fault.name) or (options["code"], options["type"], "Simulated error")
    headers = {"anthropic-ratelimit-requests-remaining": "0"} if status == 429 else {}
    if options["retry_after"] != "none":
        headers["retry-after"] = options["retry_after"]
    if options["retry_after_ms"] is not None:
        headers["retry-after-ms"] = str(options["retry_after_ms"])
    if options["should_retry"] is not None:
        headers["x-should-retry"] = options["should_retry"]
    return Refused(status, type, options["message"] or message, headers=headers)


def applied(plan: Plan, asked: Asked) -> Plan:
    """Return the plan with its faults done to it, in their order: events first, then bytes."""
    faults = asked.faults
    if faults and plan.pending is not None:
        pending = plan.pending.then(lambda made: applied(made, asked))
        return dataclasses.replace(plan, pending=pending)
    for fault in faults:
        if fault.name == "no_answer":
            return no_answer()
        if fault.name == "bad_gateway":
            return bytes_plan(asked, PAGE, "text/html", 502)
    if not faults or plan.status != 200:
        return plan
    framing = framing_of(plan.headers["content-type"])
    steps = plan.steps
    if framing is None:
        for fault in faults:
            if fault.stage == "error":
                return refused_plan(asked, refusal(fault))
        plan = _in_whole(plan, faults)
        steps = plan.steps
    else:
        among = [fault for fault in faults if _is_among_events(fault)]
        if among:
            steps = _among_events(steps, among, framing, asked)
    size = int(plan.headers.get("content-length", 0))
    for fault in faults:
        if fault.stage == "bytes" and not (framing is not None and _is_among_events(fault)):
            steps = _in_bytes(steps, fault, size, is_sse=plan.headers["content-type"].startswith("text/"))
    return dataclasses.replace(plan, steps=steps)


def _in_whole(plan: Plan, faults: list[Fault]) -> Plan:
    """Do to an answer that is no stream what can be done to it; a header names what can't."""
    wanted = [fault.name for fault in faults if fault.stage == "events" or fault.name in SSE_ONLY]
    done = [name for name in wanted if name in WHOLE and plan.headers["content-type"] == "application/json"]
    headers = dict(plan.headers)
    if len(done) < len(wanted):
        headers[WITHOUT_EFFECT] = ", ".join(name for name in wanted if name not in done)
    if not done:
        return dataclasses.replace(plan, headers=headers)
    steps = list(plan.steps)
    data = b"".join(step for step in steps if isinstance(step, bytes))
    for name in done:
        data = WHOLE[name](data)
    headers["content-length"] = str(len(data))
    waits = [step for step in steps if not isinstance(step, bytes)]
    return dataclasses.replace(plan, headers=headers, steps=iter([*waits, data]))


def _is_among_events(fault: Fault) -> bool:
    """A cut and a stall are counted in events unless bytes are said."""
    return fault.stage in ("error", "events") or (
        fault.name in ("cut", "stall") and fault.options["at"] is None
    )


def _among_events(
    steps: Iterator[bytes | float], faults: list[Fault], framing: Framing, asked: Asked
) -> Iterator[bytes | float]:
    items = _read(steps, framing)
    for fault in faults:
        items = _with(items, fault, framing, asked)
    for item in items:
        yield framing.write(item) if isinstance(item, dict) else item


def _read(steps: Iterator[bytes | float], framing: Framing) -> Iterator[Item]:
    for step in steps:
        if isinstance(step, bytes):
            yield from framing.read(step)
        else:
            yield step


def _with(items: Iterator[Item], fault: Fault, framing: Framing, asked: Asked) -> Iterator[Item]:
    options = fault.options
    after = AFTER if options.get("after") is None else options["after"]
    match fault.name:
        case "cut":
            return event_faults.cut(items, after)
        case "stall":
            return event_faults.stall(items, after, options["seconds"])
        case "garbage":
            return event_faults.garbage(items, after, framing.garbage())
    if fault.stage == "error":
        envelope: Json = refusal(fault).envelope(asked.id)
        return event_faults.error(items, after, envelope)
    return event_faults.applied(fault.name, items, dict(options))


def _in_bytes(
    steps: Iterator[bytes | float], fault: Fault, size: int, *, is_sse: bool
) -> Iterator[bytes | float]:
    options = fault.options
    at = size // 2 if options.get("at") is None else options["at"]
    match fault.name:
        case "cut":
            return byte_faults.cut(steps, at)
        case "stall":
            return byte_faults.stall(steps, at, options["seconds"])
        case "delay":
            return byte_faults.delay(steps, options["seconds"])
        case "slow":
            return byte_faults.drip(steps, options["bytes"], options["every"])
        case "split":
            return byte_faults.drip(steps, options["bytes"], 0.0)
        case "split_utf8":
            return byte_faults.split_utf8(steps)
    if is_sse and fault.name in SSE_ONLY:
        return byte_faults.crlf(steps) if fault.name == "crlf" else byte_faults.split_escape(steps)
    return steps
