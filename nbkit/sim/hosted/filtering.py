"""Web tools that are called from code, as their newer versions are: the code takes what it needs of what they
give, and only what it prints is read (contract, 3.5 and 4.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress

from nbkit.facts import facts
from nbkit.rules.tool_offers import filters_with_code
from nbkit.sim.hosted import web
from nbkit.sim.hosted.hosting import Errand, Hosting
from nbkit.sim.sealing import sealed
from nbkit.wire.blocks import Json

CALLER = "code_execution_20260120"
_CALL = re.compile(r"await (web_search|web_fetch)\((\{.*\})\)$", re.MULTILINE)
_CODE = {
    "web_search": 'for hit in found:\n    print(hit["title"], hit["url"])',
    "web_fetch": 'print(found["content"]["source"]["data"])',
}


def begun(hosting: Hosting, errand: Errand) -> Json:
    """Note the use of a server tool: its own, or that of code which calls it."""
    if not _is_through_code(hosting, errand.name):
        return hosting.use(errand)
    call = f"found = await {errand.name}({json.dumps(errand.input, ensure_ascii=False)})"
    return hosting.use(Errand("code_execution", {"code": f"{call}\n{_CODE[errand.name]}"}))


def calls_of(use: Json) -> list[Errand]:
    """The uses of web tools that the code of a use asks for."""
    found = _CALL.findall(str(use["input"].get("code"))) if use["name"] == "code_execution" else []
    calls = []
    for name, given in found:
        with suppress(ValueError):  # code from elsewhere may say it in other ways
            calls.append(Errand(name, json.loads(given)))
    return calls


def ran(hosting: Hosting, use: Json) -> Json | None:
    """Do what the code of a use asks of web tools, and return what it printed; None where it asks nothing.

    What comes of a search is for the server to read: its output is sealed.
    """
    calls = calls_of(use)
    if not calls:
        return None
    printed, failed = "", ""
    for call in calls:
        nested = hosting.use(call, {"type": CALLER, "tool_id": use["id"]})
        content = web.answered(hosting, nested)
        hosting.finish(nested, content)
        if isinstance(content, list):
            printed += "".join(f"{hit['title']} {hit['url']}\n" for hit in content)
        elif "error_code" in content:
            failed += f"RuntimeError: {call.name}: {content['error_code']}\n"
        else:
            printed += content["content"]["source"]["data"] + "\n"
    rest: Json = {"stderr": failed, "return_code": 1 if failed else 0, "content": []}
    if any(call.name == "web_search" for call in calls):
        rest["encrypted_stdout"] = sealed("encrypted_stdout", [failed, rest["return_code"]], len(printed))
        return {"type": "encrypted_code_execution_result", **rest}
    return {"type": "code_execution_result", "stdout": printed, **rest}


def shown(hosting: Hosting, blocks: Iterable[Json]) -> tuple[list[Json], list[Json]]:
    """The blocks that the reply has, and those that the tools leave out: what finished code has read."""
    left_out = {
        use["id"]
        for use in hosting.uses
        if (use.get("caller") or {}).get("tool_id") in hosting.results
        and (hosting.offers.get(use["name"]) or {}).get("response_inclusion") == "excluded"
    }
    parted: tuple[list[Json], list[Json]] = ([], [])
    for block in blocks:
        parted[bool({block.get("id"), block.get("tool_use_id")} & left_out)].append(block)
    return parted


def _is_through_code(hosting: Hosting, name: str) -> bool:
    offer = hosting.offers.get(name) or {}
    model = facts.model(hosting.body["model"])
    callers = offer.get("allowed_callers")
    if not filters_with_code(offer) or hosting.seen.forced == name or model is None:
        return False
    return model.called_by_code if callers is None else any(each != "direct" for each in callers)
