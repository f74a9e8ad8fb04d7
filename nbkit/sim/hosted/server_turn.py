"""A turn with server tools: uses and results in a loop within one reply, then calls of the client's tools, or
the answer; or a pause where the loop is long (contract, 3.5 and 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nbkit.sim.brain import conversing, grounding, scene, verses
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.brain.intent import Intent
from nbkit.sim.brain.scene import Scene
from nbkit.sim.hosted import (
    advising,
    code_report,
    code_runs,
    filtering,
    programmatic,
    tool_finding,
    wanting,
    web,
)
from nbkit.sim.hosted.containers import Container
from nbkit.sim.hosted.hosting import Errand, Hosting, Think, hosting_of
from nbkit.wire.blocks import Json

LIMIT = 10  # uses that run within one reply


def take_turn(body: Json, think: Think, container: Container) -> Intent | None:
    """Decide a reply that server tools have a part in, or None where they have none.

    `think` decides what is said and called without them; code runs in the `container`.
    """
    hosting = hosting_of(body, scene.read(body), container, think)
    if hosting is None or hosting.seen.output_schema is not None or hosting.seen.choice == "none":
        return None
    seen = hosting.seen
    if seen.choice == "tool" and seen.forced not in hosting.offers:
        return None
    for use in hosting.open_uses:
        hosting.finish(use, _ran(hosting, use))
    ran = len(hosting.said)
    calls = _client_calls(hosting, think)
    if not calls and not seen.now.outcomes:
        ran += _search_for_tools(hosting)
        calls = _client_calls(hosting, think)
    answered = bool(seen.now.outcomes)
    while errand := wanting.next_errand(hosting, has_calls=bool(calls) or answered):
        if calls and seen.parallel:  # called beside the client's tools: the use waits for their results
            filtering.begun(hosting, errand)
            return _begun(hosting, Intent(_why(errand), calls=calls))
        if ran >= LIMIT:
            filtering.begun(hosting, errand)
            return replace(_begun(hosting, Intent()), pauses=True)
        if not hosting.said and not hosting.results and seen.choice == "auto":
            hosting.said.append({"type": "text", "text": _announced(errand)})
        use = filtering.begun(hosting, errand)
        hosting.finish(use, _ran(hosting, use))
        ran += 1
    if calls and (kind := programmatic.caller_for(hosting, calls)):
        programmatic.call_from_code(hosting, calls, kind)
        return _begun(hosting, Intent("Code calls the tools and reads what they give."))
    if not hosting.said and not hosting.results:
        return None
    if calls:
        return _begun(hosting, Intent("The tools that I found fit the question.", calls=calls))
    return _concluded(hosting, think)


def _begun(hosting: Hosting, intent: Intent, answer: Sequence[Json] = ()) -> Intent:
    """The intent behind what the server tools did, with the answer from it."""
    said, left_out = filtering.shown(hosting, hosting.said)
    return replace(intent, blocks=(*said, *answer), left_out=tuple(left_out))


def _client_calls(hosting: Hosting, think: Think) -> tuple[scene.Call, ...]:
    """The calls that the client's tools would answer with, those found so far among them."""
    return think(_closed(hosting)).calls


def _closed(hosting: Hosting) -> Json:
    """The request for the brain alone: what is said in this reply only brings tools along."""
    return {**hosting.body, "tools": scene.visible_tools(hosting.body_so_far())}


def _search_for_tools(hosting: Hosting) -> int:
    name = next((name for name in hosting.offers if name.startswith("tool_search_tool")), None)
    deferred = [tool for tool in hosting.body["tools"] if tool.get("defer_loading")]
    if name is None or not deferred or any(use["name"] == name for use in hosting.uses):
        return 0
    question = scene.last_words(hosting.seen.now.question)
    errand = tool_finding.errand(name, question)
    if errand is None or not _is_open(hosting.seen, question):
        return 0
    if hosting.seen.choice == "auto":
        hosting.said.append({"type": "text", "text": "I'll look for a tool that can do this."})
    use = hosting.use(errand)
    hosting.finish(use, _ran(hosting, use))
    return 1


def _is_open(seen: Scene, question: str) -> bool:
    return not conversing.knows(seen, question) and not verses.is_creative(question)


