"""A name that is nearly right is told at once, where it would be taken and do nothing."""

from typing import Any

import pytest

import nbkit
from nbkit.errors import UsageError
from scripted import chat, says


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("modle", "model"),
        ("max_token", "max_tokens"),
        ("policyy", "policy"),
        ("tool", "tools"),
        ("sytem", "system"),
        ("unatended", "unattended"),
        ("max_step", "max_steps"),
        ("tool_choices", "tool_choice"),
        ("temprature", "temperature"),
    ],
)
def test_a_misspelt_keyword(wrong: str, right: str) -> None:
    given: dict[str, Any] = {wrong: "x"}
    with pytest.raises(UsageError, match=f"takes no '{wrong}': did you mean '{right}'"):
        nbkit.Conversation(**given)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("modle", "model"),
        ("policyy", "policy"),
        ("tool", "tools"),
        ("message", "messages"),
        ("breakpoint", "breakpoints"),
        ("max_step", "max_steps"),
        ("atended", "attended"),
        ("param", "params"),
    ],
)
def test_a_misspelt_attribute_changes_nothing(wrong: str, right: str) -> None:
    conversation, _ = chat()
    with pytest.raises(UsageError, match=f"has no '{wrong}': did you mean '{right}'"):
        setattr(conversation, wrong, "x")
    assert not hasattr(conversation, wrong)


@pytest.mark.parametrize("field", ["max_tokens", "temperature", "tool_choice"])
def test_a_field_of_the_body_is_no_attribute(field: str) -> None:
    conversation, _ = chat()
    with pytest.raises(UsageError, match=rf"chat\.edit\('{field}'"):
        setattr(conversation, field, 1)
    conversation.edit(field, 1)
    assert conversation.request()[field] == 1


def test_a_field_that_is_newer_than_nbkit_can_be_meant() -> None:
    conversation, script = chat(says("hi"), holograms=True)
    assert conversation.request()["holograms"] is True
    conversation.params = {"max_token": 5}
    assert conversation.request()["max_token"] == 5
    conversation.send("hello", check=False)
    assert script.requests[0]["max_token"] == 5


def test_what_is_nobodys_name_is_ones_own_to_keep() -> None:
    conversation, _ = chat()
    conversation.diary = ["mine"]  # as one does in a notebook
    assert conversation.fork().diary == ["mine"]  # type: ignore[attr-defined]
