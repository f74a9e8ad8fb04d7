"""Who decides when no person does: policies are functions of a call and the array, and ways to join them.

A policy answers with a decision, or passes with None; the first answer wins, and nobody answering means
that a person is asked. What a policy must not do is guess: one that fails, or answers nonsense, leaves the
call to a person.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Protocol

from nbkit.errors import UsageError
from nbkit.loop.calls.decisions import Approve, Decision, Fake, Refuse, is_decision
from nbkit.wire.blocks import Json, ToolUse


class Policy(Protocol):
    """A function of a call and the array; it answers at once, it isn't awaited.

    One that answers `Approve(look=True)` is asked again when the result is in: that is `history.result` then,
    and None before.
    """

    def __call__(self, call: ToolUse, history: Sequence[Json], /) -> Decision | None: ...


def allow(call: ToolUse, history: Sequence[Json]) -> Decision | None:
    """Run every call."""
    return Approve()


def ask(call: ToolUse, history: Sequence[Json]) -> Decision | None:
    """Answer nothing, so that a person is asked; the default."""
    return None


def deny(call: ToolUse, history: Sequence[Json]) -> Decision | None:
    """Refuse every call."""
    return Refuse("refused by policy")


def by_name(**rules: Decision | Policy | None) -> Policy:
    """Answer by the name of the tool: `by_name(get_weather=Approve(), delete_file=Refuse("never"))`."""
    policies = {name: policy_of(rule) for name, rule in rules.items()}

    def decide(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        policy = policies.get(call.name)
        return policy(call, history) if policy else None

    return decide


def when(name: str, then: Decision | Policy | None, /, **conditions: Any) -> Policy:
    """Answer `then` for calls of a tool whose arguments are as said: a value, or a function of the argument.

        when("transfer", Approve(), amount=lambda amount: amount < 100, currency="EUR")

    A condition that fails, or an argument that isn't there, is no answer: the next policy, or a person.
    """
    decide_so = policy_of(then)

    def decide(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        fits = call.name == name and all(
            key in call.input and (test(call.input[key]) if callable(test) else call.input[key] == test)
            for key, test in conditions.items()
        )
        return decide_so(call, history) if fits else None

    return decide


def reuse(call: ToolUse, history: Sequence[Json]) -> Decision | None:
    """Answer with the last result that the same tool gave for the same input, if the array has one."""
    for id in _earlier(call, history):
        for message in history:
            content = message.get("content")
            for block in content if isinstance(content, list) else ():
                if block.get("type") == "tool_result" and block.get("tool_use_id") == id:
                    return Fake(block.get("content", ""), is_error=bool(block.get("is_error")))
    return None


def _earlier(call: ToolUse, history: Sequence[Json]) -> list[str]:
    """The ids of earlier calls of the same tool with the same input, the last first."""
    found = []
    for message in history:
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if (
                block.get("type") == "tool_use"
                and (block.get("name"), block.get("input")) == (call.name, call.input)
                and block.get("id") != call.id
            ):
                found.append(str(block.get("id")))
    return found[::-1]


def first_of(*policies: Decision | Policy | None) -> Policy:
    """Ask one policy after the other; the first that answers decides."""
    asked = [policy_of(policy) for policy in policies]

    def decide(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        answers = (policy(call, history) for policy in asked)
        return next((answer for answer in answers if answer is not None), None)

    return decide


def policy_of(given: Any) -> Policy:
    """Return the policy that was given: a function, one and the same decision, or None for nobody."""
    if given is None:
        return ask
    if is_decision(given):
        return lambda call, history: given
    if not callable(given):
        raise UsageError(
            f"a policy is a function of (call, history), or a decision like Approve(), not {given!r}"
        )
    if inspect.iscoroutinefunction(given):
        raise UsageError(f"a policy answers at once, so it can't be async: {given!r}")
    policy: Policy = given
    return policy
