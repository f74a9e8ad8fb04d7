"""A real JupyterLab or Notebook 7 on a loopback port; the page that works in it is in `page`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import deque
from pathlib import Path
from typing import Any, Literal

App = Literal["lab", "notebook"]
QUIET = {"@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}}
FLAGS = {"lab": "LabApp", "notebook": "JupyterNotebookApp"}
MODULES = {"lab": "jupyterlab", "notebook": "notebook"}
START = 90.0


class Server:
    """One Jupyter server with folders of its own: nobody's settings, kernels or signatures leak in."""

    def __init__(self, app: App, folder: Path, *, kernels: Path | None = None) -> None:
        self.app = app
        self.root = folder / "notebooks"
        self.root.mkdir(parents=True)
        self.settings = folder / "settings"
        self.forget_choices()
        self.token = secrets.token_hex(16)
        self.port = _free_port()
        self.log: deque[str] = deque(maxlen=200)
        self._process = subprocess.Popen(
            self._command(),
            env=_environment(folder, kernels),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._wait_until_it_listens()

    def _command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            MODULES[self.app],
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            f"--{FLAGS[self.app]}.expose_app_in_browser=True",
        ]

    def _wait_until_it_listens(self) -> None:
        assert self._process.stdout is not None
        give_up = threading.Timer(START, self._process.kill)
        give_up.start()
        for line in self._process.stdout:
            self.log.append(line)
            if "is running at" in line:
                break
        give_up.cancel()
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.app} did not start:\n{''.join(self.log)}")
        self._reader = threading.Thread(target=self.log.extend, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def forget_choices(self) -> None:
        """Put the settings back that it starts with: pages that open from now on know of no others."""
        shutil.rmtree(self.settings, ignore_errors=True)
        for plugin, values in QUIET.items():
            file = self.settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(values), encoding="utf-8")

    def api(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def url(self, name: str) -> str:
        place = f"lab/workspaces/{secrets.token_hex(4)}/tree" if self.app == "lab" else "notebooks"
        return f"http://127.0.0.1:{self.port}/{place}/{name}?token={self.token}"

    def end(self, name: str = "") -> None:
        """End the kernel of one notebook, or of all."""
        for session in self.api("sessions"):
            if session["path"].startswith(name):
                self.api(f"sessions/{session['id']}", "DELETE")

    def close(self) -> None:
        self.end()
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(15)
        self._reader.join(15)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(folder: Path, kernels: Path | None) -> dict[str, str]:
    """The environment of the server and its kernels: no keys, no proxies, settings of its own."""
    private = ("ANTHROPIC_", "NBKIT_", "AWS_", "GOOGLE_", "CLAUDE_", "JUPYTER")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(private) and not name.lower().endswith("_proxy")
    }
    source = str(Path(__file__).resolve().parent.parent.parent)
    return kept | {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_PATH": str(kernels or ""),
        "JUPYTER_PLATFORM_DIRS": "1",
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "PYTHONPATH": os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")])),
    }
