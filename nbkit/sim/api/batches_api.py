"""`/v1/messages/batches`: create, list, retrieve, cancel, delete, and the results as JSON lines.

What is wrong with the batch is refused at once; what is wrong with one of its requests is that request's
result. Results are made while they are read.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbkit.rules import batch as rules
from nbkit.rules.endpoints import MESSAGES
from nbkit.rules.envelope import VALID_KEY
from nbkit.sim.admitted import admitted
from nbkit.sim.api import scripting
from nbkit.sim.api.admission import check_body, check_headers
from nbkit.sim.api.messages_api import answer
from nbkit.sim.asked import Asked
from nbkit.sim.attachments import resolved
from nbkit.sim.batch_store import OVERHEAD, Batch
from nbkit.sim.file_store import StoredFile
from nbkit.sim.ids import new_id
from nbkit.sim.mid_conversation import with_contents
from nbkit.sim.paging import page_of
from nbkit.sim.plan import Plan, json_plan, stream_plan
from nbkit.sim.refusal import Refused, invalid, not_found, of_problem
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

log = logging.getLogger(__name__)

HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")
TOGETHER = 5  # results that are made in one go
JSON_LINES = "application/x-jsonl"


def create(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers)
    scripting.check_named(simulator, asked)
    requests = _requests(asked.json())
    store = asked.workspace.batches
    kept = {
        name: value
        for name, value in asked.headers.items()
        if name.startswith("anthropic-") or name == scripting.HEADER
    }
    kept["x-api-key"] = VALID_KEY  # its own is kept nowhere
    slim = replace(asked, headers=kept, body=b"", workspace=asked.workspace.apart())
    entries = [(entry["custom_id"], _json(entry["params"])) for entry in requests]
    files: dict[str, StoredFile] = {}
    refused = {
        at: refusal
        for at, entry in enumerate(requests)
        if (refusal := _refusal(simulator, slim, entry["params"], files))
    }
    material = f"{asked.id}\0{asked.workspace.name}\0{store.created}".encode()
    batch = Batch(
        id=new_id("msgbatch", material),
        asked=slim,
        created=simulator.clock(),  # to judge many takes a while
        seconds=simulator.batch_seconds,
        entries=entries,
        refused=refused,
        files=files,
        size=sum(len(body) + OVERHEAD for _, body in entries) + sum(file.size for file in files.values()),
        total=len(entries),
    )
    store.add(batch, batch.created)
    # A batch that takes no time has ended when it is looked at, not when it is created.
    return json_plan(asked, batch.told(batch.ends - 1, _host(asked)))


def list_all(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers)
    host = _host(asked)
    batches = asked.workspace.batches.newest_first(asked.now)
    return json_plan(asked, page_of([batch.told(asked.now, host) for batch in batches], asked.query))


def retrieve(simulator: Simulator, asked: Asked, id: str) -> Plan:
    batch = _found(asked, id)
    return json_plan(asked, batch.told(asked.now, _host(asked)))


def cancel(simulator: Simulator, asked: Asked, id: str) -> Plan:
    batch = _found(asked, id)
    if batch.canceled is None and not batch.has_ended(asked.now):
        batch.canceled = asked.now
    return json_plan(asked, batch.told(asked.now, _host(asked)))


def delete(simulator: Simulator, asked: Asked, id: str) -> Plan:
    batch = _found(asked, id)
    if not batch.has_ended(asked.now):
        raise invalid("In progress batches cannot be deleted. Consider canceling the batch instead.")
    asked.workspace.batches.remove(batch.id)
    return json_plan(asked, {"id": batch.id, "type": "message_batch_deleted"})


def results(simulator: Simulator, asked: Asked, id: str) -> Plan:
    batch = _found(asked, id)
    if not batch.has_ended(asked.now) or batch.archived is not None:
        raise not_found(f"Message Batch {batch.id} has no available results.")
    # As it stands now, and with an empty cache: each reading finds the same.
    standing = replace(batch, asked=replace(batch.asked, workspace=asked.workspace.apart()))
    return stream_plan(asked, _lines(simulator, standing), JSON_LINES)


def _requests(body: Json) -> list[Any]:
    """Return the requests of a batch; refuses what the batch itself may not be."""
    for problem in rules.shape(body):
        raise of_problem(problem)
    requests: list[Any] = body["requests"]
    for at, (entry, found) in enumerate(zip(requests, rules.entries(requests), strict=True)):
        for problem in found:
            if not problem.path.startswith(f"requests.{at}.params."):  # that is the request's result
                raise of_problem(problem)
        if not isinstance(entry["params"], dict):
            raise invalid(f"requests.{at}.params: Input should be a valid dictionary")
    return requests


def _refusal(
    simulator: Simulator, asked: Asked, params: Json, files: dict[str, StoredFile]
) -> Refused | None:
    try:
        for problem in rules.params(params):
            raise of_problem(problem)
        check_body(params, asked.headers, MESSAGES, in_batch=True)
        params = resolved(params, asked, held=files)
        if scripting.is_on(simulator, asked):  # which may refuse, too
            answer(simulator, replace(asked, faults=[]), params)
        else:
            admitted(with_contents(params), asked.headers)
    except Refused as refusal:
        return refusal
    return None


def _lines(simulator: Simulator, batch: Batch) -> Iterator[bytes | float]:
    """Yield the results of a batch as it stood: who reads already reads on, also when it is archived."""
    done = batch.done
    for number, at in enumerate(batch.order(), 1):
        custom_id, body = batch.entries[at]
        result = _result(simulator, batch, at, body) if at < done else {"type": batch.undone}
        yield _json({"custom_id": custom_id, "result": result}) + b"\n"
        if number % TOGETHER == 0:
            yield 0.0  # no wait, but others may run


def _result(simulator: Simulator, batch: Batch, at: int, body: bytes) -> Json:
    if refusal := batch.refused.get(at):
        return _errored(refusal)
    try:
        asked = replace(batch.asked, faults=[])
        message = answer(simulator, asked, resolved(json.loads(body), asked, held=batch.files)).message()
    except Refused as refusal:
        return _errored(refusal)
    except Exception as error:
        log.exception("the simulator could not answer a request of a batch: please report it")
        return _errored(Refused(500, "api_error", f"Internal server error ({type(error).__name__})"))
    message["usage"]["service_tier"] = "batch"
    return {"type": "succeeded", "message": message}


def _errored(refusal: Refused) -> Json:
    return {"type": "errored", "error": refusal.envelope(None)}


def _found(asked: Asked, id: str) -> Batch:
    check_headers(asked.headers)
    batch = asked.workspace.batches.get(id, asked.now)
    if batch is None:
        raise not_found(f"Message Batch {id[:100]} not found.")
    return batch


def _host(asked: Asked) -> str:
    """Where this request went, as far as its headers say: results are had from there, too."""
    host = asked.headers.get("host", "")
    if not HOST.fullmatch(host):
        return "https://api.anthropic.com"
    scheme = asked.headers.get("x-forwarded-proto", "").lower()
    if scheme not in ("http", "https"):
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        is_near = name == "localhost" or name.startswith("[") or name.replace(".", "").isdecimal()
        scheme = "http" if is_near or name != host else "https"
    return f"{scheme}://{host}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
