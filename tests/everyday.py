"""What a good answer to an everyday prompt shows: the labels of `data/sim/everyday.json`, and their check."""

import json
import re
from pathlib import Path
from typing import Any

from nbkit.sim.brain.intent import think

Json = dict[str, Any]
PROMPTS: list[Json] = json.loads((Path(__file__).parent / "data/sim/everyday.json").read_text("utf-8"))
_IGNORANT = r"know nothing|don't know|do not know"
_ITEM = re.compile(r"^\s*(?:[-*]|\d+[.)]) ", re.MULTILINE)


def talked(turns: str | list[str], **more: Any) -> str:
    """The last answer of a conversation in which a person says `turns`, one after the other."""
    body: Json = {"model": "m", "max_tokens": 999, "messages": [], **more}
    said = ""
    for turn in [turns] if isinstance(turns, str) else turns:
        body["messages"].append({"role": "user", "content": turn})
        said = think(body).text
        body["messages"].append({"role": "assistant", "content": said})
    return said


def lacking(case: Json, said: str) -> str:
    """What an answer lacks of what its label asks for, or ""."""
    plain = said.replace("**", "").strip()
    for pattern in case["must"]:
        if not re.search(pattern, plain, re.DOTALL | re.IGNORECASE):
            return f"shows no {pattern}"
    if (found := case.get("not_")) and re.search(found, plain):
        return f"shows {found}"
    if not case.get("honest") and re.search(_IGNORANT, plain):
        return "says that it does not know"
    return _form(case, plain)


def _form(case: Json, said: str) -> str:
    words, sentences = len(said.split()), len(re.findall(r"[.!?](?=\s|$)", said))
    items = len(_ITEM.findall(said)) or len(re.split(r",(?: and)? | and ", said.rstrip(".")))
    counts = {
        "words": words <= case.get("words", words),
        "min_words": words >= case.get("min_words", 0),
        "sentences": sentences == case.get("sentences", sentences),
        "items": items == case.get("items", items),
        "items_min": items >= case.get("items_min", 0),
        "items_or_commas": items >= case.get("items_or_commas", 0),
        "items_or_sentences": case.get("items_or_sentences", items) in (items, sentences),
    }
    wrong = [name for name, right in counts.items() if not right]
    return ", ".join(wrong) or _json(case.get("json"), said)


def _json(wanted: Any, said: str) -> str:
    if wanted is None:
        return ""
    try:
        value = json.loads(re.sub(r"^```\w*\n|\n```$", "", said))
    except ValueError:
        return "is no JSON"
    if isinstance(wanted, str):
        return "" if isinstance(value, list) and len(value) == int(wanted[5:]) else f"is no {wanted}"
    return "" if isinstance(value, dict) and value == wanted else f"is not {wanted}"
