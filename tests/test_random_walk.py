"""Long histories, at random: whatever is sent, decided, edited and undone, what must hold holds."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from moves import (
    BY_HAND,
    DECIDING,
    EVERYTHING,
    GOING_BACK,
    GOING_ON,
    OTHERS,
    POLICIES,
    SETTING,
    decide,
    decide_all,
    send,
)
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from served_walk import KINDS
from walking import Move, Walker, written

contents = st.sampled_from(
    ["22 °C", "", {"degrees": 22}, [{"type": "text", "text": "22"}], None, float("nan")]
)
inputs = st.sampled_from([{"city": "Rome"}, {"city": 5}, {}, {"city": "Interrupt"}, {"city": "Atlantis"}])
flags = st.sampled_from([None, True, False])
decisions: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Approve, look=st.booleans(), is_error=flags),
    st.builds(EditInput, inputs, rewrite=st.booleans(), look=st.booleans(), is_error=flags),
    st.builds(EditResult, contents, is_error=flags),
    st.builds(Fake, contents, is_error=st.booleans()),
    st.builds(Refuse, st.sampled_from(["", "no"]), is_error=st.booleans()),
    st.just(Stop()),
)
kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=4)
awaits = st.booleans()


class Walk(RuleBasedStateMachine):
    """A person who does anything at all, and a server that answers anything it may."""

    @initialize(policy=st.sampled_from(list(POLICIES.values())), stepping=awaits)
    def begin(self, policy: Any, stepping: bool) -> None:
        self.at = Walker(policy=policy)
        self.at.chat.stepping = stepping

    def go(self, move: Move, awaits: bool) -> None:
        before, self.at.awaits = written(self.at.chat), awaits
        self.at.go(move)
        self.at.holds(move)
        after = written(self.at.chat)
        if after != before and move.name not in ("undo", "redo", "reload"):
            self.at.chat.undo()
            assert written(self.at.chat) == before
            self.at.chat.redo()
            assert written(self.at.chat) == after

    @rule(kinds=kinds, awaits=awaits)
    def send(self, kinds: Sequence[str], awaits: bool) -> None:
        self.go(send(*kinds), awaits)

    @rule(move=st.sampled_from([*GOING_ON, *OTHERS]), awaits=awaits)
    def go_on(self, move: Move, awaits: bool) -> None:
        self.go(move, awaits)

    @rule(at_call=st.integers(0, 3), decision=decisions, awaits=awaits)
    def decide(self, at_call: int, decision: Decision, awaits: bool) -> None:
        self.go(decide(at_call, decision), awaits)

    @rule(decision=decisions, awaits=awaits)
    def decide_all(self, decision: Decision, awaits: bool) -> None:
        if not isinstance(decision, EditInput):  # one input for all would not say whose it is
            self.go(decide_all(decision), awaits)

    @rule(kinds=kinds, awaits=awaits)
    def as_usual(self, kinds: Sequence[str], awaits: bool) -> None:
        """So that the walk gets far."""
        for move in (send("calls"), decide_all(Approve()), send(*kinds)):
            self.go(move, awaits)

    @rule(move=st.sampled_from([*GOING_BACK, *DECIDING]), awaits=awaits)
    def go_back(self, move: Move, awaits: bool) -> None:
        self.go(move, awaits)

    @rule(move=st.sampled_from([*SETTING, *BY_HAND]))
    def change(self, move: Move) -> None:
        self.go(move, False)

    @rule(moves=st.lists(st.sampled_from(EVERYTHING), max_size=3))
    def go_on_in_a_fork(self, moves: Sequence[Move]) -> None:
        """What is done in a fork is not seen here."""
        here, before = self.at, written(self.at.chat)
        self.at = here.fork()
        for move in moves:
            self.go(move, False)
        self.at = here
        assert written(here.chat) == before


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
