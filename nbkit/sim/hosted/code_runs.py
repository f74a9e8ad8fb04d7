"""Code execution: what a run in a container gives. Code is read by the sandbox and never executed; where it
isn't known what it would do, the tool says that it is unavailable.
"""

from __future__ import annotations

from nbkit.sim.hosted.containers import Container
from nbkit.sim.sandbox import editor, python
from nbkit.sim.sandbox.bounds import Steps, TooLong, Unknown
from nbkit.sim.sandbox.disk import LARGEST_OUTPUT, Disk, OutOfSpace
from nbkit.sim.sandbox.ran import Ran
from nbkit.sim.sandbox.shell_run import Shell
from nbkit.wire.blocks import Json

EDITOR, SHELL, PYTHON = "text_editor_code_execution", "bash_code_execution", "code_execution"


def run(name: str, given: Json, container: Container) -> Json:
    """What a use of a container gives: the content of its result, which may be an error."""
    if name == EDITOR:
        return editor.edited(given, container.disk)
    before = container.disk.copy()
    text = given.get("command" if name == SHELL else "code")
    code = "invalid_tool_input"
    try:
        if isinstance(text, str) and text.strip():
            return _result(name, _ran(name, text, container.disk), before, container)
    except Unknown:
        code = "unavailable"
    except (TooLong, RecursionError):
        code = "execution_time_exceeded"
    except OutOfSpace:
        code = "output_file_too_large" if name == SHELL else "unavailable"
    container.disk = before
    return {"type": f"{name}_tool_result_error", "error_code": code}


def _ran(name: str, text: str, disk: Disk) -> Ran:
    steps = Steps()
    return Shell(disk, steps).run(text) if name == SHELL else python.run(text, disk, steps)


def _result(name: str, ran: Ran, before: Disk, container: Container) -> Json:
    paths = container.disk.changed_outputs(before)
    if any(len(container.disk.files[path]) > LARGEST_OUTPUT for path in paths):
        raise OutOfSpace
    return {
        "type": f"{name}_result",
        "stdout": ran.out,
        "stderr": ran.error,
        "return_code": ran.code,
        "content": [{"type": f"{name}_output", "file_id": container.output(path)} for path in paths],
    }
