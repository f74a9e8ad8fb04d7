"""Commands and small programs: what a shell is given for a deed that was asked for in words, and a file that
is to print something.
"""

from __future__ import annotations

import re
from functools import cache
from shlex import quote

from nbkit.sim.brain import deeds, phrases
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.wordlists import table, word_set

_RUN = re.compile(
    r"\b(?:run|execute|evaluate|invoke)\b:?\s+(?:the )?(?:shell )?(?:command |cmd )?(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_FURTHER = re.compile(
    r",?\s+(?:and|then)\s+(?:then\s+)?(?:tell|show|say|explain|give|report|summari[sz]e|let|check|what|how|list|see)\b.*$"
    r"|\s+(?:for me|please)\b.*$|\s+in (?:the|a) (?:terminal|shell|sandbox|console)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_POINTS = re.compile(
    r"^(?:it|this|that|them"
    r"|(?:the|this|that|my|our)\s+(?:new |python )?(?:script|file|program|code|result)s?)\b",
    re.IGNORECASE,
)
_TESTS = re.compile(r"\b(?:the|all|our|my|unit)\s+(?:\w+ )?tests?\b(?: suite)?|\btest suite\b", re.IGNORECASE)
_SEARCHED = re.compile(
    r"\b(?:for|of|uses? of|occurrences? of|mentions? of|where is|where(?:'s| are)?)\s+"
    r"(?:the (?:word|string|text|function|class) )?"
    r"[\"'`“]?(?P<what>[\w.$:()/-]+)[\"'`”]?",
    re.IGNORECASE,
)
_PRINTS = re.compile(
    r"\b(?:(?:to )?print|prints|printing|outputs|outputting|says|saying|logs|echoes|displays|displaying)"
    r"\s+(?:out )?(?P<what>[\"'“`].+?[\"'”`]|[^\n.;]+?)"
    r"(?=\s*(?:[.;,!?]|$|\s+(?:and|then|to)\b))",
    re.IGNORECASE,
)
_LISTS = re.compile(r"\b(?:files?|director(?:y|ies)|folders?|contents?)\b", re.IGNORECASE)


def command(said: Said) -> tuple[str, tuple[int, int] | None] | None:
    """The shell command that a text gives or means, and where it stands if it is given."""
    text = said.text
    if (found := _RUN.search(text)) and not _TESTS.search(text[found.start() :][:60]):
        what = _FURTHER.sub("", found["what"]).strip().rstrip("?.")
        path = script(said)
        if _POINTS.match(what):
            return (path, None) if path else None
        if path and re.fullmatch(r"[\w./~-]+\.\w+", what):
            return path, None
        if quoted := re.match(r"[\"'`](.+?)[\"'`]", found["what"]):
            start = found.start("what") + 1
            return quoted[1], (start, start + len(quoted[1]))
        if what and not what.lower().startswith(("a ", "an ", "the ", "my ", "all ")):
            start = text.find(what, found.start("what"))
            return what, (start, start + len(what))
    meant = _meant(said)
    given = next((one for one in said.of("quoted") if str(one.value) in meant), None)
    return (meant, (given.start, given.end) if given else None) if meant else None


def _meant(said: Said) -> str:
    """The command for a deed that is told in words: what a person would type."""
    text, deed = said.text, deeds.asked(said.text)
    for pattern, line in _commands():
        if found := pattern.search(text):
            return found.expand(line)
    if deed is None:
        return ""
    if deed.stem == "run":
        return "pytest" if _TESTS.search(text) else ""
    if changed := _changed(said, deed):
        return changed
    paths, place = said.of("path"), folder(text) or "."
    if not {"search", "list"} & deed.families:
        return ""
    if "search" in deed.families and (suffix := suffix_of(text)):
        return f"find {quote(place)} -name '*.{suffix}'"
    wanted = said.of("quoted", "code")
    if ("search" in deed.families and not deed.is_question) or re.match(r"\W*where\b", text, re.IGNORECASE):
        found = _SEARCHED.search(text)
        what = str(wanted[0].value) if wanted else found["what"] if found else ""
        return f"grep -rn {quote(what)} {quote(place)}" if what else ""
    if _LISTS.search(text) and not paths and not wanted:
        return "ls -la" if place == "." else f"ls -la {quote(place)}"
    return ""


