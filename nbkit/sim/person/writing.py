"""From what a person writes to the reply that goes out: ids and signatures put in, checked, cut where the
request ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nbkit.errors import InvalidReply, UsageError, a_kind
from nbkit.rules.assistant_turn import check_turn
from nbkit.rules.problems import Problems
from nbkit.sim import signatures
from nbkit.sim.compose import cut
from nbkit.sim.ids import Ids, new_id
from nbkit.sim.parts import Part, part_of
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json

Content = str | Json | Sequence[str | Json]
DIRECT: Json = {"type": "direct"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A request and the reply that waits for its words: `opening` has all but the content."""

    request: Json
    opening: Reply
    headers: Mapping[str, str]
    seed: int
    thinks: bool
    hidden: bool
    model: str

    def problems(self, content: Content, stop_reason: str | None = None) -> Problems:
        """Return what is wrong with a turn, and what a program must cope with (level `warning`)."""
        blocks = self._completed(_blocks(content))
        reason = stop_reason or _usual(blocks)
        return check_turn(self.request, blocks, reason, thinks=self.thinks, headers=self.headers)

    def reply(
        self,
        content: Content,
        stop_reason: str | None = None,
        stop_sequence: str | None = None,
        stop_details: Json | None = None,
    ) -> Reply:
        """Return the reply that says this. Raises `InvalidReply` for what no model says."""
        errors = [each for each in self.problems(content, stop_reason) if each.level != "warning"]
        if errors:
            raise InvalidReply(errors)
        blocks = self._completed(_blocks(content))
        reply = replace(self.opening, parts=[self._part(block) for block in blocks])
        reply.stop_reason, reply.stop_sequence = stop_reason or _usual(blocks), stop_sequence
        reply.stop_details = stop_details
        cut(reply, self.request)
        return reply

    def _part(self, block: Json) -> Part:
        part = part_of(block)
        part.hidden = self.hidden and part.grows == "thinking"
        return part

    def _completed(self, blocks: list[Json]) -> list[Json]:
        """Put in what a person doesn't write: ids of calls, signatures of thinking."""
        ids, made = Ids(self.request, self.seed), list[Json]()
        for at, block in enumerate(blocks):
            match block.get("type"):
                case "tool_use":
                    block = {"id": ids.tool_use(at), "caller": DIRECT, **block}
                case "server_tool_use":
                    block = {"id": new_id("srvtoolu", ids.tool_use(at).encode()), "caller": DIRECT, **block}
                case "thinking" if isinstance(block.get("thinking"), str) and not block.get("signature"):
                    so_far = [*self.request["messages"], {"role": "assistant", "content": made}]
                    body = {**self.request, "messages": so_far}
                    block = {**block, "signature": signatures.sign(body, self.model, block["thinking"])}
            made.append({"type": block.get("type"), **block})
        return made


def _usual(blocks: list[Json]) -> str:
    calls = any(block.get("type") == "tool_use" for block in blocks)
    return "tool_use" if calls else "end_turn"


def _blocks(content: Any) -> list[Json]:
    """Read a text, a block, or a list of them."""
    given = [content] if isinstance(content, str | dict) else content
    if not isinstance(given, list | tuple):
        raise UsageError(f"a turn is a text, a block, or a list of them, not {a_kind(content)}")
    for at, each in enumerate(given):
        if not isinstance(each, str | dict):
            raise UsageError(f"block {at} of the turn is {a_kind(each)}: use a text or a dict with its type")
    return [{"type": "text", "text": each} if isinstance(each, str) else dict(each) for each in given]
