"""Little pieces that are made up: a haiku, a joke, a story, a poem."""

from __future__ import annotations

import re

_VERSE = re.compile(
    r"\b(haiku|poem|story|joke|limerick|tale|song)\b(?:.*?\b(?:about|on|of)\s+(.+?))?[.?!]*$",
    re.IGNORECASE | re.DOTALL,
)
_FILE = re.compile(r"\s+(?:to|in|into|as)\s+(?:(?:a|the) (?:new )?file\s+)?(?:called |named )?\S+\.\w{1,5}$")


def is_creative(text: str) -> bool:
    """Whether a text is to be invented: no tool knows more about it."""
    return bool(
        re.search(r"\b(?:write|tell|compose|invent|make up|sing)\b", text, re.IGNORECASE)
        and _VERSE.search(text)
    )


def written(text: str) -> str:
    """The piece that a text asks for, or ""."""
    found = _VERSE.search(text)
    if found is None:
        return ""
    about = (_FILE.sub("", found[2] or "") or "small things").strip()
    match found[1].lower():
        case "haiku":
            return (
                f"*{about[0].upper()}{about[1:]}*\n\nQuiet morning light —  \na thought of {about} "
                f"drifts by,  \nthen the page is still."
            )
        case "joke":
            return f"Why did the model bring {about} to the party? Because somebody said: *just add context.*"
        case "story" | "tale":
            return (
                f"Once there was a small town that knew only one thing about {about}: that nobody had "
                f"ever asked. One day a child did.\n\n"
                f"The baker had no answer, the teacher had three, and the mayor had a committee. So the "
                f"child went to look, with a notebook and a "
                f"pencil, and came back in the evening with a single page.\n\n"
                f"“It is simpler than you think,” the child said, “but you have to see it yourself.” From "
                f"then on, people in the town asked "
                f"about {about} every day — and went to look."
            )
        case kind:
            return (
                f"A {kind} about {about}:\n\nThe day begins with {about} in the air,  \na line "
                f"half-written waits for what is due;  \n"
                "and if you ask, an answer may be there,  \nas short as this, and nearly always true."
            )
