"""A loop that is killed where it stands goes on from its autosave: legal, nothing lost, no tool run twice."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_loop_survives_being_killed_anywhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "killed_loop.py"), str(tmp_path), "5", "8"],
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    killed = re.match(r"killed at (\d+) points, and 8 times", done.stdout)
    assert killed is not None
    assert int(killed[1]) > 10
