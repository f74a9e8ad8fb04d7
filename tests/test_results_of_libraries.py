"""What the libraries of a notebook give: tables, arrays, pictures and plots, with the real things."""

import collections
import datetime
import decimal
import enum
import io
import math
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from IPython.display import HTML, Markdown
from matplotlib.figure import Figure
from PIL import Image

from nbkit import check
from nbkit.loop.array.history import plain
from nbkit.loop.tools.plain_data import MOST_ITEMS
from nbkit.loop.tools.results import to_content
from nbkit.loop.tools.tool import Tool

mpl.use("Agg")

TABLE = pd.DataFrame({"city": ["Oslo", "Rome"], "degrees": [1.5, math.nan]})
ROWS = "   city  degrees\n0  Oslo      1.5\n1  Rome      NaN"


class Unit(enum.Enum):
    CELSIUS = "c"


class Spot(NamedTuple):
    x: int
    y: int


class Rich:
    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        return {"text/plain": "plain", "text/markdown": "**rich**"}


class Broken:
    def _repr_png_(self) -> bytes:
        raise ValueError("no picture")

    def __str__(self) -> str:
        return "in words"


def picture(mode: str = "RGB", kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (4, 4)).save(buffer, kind)
    return buffer.getvalue()


def figure() -> Figure:
    made = Figure(figsize=(1, 1))
    made.subplots().plot([1, 2])
    return made


TEXTS: list[tuple[Any, str]] = [
    (TABLE, ROWS),
    (TABLE.degrees, "0    1.5\n1    NaN"),
    (TABLE.style, " city degrees\n0 Oslo 1.500000\n1 Rome nan\n"),
    (TABLE.to_dict(), '{"city": {"0": "Oslo", "1": "Rome"}, "degrees": {"0": 1.5, "1": NaN}}'),
    (TABLE.groupby("city").degrees.sum().to_dict(), '{"Oslo": 1.5, "Rome": 0.0}'),
    (pd.Timestamp("2026-01-02"), "2026-01-02T00:00:00"),
    (pd.NaT, "NaT"),
    (np.arange(4).reshape(2, 2), "[[0, 1], [2, 3]]"),
    (np.array([1.0, np.nan, np.inf]), "[1.0, NaN, Infinity]"),
    (np.float32(1.5), "1.5"),
    (np.bool_(True), "true"),
    (np.datetime64("2026-01-02"), "2026-01-02"),
    ({np.int64(3): np.int64(4)}, '{"3": 4}'),
    ({(1, 2): 3, None: 4, True: 5}, '{"(1, 2)": 3, "null": 4, "true": 5}'),
    (math.nan, "NaN"),
    (10**20, "1" + 20 * "0"),
    (decimal.Decimal("1.10"), "1.10"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (datetime.datetime(2026, 1, 2, 3, 4), "2026-01-02T03:04:00"),
    ([datetime.date(2026, 1, 2)], '["2026-01-02"]'),
    (Path("plots/a.png"), "plots/a.png"),
    (Unit.CELSIUS, "c"),
    (Spot(1, 2), '{"x": 1, "y": 2}'),
    (range(3), "[0, 1, 2]"),
    ((each for each in "ab"), '["a", "b"]'),
    ({"a": 1}.keys(), '["a"]'),
    (collections.deque([1]), "[1]"),
    (collections.Counter("aab"), '{"a": 2, "b": 1}'),
    (Markdown("**rich**"), "**rich**"),  # type: ignore[no-untyped-call]
    (HTML("<b>rich</b>"), "<b>rich</b>"),  # type: ignore[no-untyped-call]
    (Rich(), "**rich**"),
    (Broken(), "in words"),
    (io.BytesIO(b"text"), "text"),
    (
        ExceptionGroup("two", [ValueError("a"), KeyError("b")]),
        "ExceptionGroup: two (2 sub-exceptions): ValueError: a; KeyError: 'b'",
    ),
]


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=[type(value).__name__ for value, _ in TEXTS])
def test_values_become_text(value: Any, text: str) -> None:
    assert to_content(value) == text


PICTURES: list[tuple[Any, str]] = [
    (Image.new("RGB", (4, 4)), "image/png"),
    (Image.new("F", (4, 4)), "image/png"),
    (picture(), "image/png"),
    (io.BytesIO(picture(kind="JPEG")), "image/jpeg"),
    (picture(kind="WEBP"), "image/webp"),
    (picture(kind="GIF"), "image/gif"),
    (figure(), "image/png"),
    (figure().axes[0], "image/png"),
    (figure().axes[0].lines[0], "image/png"),
    (TABLE.plot().get_figure(), "image/png"),
]


@pytest.mark.parametrize(("value", "media"), PICTURES, ids=[type(value).__name__ for value, _ in PICTURES])
def test_values_become_pictures_that_the_api_takes(value: Any, media: str) -> None:
    (block,) = blocks(value)
    assert block["source"]["media_type"] == media


def test_a_pdf_is_a_document_and_other_bytes_are_named_by_their_size() -> None:
    page = io.BytesIO()
    figure().savefig(page, format="pdf")
    (block,) = blocks(page.getvalue())
    assert (block["type"], block["source"]["media_type"]) == ("document", "application/pdf")
    assert to_content(picture(kind="BMP")) == f"<no text: {len(picture(kind='BMP'))} bytes>"


def test_several_lines_of_one_plot_are_one_picture() -> None:
    axes = figure().axes[0]
    assert [block["type"] for block in blocks(axes.plot([1], [2], [3], [4]))] == ["image"]
    assert [block["type"] for block in blocks(Figure().subplots(2))] == ["image"]


def test_pictures_and_tables_in_a_dict_stand_below_their_names() -> None:
    found = blocks({"count": 2, "plot": Image.new("RGB", (4, 4)), "rows": TABLE})
    assert [block.get("text", block["type"]) for block in found] == [
        '{"count": 2}',
        "plot:",
        "image",
        f"rows:\n{ROWS}",
    ]
    assert [block["text"] for block in blocks([TABLE, "and", TABLE])] == [ROWS, "and", ROWS]


def test_a_number_that_python_does_not_write_out_is_written_in_hexadecimal() -> None:
    assert to_content(10**5000) == hex(10**5000)
    assert to_content([10**5000]) == f'["{hex(10**5000)}"]'


def test_what_has_no_end_is_an_error_and_not_a_hang() -> None:
    def forever() -> Any:
        while True:
            yield 1

    with pytest.raises(OverflowError, match="more than 100,000 items"):
        to_content(forever())
    with pytest.raises(OverflowError, match="more than 100,000 items"):
        Tool(forever).run({})
    assert len(str(to_content(iter(range(MOST_ITEMS))))) > MOST_ITEMS


def test_of_a_table_that_nobody_can_read_the_ends_are_shown_and_that_is_said() -> None:
    text = to_content(pd.DataFrame({"a": range(300_000)}))
    assert isinstance(text, str)
    assert len(text) < 2000
    assert "299999" in text
    assert text.endswith("[the first and last of 300,000 rows]")


def blocks(value: Any) -> list[dict[str, Any]]:
    content = to_content(value)
    assert isinstance(content, list)
    assert problems(content) == []
    return content


def problems(content: Any) -> list[str]:
    """What the API says of content in a result."""
    call = {"type": "tool_use", "id": "toolu_01", "name": "plot", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_01", "content": plain(content)}
    messages = [
        {"role": "user", "content": "plot"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]
    tools = [{"name": "plot", "input_schema": {"type": "object"}}]
    body = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": messages, "tools": tools}
    return [each.message for each in check(body)]
