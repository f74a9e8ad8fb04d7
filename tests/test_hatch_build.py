"""What is shipped: a wheel that needs no Node, an sdist that makes one, plain words where neither can be."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hatch_build import BUNDLE, is_stale

SOURCE = "widgets/src/hub.ts"


def build(target: str, root: Path, into: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    clean = os.environ | environment
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env=clean, timeout=300
    )


@pytest.fixture(scope="module")
def sdist(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack an sdist made from the clone, whose front end is built by then."""
    into = tmp_path_factory.mktemp("sdist")
    done = build("sdist", root, into)
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(into.glob("*.tar.gz"))) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and newer, and from 3.14 on the default
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(into)
    return next(path for path in into.iterdir() if path.is_dir())


def test_the_sdist_carries_the_sources_and_a_small_front_end(sdist: Path) -> None:
    assert 10_000 < (sdist / BUNDLE).stat().st_size < 250_000
    assert (sdist / SOURCE).exists()
    assert not list(sdist.rglob("node_modules"))


def test_a_wheel_from_an_sdist_needs_no_node(sdist: Path, tmp_path: Path) -> None:
    done = build("wheel", sdist, tmp_path, PATH="")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {str(BUNDLE), "nbkit/py.typed", "nbkit/_notebooks/00_first_light.ipynb"} <= names
    assert not [name for name in names if name.startswith(("tests/", "widgets/", "nbkit/notebooks"))]


def test_without_bundle_and_node_the_build_says_what_to_install(sdist: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for path in sdist.rglob("*"):
        if path.is_file() and path != sdist / BUNDLE:
            copy = bare / path.relative_to(sdist)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    done = build("wheel", bare, tmp_path, PATH="")
    assert done.returncode != 0
    assert "install Node.js 20 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_source_newer_than_the_bundle_makes_it_stale(tmp_path: Path) -> None:
    for name in (BUNDLE, SOURCE):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    os.utime(tmp_path / SOURCE, (1, 1))
    assert not is_stale(tmp_path)
    os.utime(tmp_path / BUNDLE, (0, 0))
    assert is_stale(tmp_path)


def test_a_missing_bundle_is_stale(tmp_path: Path) -> None:
    assert is_stale(tmp_path)
