"""From a script to the reply that it is to one request: placeholders filled, ids made, thinking signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from nbkit.errors import APIError, StreamError
from nbkit.sim import signatures
from nbkit.sim.cache import InputUsage
from nbkit.sim.compose import cut
from nbkit.sim.faults.fault import Fault, make
from nbkit.sim.faults.fault_kinds import KINDS
from nbkit.sim.ids import Ids
from nbkit.sim.parts import Part
from nbkit.sim.plan import Dropped
from nbkit.sim.prompt import Prompt
from nbkit.sim.refusal import Refused
from nbkit.sim.reply import Reply
from nbkit.sim.scenario import event_form, templates
from nbkit.sim.scenario.block_form import CALLS, part
from nbkit.sim.scenario.form import Script, said_now
from nbkit.sim.scenario.situation import Situation, values
from nbkit.sim.thinking_mode import budget_of
from nbkit.sim.tokens import pieces
from nbkit.wire.assembler import Assembler
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

PREFIXES = {"tool_use": "toolu", "server_tool_use": "srvtoolu", "mcp_tool_use": "mcptoolu"}
STATUSES = {
    "invalid_request_error": 400,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, and to what: the model by its id, whether it thinks and shows it, and the prompt."""

    model: str
    seed: int
    thinks: bool
    hidden: bool
    prompt: Prompt


@dataclass(slots=True)
class EventReply(Reply):
    """A reply that is a list of events. Asked for whole it is the message that they add up to."""

    items: list[event_form.Item] = field(default_factory=list)
    maker: Callable[[], Maker] | None = None
    faults: list[Fault] = field(default_factory=list)
    is_pinged = False

    def sent(self) -> Iterator[event_form.Sent]:
        assert self.maker is not None
        start = self._envelope([], None, None, self._usage(final=False))
        usage = {"output_tokens": 1 + sum(kind in ("delta", "block") for kind, _ in self.items)}
        return event_form.sent(self.items, start, self.maker().part, usage)

    def events(self) -> Iterator[tuple[Any, int]]:
        return ((item, 0) for item in self.sent())

    def message(self) -> Json:
        assembler = Assembler()
        try:
            for item in self.sent():
                if isinstance(item, dict):
                    assembler.feed(Event(item["type"], item))
        except Dropped:
            self.faults.append(make("cut", {}, KINDS))
        except APIError as error:
            raise Refused(STATUSES.get(error.type, 500), error.type, error.message) from None
        except StreamError:
            pass  # what doesn't fit in a stream is not in a message either
        message = assembler.partial
        if message is None:
            return self._envelope([], "end_turn", None, self._usage(final=True))
        return {**message.to_wire(), "stop_reason": message.stop_reason or "end_turn"}


class Maker:
    """Makes the parts of one reply, one after the other."""

    def __init__(self, seen: Situation, speaker: Speaker) -> None:
        self.request = seen.request
        self.speaker = speaker
        self.ids = Ids(seen.request, speaker.seed)
        self.content: list[Json] = []
        self._count = 0
        self._budget = budget_of(seen.request)
        self._open = seen.waiting  # ids of the server's calls that have no result yet

    def may_say(self, block: Json) -> bool:
        """Thoughts are left out where thinking is off or has used its budget up."""
        return block.get("type") != "thinking" or (self.speaker.thinks and self._budget != 0)

    def part(self, block: Json) -> Part:
        """Return the part of a block, with everything that it doesn't say itself."""
        block = dict(block)
        type = block.get("type", "")
        if type in CALLS:
            self._name(block)
        elif type.endswith("_tool_result"):
            block.setdefault("tool_use_id", self._open.pop(0) if self._open else "srvtoolu_unknown")
        elif type == "thinking" and "signature" not in block:
            block["thinking"] = thought = self._within_budget(block["thinking"])
            block["signature"] = self._signature("".join(thought))
        made = part(block)
        if type == "thinking":
            made.hidden = self.speaker.hidden
        self.content.append(made.block())
        return made

    def _within_budget(self, said: Any) -> list[str]:
        """Return the pieces of a thought, as many as `budget_tokens` has left for it."""
        texts = [templates.written(piece) for piece in (said if isinstance(said, list) else [said])]
        thought = texts if isinstance(said, list) else pieces(texts[0])
        if self._budget is not None:
            thought = thought[: self._budget]
            self._budget -= len(thought)
        return thought

    def _name(self, block: Json) -> None:
        type, said = block["type"], dict(block)
        block.clear()
        block |= {"type": type, "id": self.ids.of(PREFIXES[type], self._count), **said}
        self._count += 1
        if type == "tool_use":
            block.setdefault("caller", {"type": "direct"})
        else:
            self._open.append(block["id"])

    def _signature(self, text: str) -> str:
        said = [{"role": "assistant", "content": self.content}] if self.content else []
        request = {**self.request, "messages": [*self.request["messages"], *said]}
        return signatures.sign(request, self.speaker.model, text)


def reply_to(
    seen: Situation, script: Script, found: dict[str, Any], speaker: Speaker, faults: list[Fault]
) -> Reply:
    """Return the reply that a script with something to say is to a request."""
    request, ending = seen.request, script.ending
    maker = Maker(seen, speaker)
    model = ending.get("model") or seen.model
    named = values(seen, found)
    if script.events is not None:
        items = [(kind, templates.filled(said, named)) for kind, said in script.events]
        tokens = InputUsage(speaker.prompt.total)
        again = partial(Maker, seen, speaker)
        return EventReply(maker.ids.message(), model, tokens, [], items=items, maker=again, faults=faults)
    said = said_now(script.say(request)) if callable(script.say) else script.say or []
    parts = [maker.part(templates.filled(block, named)) for block in said if maker.may_say(block)]
    reply = Reply(
        maker.ids.message(), model, InputUsage(speaker.prompt.total), parts, room=speaker.prompt.room
    )
    calls = any(block.get("type") == "tool_use" for block in maker.content)
    reply.stop_reason = ending.get("stop_reason") or ("tool_use" if calls else "end_turn")
    reply.stop_sequence = ending.get("stop_sequence")
    reply.stop_details = ending.get("stop_details")
    reply.container = ending.get("container")
    most = min(request["max_tokens"], ending.get("max_tokens", request["max_tokens"]))
    cut(reply, {**request, "max_tokens": most})
    return reply
