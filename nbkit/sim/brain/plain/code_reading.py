"""What a few lines of Python do, line by line, in words."""

from __future__ import annotations

import re

_LINES = (
    (r"def (\w+)\((.*?)\).*:$", "`{0}` is a function that takes {1}."),
    (r"class (\w+).*:$", "`{0}` is a class."),
    (r"(?:from (\S+) )?import (.+)$", "It imports `{1}`."),
    (
        r"for (\w+) in range\((\d+)\):?(.*)$",
        "It repeats what follows {1} times, with `{0}` from 0 to one less than that.",
    ),
    (r"for (\w+) in (.+?):(.*)$", "It goes through `{1}`, one `{0}` at a time."),
    (r"while (.+?):(.*)$", "It repeats what follows as long as `{0}` holds."),
    (r"(?:el)?if (.+?):(.*)$", "Where `{0}` holds, it does what follows."),
    (r"else:(.*)$", "Otherwise it does what follows."),
    (r"return (.+)$", "It returns `{0}`."),
    (r"print\((.*)\)$", "It prints `{0}`."),
    (r"(\w+) \+= (.+)$", "It adds `{1}` to `{0}`."),
    (r"(\w+) = (.+)$", "It gives the name `{0}` to `{1}`."),
    (r"(?:console\.log)\((.*)\);?$", "It prints `{0}`."),
    (r"(?:const|let|var) (\w+) = (.+?);?$", "It gives the name `{0}` to `{1}`."),
)
_ASKS = (
    r"\b(?:explain|what does|what is|describe|what's|walk me through|understand)\b.{0,40}\b(?:code"
    r"|function|program|snippet|script|line|do)\b"
)


def said(text: str) -> str:
    """What the code in a prompt does, or ""."""
    if not re.search(_ASKS, text[:120], re.IGNORECASE) or len(text) > 3000:
        return ""
    fenced = re.search(r"```\w*\n(.+?)```", text, re.DOTALL)
    code = fenced[1] if fenced else re.split(r"[?:]\s*(?=\S)", text, maxsplit=1)[-1]
    told = [sentence for line in code.splitlines() for sentence in _read(line.strip())]
    return " ".join(told)


def _read(line: str) -> list[str]:
    for pattern, sentence in _LINES:
        if found := re.match(pattern, line):
            groups = [one or "" for one in found.groups()]
            more = _read(groups[-1].strip()) if line.split(" ")[0] in ("for", "while", "if", "elif") else []
            first = [one if one else "nothing" for one in groups]
            return [sentence.format(*first), *more]
    return []