def _changed(said: Said, deed: deeds.Deed) -> str:
    """The command that adds to a file, removes, moves or makes one, or a folder."""
    text, paths = said.text, [str(one.value) for one in said.of("path")]
    if deed.stem in _ADDING and len(paths) == 1 and (line := _added(said)):
        return f"printf '%s\\n' {quote(line)} >> {quote(paths[0])}"
    if "delete" in deed.families and paths:
        return f"rm {' '.join(quote(path) for path in paths)}"
    if "move" in deed.families and len(paths) == 2:
        return f"{'cp' if deed.stem == 'copy' else 'mv'} {quote(paths[0])} {quote(paths[1])}"
    if "create" in deed.families and re.search(r"\b(?:directory|folder)\b", text, re.IGNORECASE):
        name = paths[0] if paths else (phrases.named(text) or ("", 0, 0))[0]
        return f"mkdir -p {quote(name)}" if name else ""
    return ""


_ADDING = word_set("add append put insert")


def _added(said: Said) -> str:
    """What is added to a file: what is quoted, else what stands between the verb and "to"."""
    if quoted := said.of("quoted"):
        return str(quoted[0].value)
    found = re.search(
        r"\b(?:add|append|put|insert)\s+(?:the |a )?"
        r"(?:(?:new )?(?:line|text|words?|entry)\s+)?(.+?)\s+(?:to|into|in)\b",
        said.text,
        re.IGNORECASE,
    )
    return found[1] if found else ""


@cache
def _commands() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern, re.IGNORECASE), line) for pattern, line in table("commands")]


def folder(text: str) -> str:
    """The folder that a text looks in: the "src" of "under src" or "in the src folder"."""
    found = re.search(
        r"\b(?:in|under|inside|within|below|of)\s+(?:the\s+)?(?:(?:folder|directory)\s+)?[\"'`]?"
        r"(?P<at>[~.]{0,2}/?[a-z][\w-]*(?:/[\w.-]+)*|[~.]{1,2}/?|/[\w./-]*)/?[\"'`]?(?P<kind>\s+(?:folder|directory))?(?=[\s?.!,]|$)",
        text,
    )
    if found is None or re.search(r"\.\w{1,5}$", found["at"]):
        return ""
    plain = re.fullmatch(r"[a-z]+", found["at"])
    if found["at"] in _POINTERS or (plain and not found["kind"] and found["at"] in _NO_FOLDERS):
        return ""
    return found["at"]


_POINTERS = word_set("the this that these those my our your all here it there a an any each every which")
_NO_FOLDERS = word_set(
    "code codebase project repo repository workspace directory folder file files them detail short full"
    " general parallel python javascript current working root contents content text list"
)


def suffix_of(text: str) -> str:
    """The suffix of the kind of files that a text names: "Python files", "*.md", ".json files"."""
    if found := re.search(r"\*?\.(\w{1,5})\b\s+files?\b|\*\.(\w{1,5})\b", text):
        return found[1] or found[2]
    found = _kinds_of_files().search(text)
    return str(table("suffixes")[found[1].lower()]) if found else ""


@cache
def _kinds_of_files() -> re.Pattern[str]:
    words = "|".join(map(re.escape, table("suffixes")))
    return re.compile(rf"\b({words})\s+(?:source )?(?:files?|scripts?|modules?)\b", re.IGNORECASE)


def script(said: Said) -> str:
    """The command that runs the program file which a text names."""
    for path in said.of("path"):
        suffix = str(path.value).rpartition(".")[2]
        if suffix in table("interpreters"):
            return f"{table('interpreters')[suffix]} {quote(str(path.value))}"
    return ""


def program(said: Said) -> str:
    """The source of a small program that prints what a text says: in the language of the file it names."""
    found = _PRINTS.search(said.text)
    if found is None:
        return ""
    path = next((str(one.value) for one in said.of("path")), "")
    suffix = path.rpartition(".")[2] or suffix_of(said.text)
    line = table("prints").get(suffix)
    if line is None:
        return ""
    what = found["what"].strip()
    is_expression = bool(re.fullmatch(r"[\d\s+*/().%-]+", what)) and suffix in ("py", "js", "ts", "rb")
    value = what.strip("\"'“”`").replace("\\", "\\\\").replace('"', '\\"')
    return str(line).replace("%", value if is_expression else f'"{value}"') + "\n"
