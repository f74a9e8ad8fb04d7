"""The public names are the list in `nbkit.__all__`, and importing them costs and asks nothing."""

import json
import os
import subprocess
import sys

import pytest

import nbkit


def test_the_public_names_are_sorted_and_listed_once() -> None:
    assert list(nbkit.__all__) == sorted(set(nbkit.__all__))


@pytest.mark.parametrize("name", nbkit.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(nbkit, name) is not None


@pytest.mark.parametrize("name", nbkit.__all__)
def test_every_public_name_is_offered_to_completion(name: str) -> None:
    assert name in dir(nbkit)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        nbkit.no_such_name  # noqa: B018


@pytest.mark.parametrize("library", ["IPython", "anywidget", "httpx", "ipywidgets", "pydantic"])
def test_importing_nbkit_imports_no_heavy_library(library: str) -> None:
    assert library not in modules_after("import nbkit")


def test_importing_every_public_name_needs_no_notebook_and_no_key() -> None:
    loaded = modules_after("import nbkit; [getattr(nbkit, name) for name in nbkit.__all__]")
    assert not loaded & {"IPython", "anywidget", "ipywidgets"}


def modules_after(statement: str) -> set[str]:
    """What a fresh interpreter without any key has loaded after a statement."""
    program = f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC_", "NBKIT_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=clean
    )
    names: list[str] = json.loads(done.stdout)
    return {name.split(".")[0] for name in names}
