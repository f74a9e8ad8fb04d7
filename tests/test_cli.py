"""The commands as a shell sees them; JupyterLab itself is opened by the journeys."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nbkit
from nbkit import cli


def nbkit_command(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbkit", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=60)


class Launched(Exception):
    """Stands where JupyterLab would take over."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> None:
    labapp = pytest.importorskip("jupyterlab.labapp")

    def launch_instance(arguments: list[str]) -> None:
        raise Launched(arguments)

    monkeypatch.setattr(labapp.LabApp, "launch_instance", launch_instance)


@pytest.fixture
def wheel(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where no clone is: a package folder that carries its notebooks."""
    package = tmp_path / "site-packages" / "nbkit"
    (package / "_notebooks").mkdir(parents=True)
    for notebook in (root / "notebooks").glob("*.ipynb"):
        (package / "_notebooks" / notebook.name).write_bytes(notebook.read_bytes())
    monkeypatch.setattr(cli, "PACKAGE", package)
    return package


def test_the_version_is_the_package_s_own() -> None:
    assert nbkit_command("--version").stdout == f"nbkit {nbkit.__version__}\n"


def test_no_command_shows_what_there_is() -> None:
    done = nbkit_command()
    assert done.returncode == 0
    assert re.search(r"^ +lab +open the workshop", done.stdout, re.M)


def test_an_unknown_command_is_refused_with_what_there_is() -> None:
    done = nbkit_command("lib")
    assert done.returncode == 2
    assert "invalid choice: 'lib'" in done.stderr


def test_a_path_that_is_not_there_is_one_sentence() -> None:
    done = nbkit_command("lab", "nowhere.ipynb")
    assert done.returncode == 2
    assert (
        done.stderr
        == "nbkit: there is no nowhere.ipynb; name a notebook or a folder, or none for the workshop\n"
    )


def test_without_jupyterlab_the_sentence_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    assert cli.main(["lab"]) == 2
    assert "pip install 'nbkit[lab]'" in capsys.readouterr().err


@pytest.mark.usefixtures("launched")
def test_a_clone_opens_its_own_first_notebook(root: Path) -> None:
    with pytest.raises(Launched) as stop:
        cli.main(["lab"])
    assert stop.value.arguments[:2] == [
        f"--ServerApp.root_dir={root / 'notebooks'}",
        f"--LabApp.default_url=/lab/tree/{cli.FIRST}",
    ]


@pytest.mark.usefixtures("launched")
def test_a_folder_is_opened_as_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Launched) as stop:
        cli.main(["lab", str(tmp_path)])
    assert stop.value.arguments[:2] == [f"--ServerApp.root_dir={tmp_path}", "--LabApp.default_url=/lab"]


@pytest.mark.usefixtures("launched")
def test_what_it_does_not_know_goes_to_jupyterlab() -> None:
    with pytest.raises(Launched) as stop:
        cli.main(["lab", "--port", "9999", "--no-browser", "--ServerApp.token=secret"])
    assert {"--port=9999", "--no-browser", "--ServerApp.token=secret"} <= set(stop.value.arguments)


@pytest.mark.usefixtures("wheel")
def test_a_wheel_copies_the_workshop_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cli.workshop(tmp_path)
    assert folder == tmp_path / "nbkit-notebooks"
    assert json.loads((folder / cli.FIRST).read_text(encoding="utf-8"))["nbformat"] == 4
    assert str(folder) in capsys.readouterr().out


@pytest.mark.usefixtures("wheel")
def test_a_wheel_never_overwrites_the_copy_you_worked_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cli.workshop(tmp_path)
    (folder / cli.FIRST).write_text("mine", encoding="utf-8")
    cli.workshop(tmp_path)
    assert (folder / cli.FIRST).read_text(encoding="utf-8") == "mine"
    assert "your copy" in capsys.readouterr().out
