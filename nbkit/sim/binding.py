"""What is done about thinking that does not verify: refused, or dropped and told (R34 to R37)."""

from __future__ import annotations

from nbkit.facts.facts import Model
from nbkit.sim import signatures
from nbkit.sim.refusal import invalid
from nbkit.wire.blocks import Json

BINDING_BETA = "thinking-binding-controls-2026-08-01"


def check_thinking(request: Json, headers: dict[str, str], model: Model) -> Json:
    """Refuse thinking that was tampered with (R34 to R36); return what the reply says of what was dropped
    (R37).
    """
    controls = BINDING_BETA in headers.get("anthropic-beta", "")
    binding = (request.get("thinking") or {}).get("block_binding") or {}
    drop = binding.get("prefix_mismatch_behavior") == "drop_block"
    dropped = []
    for finding in signatures.findings(request, model.id, bound=model.prefix_bound):
        if finding.fault == "model" or (finding.fault == "prefix" and drop):
            reason = f"{finding.fault}_binding_mismatch"
            dropped.append({"type": "thinking_dropped", "path": finding.path, "reason": reason})
            continue
        raise invalid(_complaint(finding, request, controls))
    return {"input_transformations": dropped} if controls else {}


def _complaint(finding: signatures.Finding, request: Json, controls: bool) -> str:
    answers = [at for at, message in enumerate(request["messages"]) if message["role"] == "assistant"]
    if finding.fault == "text" and finding.message == answers[-1]:
        return (
            f"{finding.path}: `thinking` or `redacted_thinking` blocks in the latest assistant message "
            f"cannot be "
            "modified. These blocks must remain as they were in the original response."
        )
    words = f"{finding.path}: Invalid `signature` in `thinking` block"
    if finding.fault != "prefix":
        return words
    words += (
        ". The block is bound to a different conversation. Remove the block, or set "
        '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
    )
    if not controls:
        words += f" That setting requires the `{BINDING_BETA}` value in the `anthropic-beta` header."
    if finding.is_other_system:
        words += " The `system` prompt differs from the one this block was created with."
    return words
