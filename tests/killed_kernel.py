"""A real kernel that is killed in the middle of a loop, and a new one that goes on with what is left.

`python killed_kernel.py NUMBER [SEED [KERNEL]]` kills until there were NUMBER kills, seed by seed, and says
what was tried, or what was wrong and with which seed. KERNEL is a folder with another ipykernel.

A case is one question about three cities. Somebody decides its calls, by clicks and by cells, while a fuse
burns (see `fuse`), or a clock outside the kernel runs out. The kernel is killed; a new one restores as a
person would, by what its first cell says, and goes on to the end, in some cases to be killed again.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import nbkit
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved.journal import earlier
from real_kernel import CellFailed, Kernel, Killed

Json = dict[str, Any]

CITIES = ("Paris", "Oslo", "Rome")
QUESTION = "What is the weather in Paris and in Oslo and in Rome?"
FUSES = {"line": 9000, "write": 22, "tool": 9}  # how far the last points of a case are
SECONDS = 2.5
BUSY = ("streaming", "running")
TOO_LATE = "can't go on: turn is streaming a reply"
MOST_KILLS = 3  # in one case

SETUP = """\
%load_ext nbkit
import fuse, json, nbkit, os, time
import nbkit.notebook.session
from killed_kernel import told
nbkit.notebook.session.PACE = 400

