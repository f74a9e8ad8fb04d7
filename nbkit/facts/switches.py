"""What nobody has confirmed about the API, each with a name: where unsure, a request is let through.

The contract's open questions (section 11.5) and its remarks "unconfirmed" end here. What is unsure about one
model is that model's `unconfirmed` in models.json. Names and values only: the rules decide with them.
"""

from __future__ import annotations

# R31: some proxies want `tools` beside a history with tool blocks; the API itself doesn't today.
HISTORY_NEEDS_TOOLS: bool = False

# R40 to R45, R81, R86: where `unconfirmed` names a model's thinking, forced_tool_choice, system_role or a
# type of tool, a refusal is only a warning. Sonnet 5 refuses system messages by the docs; asked in September
# 2026, it took them.
DOUBTED_MODELS_PASS: bool = True

# R76: Opus 4.1 and Mythos Preview have left, but a case of the collection has Opus 4.1 still answering: the
# retired models whose limits are known here are judged as if they lived, with a warning.
RETIRED_MODELS_ARE_JUDGED: bool = True

# R26: the contract (11.1) promises no prefixes of ids; the live API and its schema want a server tool's, in
# the words "String should match pattern '^srvtoolu_[a-zA-Z0-9_]+$'" (ding113/claude-code-hub#470,
# betmoar/cc-proxy-plugin#67). Ids of MCP calls have no prefix anybody was told of.
SERVER_TOOL_IDS_HAVE_PREFIX: bool = True

# R5: a case of the collection and the contract have every empty message refused, in the words of 2025. Since
# spring 2026 live replies say "user messages must have non-empty content" (anthropics/claude-code#38630), and
# one probe saw empty assistant messages pass: with this switch the API is judged to be so.
ONLY_USERS_MUST_SPEAK: bool = False

# R11: a `container_upload` comes in replies; one live probe was told that it can't go back in one.
ASSISTANT_MAY_UPLOAD: bool = True

# Lengths. The docs say 64 for the name of a tool, the live API 128; the name in a call was seen with 64, 128
# and 200 (R27), a user's id with 256 (R74).
TOOL_NAME_MAX: int = 128
CALL_NAME_MAX: int = 200
USER_ID_MAX: int = 256

# `file_id` in a citation and `caller` on a server tool's result come in replies; they may be sent back.
CITATIONS_TAKE_FILE_ID: bool = True
RESULTS_TAKE_CALLER: bool = True

# Structured outputs: the docs list minLength and maxLength as unsupported; measured, the API takes both.
GRAMMARS_TAKE_LENGTHS: bool = True
