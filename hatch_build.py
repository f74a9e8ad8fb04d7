"""The build hook: joins the front end into one file, and puts the workshop notebooks into the wheel.

An sdist carries the built file, so a wheel made from it needs no Node.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = Path("nbkit/notebook/static/hub.js")
NOT_SOURCES = {"node_modules", "tests"}


class FrontEndHook(BuildHookInterface[Any]):
    """Hatchling finds this class by its base."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or old; `version` is "editable" for an editable install."""
        root = Path(self.root)
        if is_stale(root):
            self._build(root)
        if self.target_name == "wheel" and version != "editable":
            for notebook in sorted((root / "notebooks").glob("*.ipynb")):
                build_data["force_include"][str(notebook)] = f"nbkit/_notebooks/{notebook.name}"

    def _build(self, root: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            if (root / BUNDLE).exists():
                self.app.display_warning(
                    f"{BUNDLE} is older than widgets/src, and there is no npm to build it"
                )
                return
            raise SystemExit(
                f"nbkit: the front end ({BUNDLE}) is not built and there is no npm to build it with; "
                "install Node.js 20 or newer and try again."
            )
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            self.app.display_info(f"widgets: npm {' '.join(arguments)}")
            done = subprocess.run([npm, *arguments], cwd=root / "widgets", check=False)
            if done.returncode:
                raise SystemExit(
                    f"nbkit: `npm {' '.join(arguments)}` failed in widgets/; its words are above."
                )


def is_stale(root: Path) -> bool:
    """Say whether the bundle is missing or older than a source of it."""
    bundle = root / BUNDLE
    if not bundle.exists():
        return True
    built = bundle.stat().st_mtime
    return any(source.stat().st_mtime > built for source in _sources(root / "widgets"))


def _sources(widgets: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(widgets):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        yield from (Path(folder, name) for name in files)
