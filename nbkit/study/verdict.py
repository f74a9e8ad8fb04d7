"""What the rules say of requests that were written down: one verdict each, in the file's order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbkit.facts.facts import DEFAULT_VERSION
from nbkit.loop.array.judging import lenient
from nbkit.rules import endpoints, envelope
from nbkit.rules.between.succession import check_session
from nbkit.rules.body.body import NOT_JSON
from nbkit.rules.body.json_why import TOO_DEEP
from nbkit.rules.envelope import VALID_KEY
from nbkit.rules.portable import platforms
from nbkit.rules.problem import Level, Problem
from nbkit.rules.validator import check, check_history
from nbkit.study.imports import Import, Imported
from nbkit.study.unknown import certain

# How `check_session` names a request: the one at fault by its path, an earlier one in its words.
OWNER = re.compile(r"requests\.(\d+)\.?")
FIRST_PARTY = "anthropic"
OTHER = re.compile(r"\brequest (\d+)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who checks says of the headers and the place; it wins over what the file says.

    A header that is None is taken away. `endpoint` None leaves each request where it goes. `session`: the
    requests are one program's, in the order in which they were sent.
    """

    version: str | None = None
    betas: Sequence[str] = ()
    headers: Mapping[str, str | None] = field(default_factory=dict)
    endpoint: str | None = None
    platform: str = "anthropic"
    session: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One request, named by its place, with its problems in the API's order.

    `lost`: not what the API says of the request, but what got lost between it and an earlier one.
    `note` is no fault: what a conversation waits for. `unread`: it isn't judged, and `note` says why.
    """

    where: str
    name: str | None
    line: int | None
    problems: Sequence[Problem]
    lost: bool = False
    note: str = ""
    unread: bool = False

    @property
    def refused(self) -> bool:
        return self.count("error") > 0 and not self.lost

    def count(self, level: Level) -> int:
        return sum(problem.level == level for problem in self.problems)


def verdicts(found: Import, asked: Asked) -> Iterator[Verdict]:
    """Judge each request of a file, then the session. `UsageError` for an endpoint or platform unknown."""
    platforms.named(asked.platform)
    if asked.endpoint is not None:
        endpoints.named(asked.endpoint)
    sent: list[Imported] = []
    for each in found.requests:
        if each.kind == "unread":
            yield Verdict(each.where, each.name, each.line, (), note=each.note, unread=True)
            continue
        yield Verdict(each.where, each.name, each.line, problems(each, asked), note=each.note)
        if asked.session and _is_turn(each):
            sent.append(each)
    yield from _lost(sent)


def _is_turn(each: Imported) -> bool:
    """Whether a request is one of a conversation; those that only count tokens are not."""
    return isinstance(each.body, dict) and "messages" in each.body and each.endpoint != endpoints.COUNT


def _lost(sent: list[Imported]) -> Iterator[Verdict]:
    """Say what got lost between requests, with each request called by its place in the file."""
    if len(sent) < 2:
        return
    replies = [each.reply if each.is_answered or each.reply else ... for each in sent]
    lost = {index: [_unused(each)] for index, each in enumerate(sent) if each.unused}
    for problem in check_session([each.body for each in sent], replies):
        if (owner := OWNER.match(problem.path)) is not None:
            named = _named(problem, sent)
            placed = _placed(replace(named, path=problem.path[owner.end() :]), sent[int(owner[1])])
            lost.setdefault(int(owner[1]), []).append(placed)
    for index in sorted(lost):
        each = sent[index]
        yield Verdict(each.where, each.name, each.line, lost[index], lost=True)


def _unused(each: Imported) -> Problem:
    """Say that what came for a request can't be compared with what was sent next."""
    message = f"the reply to this request {each.unused}; it was left out of the comparison"
    why = "Whether a reply went back is seen only where the file has the whole of it."
    return Problem("shape", each.at, message, "warning", 200, "session", why=why)


def _named(problem: Problem, sent: list[Imported]) -> Problem:
    def place(found: re.Match[str]) -> str:
        index = int(found[1])
        if index >= len(sent):
            return found[0]
        line = sent[index].line
        return f"the request in line {line}" if line is not None else f"request {_place(sent[index].where)}"

    message = OWNER.sub("", problem.message)
    return replace(problem, message=OTHER.sub(place, message), why=OTHER.sub(place, problem.why))


def _place(where: str) -> str:
    """The place in the file alone; what the file is called stands above."""
    return where.rpartition(": ")[2]


def problems(imported: Imported, asked: Asked) -> list[Problem]:
    """Return every problem of one request, in the API's order."""
    platform = asked.platform if asked.platform != FIRST_PARTY else imported.platform or FIRST_PARTY
    if imported.broken is not None:
        large = envelope.too_large(imported.size, platforms.named(platform).body_mb)
        return [*imported.around, *large, imported.broken]
    judge = check_history if imported.at_rest else check
    found: list[Problem]
    try:
        found = judge(imported.body, _headers(imported, asked), _endpoint(imported, asked), platform)
    except RecursionError:
        # JSON that could be read, and is too deep to be walked.
        found = [Problem("body", "", f"{NOT_JSON}: recursion limit exceeded", why=TOO_DEEP)]
    if imported.history is not None:
        found = lenient(found, imported.history)
    found = certain(found, imported.unknown, imported.body)
    return [*imported.around, *(_placed(each, imported) for each in found)]


def _placed(problem: Problem, imported: Imported) -> Problem:
    """Say where the problem is in the file: a batch has each request inside an entry."""
    return problem.moved(imported.at) if imported.at and problem.path != "headers" else problem


def _endpoint(imported: Imported, asked: Asked) -> str:
    """Return where a request goes; one of a batch, already taken out of it, is no batch itself."""
    wanted = asked.endpoint or imported.endpoint
    goes_inside = imported.in_batch and endpoints.named(wanted) == endpoints.BATCHES
    return imported.endpoint if goes_inside else wanted


def _headers(imported: Imported, asked: Asked) -> dict[str, str | None]:
    """Return the headers as `check` takes them: all of a request's, or changes against its defaults."""
    headers: dict[str, str | None] = dict(imported.headers or {})
    if asked.version is not None:
        headers["anthropic-version"] = asked.version
    betas = [*filter(None, [headers.get("anthropic-beta")]), *asked.betas]
    if betas:
        headers["anthropic-beta"] = ",".join(betas)
    names_others = any(not name.startswith("anthropic-") for name in asked.headers)
    if names_others and not imported.whole:
        headers = {"x-api-key": VALID_KEY, "anthropic-version": DEFAULT_VERSION, **headers}
    return {**headers, **asked.headers}
