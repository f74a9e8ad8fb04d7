"""Runs `nbkit check` in this process or in one of its own, on requests that are good or bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbkit import cli

GOOD: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 10,
    "messages": [{"role": "user", "content": "hi"}],
}
BAD = {**GOOD, "messages": []}
SECRET = "sk-ant-api03-SECRET"
COMMAND = [sys.executable, "-m", "nbkit", "check"]
# The nbkit that is tested, whatever folder the command runs in.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(cli.PACKAGE.parent)}


def nbkit_check(*arguments: str, cwd: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=given,
        capture_output=True,
        check=False,
        cwd=cwd,
        env=ENVIRONMENT,
        timeout=60,
    )


def checked(tmp_path: Path, data: Any, *arguments: str, name: str = "a.json") -> int:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return cli.main(["check", str(path), *arguments])
