"""The shapes of what a text can mention, in the order of certainty: quotes, addresses, dates, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbkit.sim.brain import dates

_QUOTE, _DIGIT = "[\"“«`'‘]", r"\d"
# Between kind and pattern stands what a text has where the pattern matches: most texts have little of it.
_PATTERNS: tuple[tuple[str, str | None, re.Pattern[str]], ...] = (
    ("code", "`", re.compile(r"```[a-z]*\n?(.+?)```", re.DOTALL)),
    (
        "quoted",
        _QUOTE,
        re.compile(
            r"\"([^\"]+)\"|“([^“”]+)”|«([^«»]+)»|`([^`]+)`|(?<!\w)'([^']+)'(?!\w)|(?<!\w)‘([^‘’]+)’(?!\w)"
        ),
    ),
    ("url", ":", re.compile(r"\b[a-z][a-z0-9+.]{1,9}://[^\s<>\"')]*[^\s<>\"').,;:!?]")),
    ("email", "@", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("uuid", "-", re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")),
    ("ip", r"\.", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    (
        "hostname",
        r"\.",
        re.compile(
            r"(?<![\w@/.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|edu|gov|de|fr|uk|eu|ch|at|it|es|nl|us|ca|au|jp"
            r"|info|app|ai|cloud|local|internal|lan)\b(?![\w/:@.-]*[\w/@])"
        ),
    ),
    (
        "path",
        "[/.]",
        re.compile(
            r"(?<![\w/])(?:~|\.{1,2})?(?:/[\w.-]+)+/?|\b[\w-]+(?:/[\w.-]+)*\.(?:[a-z]{1,5}|py|md"
            r"|json)\b(?!\.)"
        ),
    ),
    ("phone", r"\+", re.compile(r"\+\d[\d ()-]{6,}\d")),
    ("color", "#", re.compile(r"#[0-9a-fA-F]{6}\b")),
    ("hashtag", "[#@]", re.compile(r"(?<![\w&])#[A-Za-z][\w-]*|(?<![\w.])@[A-Za-z][\w-]*")),
    ("datetime", "T", re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?")),
    ("date", None, dates.DATE),
    ("time", None, dates.TIME),
    (
        "timezone",
        "[/T]",
        re.compile(r"\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)/[A-Z]\w+|\b(?:UTC|GMT)\b"),
    ),
    (
        "address",
        _DIGIT,
        re.compile(
            r"\b\d+[A-Za-z]? (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr"
            r"|Boulevard|Blvd|Square|Way|Place)\b\.?(?:, (?:\d{4,6} )?[A-Z]\w+(?: [A-Z]\w+)?)?"
            r"|\b[A-Z]\w+(?:(?: (?:den|der|dem|de|la|du|of|the))? [A-Z]\w+)+ \d{1,4}[a-z]?,"
            r" (?:\d{4,6} )?[A-Z]\w+"
            r"|\b[A-Z]\w*(?:straße|strasse|weg|gasse|platz|allee) \d{1,4}[a-z]?"
            r"(?:, (?:\d{4,6} )?[A-Z]\w+)?"
            r"|\b(?:Rue|Calle|Via|Avenida|Rua|Plaza) [\w' ]{3,30}?,? \d{1,4}(?:, (?:\d{4,6} )?[A-Z]\w+)?"
        ),
    ),
    (
        "id",  # a version, a branch, a tag
        _DIGIT,
        re.compile(
            r"(?<![\w/.-])(?:v\d+(?:\.\d+)+(?:-[\w.]*\w)?|\d+\.\d+\.\d+(?:-[\w.]*\w)?"
            r"|[A-Za-z][\w-]*/\d[\w-]*(?:\.\d+)*)(?![\w/])"
        ),
    ),
    ("repository", "/", re.compile(r"(?<![\w/.-])[A-Za-z][\w.-]*/[A-Za-z][\w.-]*\w(?![\w/])")),
    (
        "id",
        _DIGIT,
        re.compile(
            r"#(\w*\d\w*)|\b([A-Za-z]+(?:[-_][A-Za-z0-9]+)*[-_]?\d[\w-]*)\b|\b(\d+(?:[-_][A-Za-z]"
            r"|[-_A-Za-z]+\d)[\w-]*|\d+[A-Z]{1,3}\d*)\b"
        ),
    ),
    ("token", "[-_.]", re.compile(r"(?<![\w/.@-])[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+(?![\w/@-])")),
    (
        "number",
        _DIGIT,
        re.compile(
            r"(?<![\w.])[-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])(?<!\d )[-−]?\d+(?:\.\d+)?"
            r"|(?<![\w.])\.\d+"
        ),
    ),
)


def matches(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield each kind with each place where its pattern matches."""
    has: dict[str | None, bool] = {None: True}
    for kind, needed, pattern in _PATTERNS:
        if needed not in has:
            has[needed] = needed is not None and re.search(needed, text) is not None
        if has[needed]:
            for found in pattern.finditer(text):
                yield kind, found
