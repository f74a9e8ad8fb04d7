"""Whatever is sent, decided, undone and rewound: what goes out is legal, and no tool runs unasked."""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nbkit.errors import NbkitError, TransportError
from nbkit.loop.breaks import Break
from nbkit.loop.conversation import Conversation
from nbkit.loop.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.document import Saved, document
from nbkit.loop.history import Ids
from nbkit.loop.policy import Policy, allow, ask, by_name, deny, policy_of
from nbkit.loop.settings import Outgoing
from nbkit.loop.tools import Tool
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json, ToolUse
from nbkit.wire.written import body_bytes
from scripted import Cut, Scripted, call, reply

contents = st.sampled_from(["22 °C", "", {"degrees": 22}, [{"type": "text", "text": "22"}], None])
inputs = st.sampled_from([{"city": "Rome"}, {"city": 5}, {}, {"city": "Interrupt"}, {"city": "Atlantis"}])
flags = st.sampled_from([None, True, False])
decisions: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Approve, look=st.booleans(), is_error=flags),
    st.builds(EditInput, inputs, rewrite=st.booleans(), look=st.booleans()),
    st.builds(EditResult, contents, is_error=flags),
    st.builds(Fake, contents, is_error=st.booleans()),
    st.builds(Refuse, st.sampled_from(["", "no"])),
    st.just(Stop()),
)
policies = st.sampled_from(
    [ask, ask, allow, deny, by_name(get_weather=Approve(look=True)), Fake("by policy")]
)
KINDS = [
    "text",
    "text",
    "call",
    "call",
    "calls",
    "unknown tool",
    "cut call",
    "empty",
    "refusal",
    "fails",
    "breaks off",
]
WAYS = ["undo", "undo", "redo", "stop", "rewind", "switch", "fork", "delete"]
replies = st.lists(st.sampled_from(KINDS), min_size=1, max_size=4)


