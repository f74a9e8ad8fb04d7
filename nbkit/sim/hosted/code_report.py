"""What is said of work in a container: what was printed, written, seen and changed."""

from __future__ import annotations

from nbkit.sim.hosted.code_runs import EDITOR, PYTHON, SHELL
from nbkit.sim.hosted.hosting import Hosting
from nbkit.wire.blocks import Json


def told(hosting: Hosting) -> list[Json]:
    """The text block that tells it, or none where there is nothing to tell."""
    lines = []
    for use in hosting.uses:
        result = hosting.results.get(use["id"], {}).get("content")
        if isinstance(result, dict) and "error_code" not in result:
            if use["name"] == EDITOR:
                lines.append(_of_edit(use["input"], result))
            elif use["name"] in (PYTHON, SHELL) and "await " not in str(use["input"].get("code")):
                lines += _of_run(result)
    return [{"type": "text", "text": "\n\n".join(lines)}] if lines else []


def _of_run(result: Json) -> list[str]:
    said = []
    printed = (result.get("stdout", "") + result.get("stderr", "")).strip()
    if printed or not result.get("content"):
        one_line = "\n" not in printed
        said.append(f"The code printed **{printed}**." if one_line else f"It printed:\n\n```\n{printed}\n```")
    if not printed and not result.get("content"):
        said = ["The code ran and printed nothing."]
    files = ", ".join(f"`{made['file_id']}`" for made in result.get("content") or ())
    return [*said, f"I saved a file that you can download: {files}."] if files else said


def _of_edit(given: Json, result: Json) -> str:
    path = given.get("path")
    match given.get("command"):
        case "view":
            text = str(result.get("content"))
            return f"`{path}` says “{text}”." if "\n" not in text else f"`{path}` says:\n\n```\n{text}\n```"
        case "create":
            return f"I wrote `{path}` anew." if result.get("is_file_update") else f"I created `{path}`."
    return f"I changed line {result.get('new_start')} of `{path}`."