def note(word, city):
    file = os.open("ran.txt", os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(file, f"{word} {city}\\n".encode())
    fuse.sync(file)
    os.close(file)

@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    fuse.come_by()
    note("begin", city)
    time.sleep(0.01)
    fuse.come_by()
    note("end", city)
    fuse.come_by()
    return f"sunny in {city}, 20 °C"
"""


def told(chat: Conversation) -> Json:
    """What matters of a conversation, as JSON."""
    probe = chat.fork()
    if probe.pending:
        probe.stop()
    if probe.messages and probe.messages[-1]["role"] == "assistant":
        probe.insert(f"messages.{len(probe.messages)}", {"role": "user", "content": "Go on."})
    problems = [each for each in (*nbkit.check(probe.request()), *chat.problems()) if each.level == "error"]
    return {
        "messages": chat.messages,
        "state": chat.state.value,
        "wrong": [each.message for each in problems] if chat.messages else [],
        "calls": {
            id: {
                "city": each.input["city"],
                "started": each.started,
                "decided": each.decision is not None,
                "result": each.result,
                "looking": each.looking,
                "may_have_run": each.may_have_run,
            }
            for id, each in chat.pending.items()
        },
    }


class Case:
    """One question, its kernels one after the other, and what is known of it from outside."""

    def __init__(self, seed: int, folder: Path, older: Path | None = None) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.older = older
        self.kills: list[str] = []
        self.approved: Counter[str] = Counter()
        self.behind = 0  # how often the notebook knew less than the autosave
        self.edited = 0

    def play(self) -> None:
        while True:
            kernel = Kernel(self.folder, self.older)
            try:
                self._live(kernel)
            except Killed:
                self.kills.append(kernel.fuse)
                kernel.drain()
                self._look_at_what_is_left(kernel)
            else:
                return
            finally:
                kernel.close()

    def _live(self, kernel: Kernel) -> None:
        kernel.run(SETUP, "setup")
        early = self.chance.random() < 0.2
        if early:
            self._light(kernel)
        if not (self.kills and self._restored(kernel)):
            if not early:
                self._light(kernel)
            kernel.run(f"%%claude --new --tools get_weather\n{QUESTION}", "ask")
        elif not early:
            self._light(kernel)
        steps = 0
        while not self._over(state := self._state(kernel)):
            if state["state"] in BUSY:
                kernel.until(lambda: kernel.shown["state"] not in BUSY, "a stop")
                continue
            self._go_on(kernel, state)
            steps += 1
            assert steps < 40, f"it comes to no end: {state}"
        self._look_at_the_end(kernel)

    def _light(self, kernel: Kernel) -> None:
        """Choose where this kernel ends; some are left to live."""
        if len(self.kills) == MOST_KILLS or (self.kills and self.chance.random() < 0.3):
            return
        kind = self.chance.choice([*FUSES, "line", "clock"])
        if kind == "clock":
            kernel.kill_after(self.chance.uniform(0, SECONDS))
            return
        at, part = self.chance.randint(1, FUSES[kind]), round(self.chance.random(), 3)
        kernel.fuse = f"{kind} {at}"
        kernel.run(f"fuse.light({kind!r}, {at}, {part})", "fuse")

    def _restored(self, kernel: Kernel) -> bool:
        """Do what the notice of a first cell says; False where it says nothing of the question."""
        kernel.run("%%claude\nHello", "hello")
        notice = kernel.notice
        for load, gist in re.findall(r'(nbkit\.load\("[^"]*"\)) \(“(.*?)”\)', notice):
            if QUESTION.startswith(gist.rstrip("…")):
                kernel.run(f"chat = {load}\nchat", "restored")
                return True
        assert not self._ran(), f"tools have run, and the notice is {notice!r}"
        return False

    def _state(self, kernel: Kernel) -> Json:
        found: Json = json.loads(kernel.run("print(json.dumps(told(chat)))", "state"))
        assert not found["wrong"], found["wrong"]
        self._keep_count(found)
        return found

    def _over(self, state: Json) -> bool:
        return bool(state["state"] == "idle")

    def _go_on(self, kernel: Kernel, state: Json) -> None:
        """Do one thing that a person may do now."""
        waiting = {id: call for id, call in state["calls"].items() if not call["result"] or call["looking"]}
        if state["state"] == "ready" or not waiting:
            self._approve(each for each in state["calls"].values() if each["decided"] and not each["result"])
            self._do(kernel, {"kind": "resume"}, "chat.resume()")
            return
        clean = not any(each["may_have_run"] for each in waiting.values())
        if clean and self.chance.random() < 0.25:
            self._all_at_once(kernel, list(waiting.values()))
            return
        id = self.chance.choice(list(waiting))
        self._decide(kernel, id, waiting[id])

    def _all_at_once(self, kernel: Kernel, waiting: list[Json]) -> None:
        self._approve(each for each in waiting if not each["result"])
        ways: list[tuple[Json | None, str]] = [
            ({"kind": "decide_all", "decision": {"type": "approve"}}, "chat.decide_all(nbkit.Approve())"),
            ({"kind": "run_to_end"}, "chat.run_to_end()"),
            (None, "chat.policy = nbkit.allow\nchat.resume()"),
        ]
        looking = any(each["looking"] for each in waiting)  # which a person has asked for, and no policy ends
        self._do(kernel, *self.chance.choice(ways[:1] if looking else ways))

    def _decide(self, kernel: Kernel, id: str, call: Json) -> None:
        decisions: list[Json] = [
            {"type": "fake", "content": f"hail in {call['city']}"},
            {"type": "refuse", "reason": f"not in {call['city']}"},
            {"type": "approve"},
            {"type": "approve", "look": True},
        ]
        if call["looking"]:
            decisions = [{"type": "approve"}, {"type": "edit_result", "content": f"fog in {call['city']}"}]
        elif not call["may_have_run"]:
            self.edited += 1
            decisions.append({"type": "edit_input", "input": {"city": f"{call['city']}-{self.edited}"}})
        decision = self.chance.choice(decisions)
        if decision["type"] == "approve" and not call["looking"]:
            self._approve([call])
        elif decision["type"] == "edit_input":
            self.approved[decision["input"]["city"]] += 1
        self._do(
            kernel, {"kind": "decide", "id": id, "decision": decision}, f"chat.decide({id!r}, {decision!r})"
        )

    def _do(self, kernel: Kernel, click: Json | None, code: str) -> None:
        """Click or run a cell, and wait for what comes of it."""
        refused: str | None = None
        if click is not None and kernel.view is not None and self.chance.random() < 0.6:
            refused = kernel.click(click)
        else:
            try:
                kernel.run(code, "code")
            except CellFailed as error:
                refused = str(error)
        # A click from before may have gone on in this very moment.
        assert refused is None or TOO_LATE in refused, f"{click or code}: {refused}"

    def _approve(self, calls: Any) -> None:
        self.approved.update(call["city"] for call in calls)

    def _ran(self, word: str = "begin") -> Counter[str]:
        log = self.folder / "ran.txt"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return Counter(line.split(" ", 1)[1] for line in lines if line.startswith(word))

    def _keep_count(self, state: Json) -> None:
        """No tool ran more often than it was approved; what began is known, or is said to be uncertain."""
        began = self._ran()
        more = {city: count for city, count in began.items() if count > self.approved[city]}
        assert not more, f"ran without approval: {more} of {dict(self.approved)}"
        for id, call in state["calls"].items():
            if began[call["city"]]:
                again = call["decided"] and began[call["city"]] < self.approved[call["city"]]
                known = call["result"] or call["may_have_run"] or again
                assert known, f"{id} began, and nobody knows: {call}"
        sent = json.dumps(state["messages"], ensure_ascii=False)
        for city in began:
            assert f'"{city}"' in sent, f"a tool ran for {city}, and no call in the array says so"

    def _look_at_what_is_left(self, kernel: Kernel) -> None:
        """The files of a kernel that is dead: the autosave has all that was shown, the notebook is legal."""
        left = [
            path
            for path, begun in earlier(self.folder / ".nbkit" / "work-chat.jsonl")
            if begun["messages"][0]["content"] == QUESTION
        ]
        if not left:
            assert not self._ran(), "tools ran, and nothing was saved"
            assert not kernel.shown_messages(), f"shown, and not saved: {kernel.shown}"
            return
        state = told(nbkit.load(left[0]))
        assert not state["wrong"], state["wrong"]
        self._keep_count(state)
        saved = [block for message in state["messages"] for block in _blocks(message)]
        for block in kernel.shown_messages():
            edited = block["type"] == "tool_use" and any(each.get("id") == block["id"] for each in saved)
            assert block in saved or edited, f"shown, and lost: {block}"
        for card in kernel.shown_cards():
            call = state["calls"].get(card["id"])
            if call is None:  # it was answered since
                assert any(each.get("tool_use_id") == card["id"] for each in saved), f"lost: {card}"
            elif card["result"]:
                assert call["result"], f"done, and lost: {card}"
                assert call["result"]["content"] == card["result"]["content"], f"{card} became {call}"
            elif card["state"] == "open" and card["decision"] is None and not call["decided"]:
                assert not call["result"], f"the pause has moved: {card} became {call}"
        self._look_at_the_notebook(kernel, state)

    def _look_at_the_notebook(self, kernel: Kernel, state: Json) -> None:
        if not kernel.holds_a_turn():
            return
        path = self.folder / "work.ipynb"
        kernel.save_notebook(path)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            saved = told(nbkit.load(path))
        assert not saved["wrong"], saved["wrong"]
        behind = saved["messages"] != state["messages"] or saved["calls"] != state["calls"]
        self.behind += behind
        length = len(saved["messages"])
        if behind and state["messages"][:length] == saved["messages"]:
            assert said, "the autosave knows more than the notebook, and loading the notebook doesn't say so"

    def _look_at_the_end(self, kernel: Kernel) -> None:
        state = self._state(kernel)
        results = [
            block
            for message in state["messages"]
            for block in _blocks(message)
            if block["type"] == "tool_result"
        ]
        told_of = [next(city for city in CITIES if city in json.dumps(each)) for each in results]
        assert told_of == list(CITIES), f"results are not in the order of their calls: {results}"
        path = self.folder / "end.json"
        kernel.run(f"chat.save({str(path)!r})", "save")
        assert nbkit.load(path).messages == state["messages"]


def _blocks(message: Json) -> list[Json]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def main(number: int, seed: int = 1, older: Path | None = None) -> None:
    kinds: Counter[str] = Counter()
    cases = behind = again = 0
    while sum(kinds.values()) < number:
        with tempfile.TemporaryDirectory() as folder:
            case = Case(seed, Path(folder), older)
            try:
                case.play()
            except (AssertionError, CellFailed) as error:
                raise SystemExit(f"seed {seed}, killed at {case.kills}: {error!r}") from error
        kinds.update(each.split()[0] for each in case.kills)
        cases, behind, again = cases + 1, behind + case.behind, again + (len(case.kills) > 1)
        seed += 1
        if sys.stdout.isatty() or os.environ.get("VERBOSE"):
            print(seed, case.kills, flush=True)
    how = ", ".join(f"{count} by {kind}" for kind, count in sorted(kinds.items()))
    print(
        f"killed {sum(kinds.values())} kernels in {cases} cases ({how}), in {again} of them more than once; "
        f"the notebook knew less than the autosave {behind} times"
    )


if __name__ == "__main__":
    _, number, *more = sys.argv
    main(int(number), int(more[0]) if more else 1, Path(more[1]) if more[1:] else None)
