"""Running a script of the small Python: what it prints, and the traceback where it fails."""

from __future__ import annotations

import ast

from nbkit.sim.sandbox.bounds import Steps, TooLong, Unknown
from nbkit.sim.sandbox.disk import Disk, OutOfSpace
from nbkit.sim.sandbox.ran import Ran
from nbkit.sim.sandbox.script import Script

_LONGEST = 50_000


def run(code: str, disk: Disk, steps: Steps, name: str = "<string>") -> Ran:
    """Run a script. Raises `Unknown` for what isn't known here, `TooLong` for what is too much."""
    if len(code) > _LONGEST:
        raise TooLong
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        where = f'  File "{name}", line {error.lineno}\n    {(error.text or "").strip()}\n'
        return Ran("", f"{where}{type(error).__name__}: {error.msg}\n", 1)
    except (ValueError, RecursionError, MemoryError):
        raise Unknown("nested too deep, or null bytes") from None
    script = Script(disk, steps)
    try:
        script.run(tree)
    except (RecursionError, MemoryError):
        raise Unknown("nested too deep") from None
    except (Unknown, TooLong, OutOfSpace):
        raise
    except Exception as error:  # noqa: BLE001  # whatever the script's own mistake was
        frames = "".join(f'  File "{name}", line {line}, in {place}\n' for place, line in script.lines)
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        failure = f"Traceback (most recent call last):\n{frames}{what}\n"
        return Ran("".join(script.printed), failure, 1)
    return Ran("".join(script.printed))