def _ran(hosting: Hosting, use: Json) -> Json | list[Json]:
    name, given = use["name"], use["input"]
    if name in ("web_search", "web_fetch"):
        return web.answered(hosting, use)
    if name == advising.NAME:
        return advising.advised(hosting)
    if name.startswith("tool_search_tool"):
        deferred = [tool for tool in hosting.body["tools"] if tool.get("defer_loading")]
        return tool_finding.find(name, given, deferred)
    done = programmatic.printed(hosting, use) or filtering.ran(hosting, use)
    return done or code_runs.run(name, given, hosting.container)


def _announced(errand: Errand) -> str:
    match errand.name:
        case "web_search":
            return f"I'll search the web for “{errand.input['query']}”."
        case "web_fetch":
            return "I'll read that page."
        case advising.NAME:
            return "I'll ask for advice."
        case "text_editor_code_execution":
            return {"create": "I'll write that file.", "view": "I'll look at that file."}.get(
                errand.input["command"], "I'll change that file."
            )
    return "I'll run code for that."


def _why(errand: Errand) -> str:
    return f"{errand.name} and the tools of the user can work at the same time."


def _concluded(hosting: Hosting, think: Think) -> Intent:
    """The answer from what the server tools gave, beside what the client's tools gave."""
    answer = [*code_report.told(hosting), *_from_web(hosting), *advising.told(hosting)]
    if hosting.seen.now.outcomes:
        said = think(_closed(hosting))
        answer += [{"type": "text", "text": f"\n\n{said.text}"}] if said.text else list(said.blocks)
    failures = _failures(hosting)
    if failures:
        answer.append({"type": "text", "text": f" {failures}"})
    if not answer:
        answer = [{"type": "text", "text": _nothing(hosting)}]
    names = ", ".join(dict.fromkeys(use["name"] for use in hosting.uses))
    goes_on = not hosting.said or "tool_use_id" in hosting.said[0]
    thinking = "" if goes_on and hosting.said else f"The question needs {names}."
    first = answer[0]
    answer[0] = {**first, "text": first["text"].lstrip()} if first.get("text", "").strip() else first
    return _begun(hosting, Intent(thinking), answer)


def _from_web(hosting: Hosting) -> list[Json]:
    passages = _apart(hosting.passages())
    searches = [pair for pair in hosting.results_of("web_search") if isinstance(pair[1], list)]
    question = wanting.asked(hosting.seen.now.question) or (searches[0][0]["query"] if searches else "")
    if len(searches) < 2:
        return grounding.blocks(grounding.best(question, passages))
    picked: list[Passage] = []
    for given, hits in searches:
        first = hits[0]["title"] if hits else None
        page = [one for one in passages if one.title == first and one not in picked]
        picked += grounding.best(given["query"], page, 1)[:1]
    return grounding.blocks(picked)


def _apart(passages: list[Passage]) -> list[Passage]:
    """Each sentence once; of a page that was read, not what the search said of it."""
    fetched = {one.title for one in passages if one.citation is None or "document_index" in one.citation}
    kept: dict[tuple[str, str], Passage] = {}
    for one in passages:
        searched = one.citation is not None and "url" in one.citation
        if not (searched and one.title in fetched):
            kept.setdefault((one.title, one.text), one)
    return list(kept.values())


def _failures(hosting: Hosting) -> str:
    told = []
    for use in hosting.uses:
        content = hosting.results.get(use["id"], {}).get("content")
        if isinstance(content, dict) and "error_code" in content:
            given = use["input"]
            what = given.get("url") or given.get("query") or given.get("path")
            what = what or ("the code" if given else "this")
            told.append(f"`{use['name']}` failed for {what}: `{content['error_code']}`.")
    if any("unavailable" in each and "code_execution" in each for each in told):
        told.append("The simulator doesn't run code; it follows a small part of Python and of the shell.")
    return " ".join(told)


def _nothing(hosting: Hosting) -> str:
    if any(use["name"].startswith("tool_search_tool") for use in hosting.uses):
        return "I searched the tools, but found none that fits the question."
    return (
        "I found nothing that answers this. The simulator searches a small library of its own, not the web: "
        "try lighthouses, coffee, the Moon or tool use."
    )
