"""Pictures and documents that a cell sends in front of its text: `--image` and `--file`."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from matplotlib.figure import Figure

from in_shell import Notebook
from nbkit.errors import UsageError
from nbkit.notebook.attached import files, images
from nbkit.notebook.completion import matches


def png(size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", size, "teal").save(buffer, format="PNG")
    return buffer.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n%%EOF"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a plot.png").write_bytes(png())
    (tmp_path / "paper.pdf").write_bytes(PDF)
    (tmp_path / "notes.md").write_text("# Notes\nrain", encoding="utf-8")
    (tmp_path / "noise.bin").write_bytes(b"\xff\xfe\xfa\x00")
    (tmp_path / "empty.txt").write_text("")
    return tmp_path


@pytest.fixture
def notebook(folder: Path) -> Iterator[Notebook]:
    notebook = Notebook()
    yield notebook
    notebook.run("%unload_ext nbkit")


@pytest.mark.parametrize(
    "value",
    [PIL.Image.new("L", (3, 3)), Figure(), png(), bytearray(png()), io.BytesIO(png())],
    ids=lambda value: type(value).__name__,
)
def test_a_variable_that_is_a_picture_is_an_image_block(value: Any) -> None:
    (block,) = images(["shown"], {"shown": value})
    assert block["type"] == "image"
    assert block["source"]["media_type"] == "image/png"
    assert base64.b64decode(block["source"]["data"]).startswith(b"\x89PNG")


def test_a_path_is_read_whether_it_is_written_or_in_a_variable(folder: Path) -> None:
    want = base64.b64encode(png()).decode()
    namespace = {"path": folder / "a plot.png", "words": str(folder / "a plot.png")}
    for name in ("a plot.png", str(folder / "a plot.png"), "path", "words"):
        assert images([name], namespace)[0]["source"]["data"] == want


def test_files_become_documents_with_their_names(folder: Path) -> None:
    paper, notes, picture = files(["paper.pdf", "notes.md", "a plot.png"], {})
    assert (paper["type"], paper["title"], paper["source"]["media_type"]) == (
        "document",
        "paper.pdf",
        "application/pdf",
    )
    assert notes["title"] == "notes.md"
    assert notes["source"] == {"type": "text", "media_type": "text/plain", "data": "# Notes\nrain"}
    assert picture["type"] == "image"


def test_a_variable_as_a_file_is_what_it_says(folder: Path) -> None:
    (text,) = files(["memo"], {"memo": "buy bread"})
    assert (text["title"], text["source"]["data"]) == ("memo", "buy bread")
    (table,) = files(["rows"], {"rows": [{"a": 1}]})
    assert table["source"]["data"] == '[{"a": 1}]'


@pytest.mark.parametrize(
    ("take", "name", "words"),
    [
        (images, "gone.png", "no file is called gone.png, and no variable; the folder here is"),
        (images, "notes.md", "is no picture that the API takes (PNG, JPEG, GIF or WebP)"),
        (images, "paper.pdf", "--file paper.pdf sends it as a document"),
        (images, "number", "number is an int; it takes a PIL image, a matplotlib figure"),
        (images, ".", ". is a folder"),
        (files, "noise.bin", "is neither a picture, nor a PDF, nor text in UTF-8"),
        (files, "empty.txt", "is empty, and the API takes no document without text"),
    ],
)
def test_what_can_not_be_sent_is_said_in_one_sentence(folder: Path, take: Any, name: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        take([name], {"number": 3})
    assert words in str(raised.value)


def test_a_cell_sends_pictures_and_documents_in_front_of_its_text(notebook: Notebook) -> None:
    notebook.shell.user_ns["plot"] = Figure()
    notebook.run('%%claude --image plot "a plot.png" --file paper.pdf --file notes.md\nWhat do you see?')
    content = notebook.chat.messages[0]["content"]
    assert [block["type"] for block in content] == ["image", "image", "document", "document", "text"]
    assert content[-1]["text"] == "What do you see?"
    assert notebook.chat.messages[1]["role"] == "assistant"


def test_nothing_is_said_where_one_of_them_can_not_be_sent(notebook: Notebook) -> None:
    with pytest.raises(UsageError, match="gone"):
        notebook.run('%%claude --image "a plot.png" gone.png\nWhat do you see?', cell="one")
    assert "chat" not in notebook.shell.user_ns


def test_tab_offers_variables_and_paths(notebook: Notebook) -> None:
    notebook.shell.user_ns["plot"] = Figure()
    magics = notebook.shell.magics_manager.registry["ClaudeMagics"]

    def offered(line: str) -> list[str]:
        return [text for text, _ in matches(magics, [line, "words"], 0, line)]

    assert "plot" in offered("%%claude --image ")
    assert offered("%%claude --image plot pa") == ["paper.pdf"]
    assert offered("%%claude --file ./no") == ["./noise.bin", "./notes.md"]
    assert "--image" in offered("%%claude --i")