class Walk(RuleBasedStateMachine):
    """A person who does anything at all, and a server that answers anything it may."""

    @initialize()
    def begin(self) -> None:
        self.runs: Counter[str] = Counter()
        self.numbers = 0
        self.kinds: list[str] = []
        self.server = Server(self)
        self.chat = Conversation(
            client=self.server, tools=[Tool(self.get_weather, name="get_weather")], max_steps=4
        )
        self.approvals = 0

    def counted(self, policy: Policy) -> Policy:
        """The same policy; each time it lets a tool run is counted."""

        def decide(call: ToolUse, history: Sequence[Json]) -> Decision | None:
            decision = policy(call, history)
            self.approvals += isinstance(decision, Approve | EditInput)
            return decision

        return decide

    def get_weather(self, city: str) -> str:
        self.runs[city] += 1
        if city == "Interrupt":
            raise KeyboardInterrupt
        if city == "Atlantis":
            raise LookupError("no such city")
        return f"22 °C in {city}"

    def answer(self) -> Any:
        kind = self.kinds.pop(0) if self.kinds else "text"
        names = {
            "call": ["get_weather"],
            "calls": ["get_weather"] * 3,
            "unknown tool": ["nobody"],
            "cut call": ["get_weather"],
        }
        blocks: list[Json] = [{"type": "text", "text": "Well."}]
        for name in names.get(kind, []):
            self.numbers += 1
            blocks.append(call(f"toolu_{self.numbers}", name))
        match kind:
            case "text":
                return reply(*blocks)
            case "empty":
                return reply()
            case "refusal":
                return reply(*blocks, stop_reason="refusal")
            case "fails":
                return TransportError("no connection")
            case "breaks off":
                return Cut(reply(*blocks), after=3)
            case "cut call":
                return reply(*blocks, stop_reason="max_tokens")
        return reply(*blocks, stop_reason="tool_use")

    def tried(self, door: Any, *args: Any, **kwargs: Any) -> None:
        try:
            door(*args, **kwargs)
        except (NbkitError, KeyboardInterrupt):
            pass

    @rule(kinds=replies)
    def send(self, kinds: list[str]) -> None:
        self.kinds = kinds
        self.tried(self.chat.send, "hello")

    @rule(kinds=replies)
    def send_and_decide(self, kinds: list[str]) -> None:
        """The usual way, so that the walk gets far."""
        self.send(["call", *kinds])
        for id in self.chat.pending:
            self.decide_call(id, Approve())
        self.resume(kinds)

    @rule()
    def send_nothing(self) -> None:
        self.tried(self.chat.send, "")

    @rule(kinds=replies)
    def resume(self, kinds: list[str]) -> None:
        self.kinds = kinds
        self.tried(self.chat.resume)

    @rule(kinds=replies)
    def step(self, kinds: list[str]) -> None:
        self.kinds = kinds
        self.tried(self.chat.step)

    @precondition(lambda self: self.chat.pending)
    @rule(at=st.integers(0, 3), decision=decisions)
    def decide(self, at: int, decision: Decision) -> None:
        ids = list(self.chat.pending)
        self.decide_call(ids[at % len(ids)], decision)

    def decide_call(self, id: str, decision: Decision) -> None:
        self.approvals += isinstance(decision, Approve | EditInput)
        self.tried(self.chat.decide, id, decision)

    @rule(decision=decisions)
    def decide_all(self, decision: Decision) -> None:
        self.approvals += len(self.chat.pending) * isinstance(decision, Approve | EditInput)
        self.tried(self.chat.decide_all, decision)

    @rule(kinds=replies, steps=st.integers(1, 4))
    def run_to_end(self, kinds: list[str], steps: int) -> None:
        """Everything that is asked for meanwhile is approved, and nothing twice."""
        self.kinds, before, waiting = kinds, self.numbers, len(self.chat.pending)
        self.tried(self.chat.run_to_end, max_steps=steps, max_tokens=10_000)
        self.approvals += waiting + self.numbers - before

    @rule(decision=st.sampled_from([None, Approve(), Fake("always"), Refuse("never")]))
    def always(self, decision: Decision | None) -> None:
        self.chat.always.pop("get_weather", None)
        if decision is not None:
            self.chat.always["get_weather"] = self.counted(policy_of(decision))

    @rule(given=st.lists(st.sampled_from([Break(), Break(on="request"), Break(on="error"), Break("nobody")])))
    def set_breakpoints(self, given: list[Break]) -> None:
        self.chat.breakpoints = given

    @rule(policy=policies, attended=st.booleans())
    def set_policy(self, policy: Any, attended: bool) -> None:
        self.chat.policy = self.counted(policy_of(policy))
        self.chat.attended = attended

    @rule(
        way=st.sampled_from(["undo", "undo", "redo", "stop", "rewind", "switch", "fork", "delete"]),
        at=st.integers(0, 8),
    )
    def go_elsewhere(self, way: str, at: int) -> None:
        match way:
            case "rewind":
                self.tried(self.chat.rewind, min(at, len(self.chat.history)))
            case "switch":
                self.tried(self.chat.switch, self.chat.branches[at % len(self.chat.branches)])
            case "fork":
                self.chat = self.chat.fork("chat")
            case "delete":
                self.tried(self.chat.delete, f"messages.{at}")
            case _:
                self.tried(getattr(self.chat, way))

    @invariant()
    def nothing_is_going_on(self) -> None:
        assert self.chat.state.value in ("idle", "ready", "paused")
        assert self.chat.partial is None

    @invariant()
    def a_tool_runs_at_most_once_for_each_approval(self) -> None:
        assert self.runs.total() <= self.approvals

    @invariant()
    def what_is_saved_comes_back(self) -> None:
        saved = Saved("").followed(document(self.chat), 0)
        line = saved.line(Ids())
        other = Conversation()
        other.start_from(saved.made(), type(self.chat.turn)(line), "main", ())
        assert other.messages == self.chat.messages
        assert other.state is self.chat.state
        assert other.request() == self.chat.request()
        assert (
            other.problems() == self.chat.problems()
        )  # the one has seen everything now, the other bit by bit


class Server(Scripted):
    """Refuses to see an illegal request: everything the walk sends was checked before."""

    def __init__(self, walk: Walk) -> None:
        super().__init__([])
        self.walk = walk

    def _next(self, body: Any, version: str, betas: Any) -> Any:
        assert body_bytes(body) == body_bytes(copy.deepcopy(body))
        problems = check(dict(body), Outgoing({}, version, tuple(betas)).headers)
        assert [problem for problem in problems if problem.level == "error"] == []
        self.steps = [self.walk.answer()]
        return super()._next(body, version, betas)


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
