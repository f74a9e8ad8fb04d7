"""Strict request models of an entry of `messages` (contract, sections 2.2 and 3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nbkit.rules.shapes.beta_shapes import Block
from nbkit.rules.shapes.block_shapes import Effort, Strict, StrOrList


class SystemOutputConfig(Strict):
    effort: Effort | None = None


class Message(Strict):
    """An entry of `messages`; `content` may be missing only where a directive stands in its place (R92)."""

    role: Literal["user", "assistant", "system"]
    content: StrOrList[Block] = Field(default="")
    clear_at: Literal["next_user_message", "never"] | None = None
    output_config: SystemOutputConfig | None = None
