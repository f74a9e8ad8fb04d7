"""What Jupyter can't carry is made fit; the rest goes through as it is."""

import json
import math

from nbkit.notebook.page.sendable import sendable


def test_what_can_be_sent_goes_out_equal() -> None:
    value = {"a": ["é😀", 1, 2.5, True, None, {"b": ""}]}
    assert sendable(value) == value


def test_halves_of_characters_and_odd_numbers_can_be_sent() -> None:
    value = {"\ud800": ["x\udcff", math.nan, -math.inf]}
    made = sendable(value)
    assert made == {"\ufffd": ["x\ufffd", "nan", "-inf"]}
    assert json.loads(json.dumps(made, ensure_ascii=False, allow_nan=False).encode()) == made
