"""A kernel that is killed in the middle of a loop: the next one loses nothing and runs no tool twice.

A few kills here; a few hundred by hand: `python tests/killed_kernel.py 300 1`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
OLDER = Path(sys.prefix) / "ipykernel6"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills by signal")
@pytest.mark.parametrize(("seed", "older"), [(1, None), (2000, OLDER)], ids=["ipykernel 7", "ipykernel 6"])
def test_a_kernel_that_is_killed_anywhere_loses_nothing(seed: int, older: Path | None) -> None:
    if older is not None and not older.exists():
        pytest.skip(f"no ipykernel 6 in {older}: `make test` puts it there")
    kills = os.environ.get("NBKIT_KILLS", "3")
    more = [] if older is None else [str(older)]
    done = subprocess.run(
        [sys.executable, str(HERE / "killed_kernel.py"), kills, str(seed), *more],
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        timeout=120 + 10 * int(kills),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("killed ")
