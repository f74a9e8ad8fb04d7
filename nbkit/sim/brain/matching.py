"""Which tool a sentence asks for: by the deed, and by name, description, parameters and enum values, weighed
by how rare a word is among the tools at hand. What a tool is called and for counts far more than all else
that its description tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from nbkit.sim.brain import deeds, lexicon, programs
from nbkit.sim.brain.asked_words import asked_stems
from nbkit.sim.brain.evidence import evidence, fit, plurality
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.reckoners import reckons
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.tool_words import GENERIC_STEMS, ToolWords

ENOUGH = 1.7
ENOUGH_TO_TRY = 1.2  # where nothing can be said without a tool

_NAME, _CONCEPT, _DESCRIPTION, _PARAMETER, _EVIDENCE, _GENERIC = 3.0, 2.2, 1.0, 1.2, 2.4, 0.5
_WONDERS = re.compile(r"\b(?:what|who|when|where|how|why|which|latest|find|know)\b", re.IGNORECASE)
_TOOL_MEANT = re.compile(r"\b(?:use|call|run|try) (?:the|your|a|any) tools?\b", re.IGNORECASE)


class Matcher:
    """The tools of one request, ready to be asked which of them a text wants."""

    def __init__(self, tools: Sequence[Tool], *, curious: bool = True) -> None:
        self.tools = tools
        self._choosing = len(tools) > 1
        self._curious = curious  # whether a tool that looks things up is worth asking
        self._words = {tool.name: ToolWords(tool) for tool in tools}
        self._common = Counter(
            word for words in self._words.values() for word in {*words.name, *words.purpose}
        )
        self._shared = Counter(number for words in self._words.values() for number in words.concepts)
        first = Counter(words.first for words in self._words.values())
        self._prefixes = {word for word, count in first.items() if count > 2}
        self._deeds = {stem for words in self._words.values() for stem in words.made.named}
        self._found: dict[tuple[str, float], Tool | None] = {}
        self._asked: dict[str, tuple[dict[str, float], frozenset[str]]] = {}

    def best(self, said: Said, least: float | None = None) -> Tool | None:
        """The tool that fits best, or None when none fits well enough; among equals the first."""
        if least is None:
            least = ENOUGH_TO_TRY if self._curious and len(self.tools) == 1 else ENOUGH
        if (said.text, least) not in self._found:
            self._found[said.text, least] = self._best(said, least)
        return self._found[said.text, least]

    def _best(self, said: Said, least: float) -> Tool | None:
        scored = sorted(((self.score(tool, said), -at) for at, tool in enumerate(self.tools)), reverse=True)
        if not self._choosing:
            return self.tools[0] if scored and scored[0][0] >= least else None
        floor = max(0, scored[0][0] - _NEAR) if scored and least > 0 else -99.0
        close = [(score, at) for score, at in scored[:_CLOSE] if score > floor]
        shell = next((tool for tool in self.tools if self._can_be_typed(tool, said)), None)
        if len(close) == 1 and close[0][0] >= least and shell is None:
            return self.tools[-close[0][1]]
        fits: dict[int, float] = {}
        for score, at in close:  # the first by their words first: what can't pass the best is not tried
            top = max((other + fits[one] for other, one in close if one in fits), default=-99.0)
            fits[at] = fit(self.tools[-at], said) if score + _FULL > top or score < least else -_FULL
        share = 1.0 if self._orders(said) else 0.3
        close = [pair for pair in close if pair[0] + share * max(0, fits[pair[1]] - 0.5) >= least]
        close.sort(key=lambda pair: (pair[0] + fits[pair[1]], pair[1]), reverse=True)
        best = self.tools[-close[0][1]] if close else None
        if shell is None or best is None:
            return shell or best
        object = self._worded(best, said)[1]
        aside = self._orders(said) and self.does(best, said) < 1
        loose = fits[close[0][1]] < 1 or object < _NAMED or aside
        return shell if loose else best

    def _can_be_typed(self, tool: Tool, said: Said) -> bool:
        """Whether a tool is a shell, and what is asked is done with a command: when no other tool is fit."""
        return self._words[tool.name].is_shell and programs.command(said) is not None

    def is_noun(self, word: str) -> bool:
        """Whether a verb is but a noun in the names of these tools: the "pull" of `get_pull_request`."""
        return lexicon.stem(word) not in self._deeds and any(
            word in words.made.besides for words in self._words.values()
        )

    def does(self, tool: Tool, said: Said) -> float:
        """How well a tool does what a text asks for, whatever it is done to."""
        return deeds.agreement(deeds.asked(said.text), self._words[tool.name].made)

    def _orders(self, said: Said) -> bool:
        """Whether a text tells to do something: then a tool that all of it fits may have few of its words."""
        deed = deeds.asked(said.text)
        return self._choosing and deed is not None and not deed.is_question

    def score(self, tool: Tool, said: Said) -> float:
        if _is_named(tool, said.text) or reckons(tool, said):
            return 12.0
        total, object, done = self._worded(tool, said)
        if self._choosing and total < _AGAINST:
            return 0.0
        share, telling = evidence(tool, said, choosing=self._choosing, curious=self._curious)
        if self._words[tool.name].looks_up and self._curious and _WONDERS.search(said.text):
            total, object = total + ENOUGH, object + ENOUGH
        alone = self._curious and len(self.tools) == 1
        if (
            not object
            and done <= 0
            and not (share == 1 and (telling >= 1 or alone))
            and not (alone and telling >= 1)
        ):
            return 0.0
        if self._choosing and object < 1 and done < _OWN:
            if share == 1 and total < 0 and done >= 0:
                total /= 2
            share *= 0.5
        if self._choosing:
            total += plurality(tool, said)
            if said.of("quoted") and not self._words[tool.name].takes_words:
                total -= 1
        total += _NAME * bool(_TOOL_MEANT.search(said.text))
        return total + _EVIDENCE * share + min(telling, 2)

    def worded(self, tool: Tool, said: Said) -> float:
        """How much the words alone speak for a tool; what is quoted is passed on, not asked."""
        return self._worded(tool, said)[0]

    def _worded(self, tool: Tool, said: Said) -> tuple[float, float, float]:
        """What all words count, what those count that name what is acted on, and what the deed does."""
        words = self._words[tool.name]
        if said.text not in self._asked:
            self._asked[said.text] = asked_stems(said, self._choosing), frozenset(lexicon.words(said.text))
        asked, spoken = self._asked[said.text]
        names = [str(mention.value) for mention in said.of("name") if " " in str(mention.value)]
        named = {stem for name in names for stem in lexicon.stems(name)}
        if not self._choosing:
            total = sum(self._word(stem, words, named=stem in named) for stem in asked)
            return total, total, 0.0
        deed = deeds.asked(said.text)
        verbs = {*deeds.plain_verbs(words.made), deed.stem} if deed else set()
        object = sum(
            weight * self._word(stem, words, named=stem in named)
            for stem, weight in asked.items()
            if stem not in verbs
        ) + min(1, sum(self._aside(stem, words) for stem in asked))
        done = deeds.agreement(deed, words.made)
        if not done and deed is not None and deed.stem in self._deeds:
            done = -2.5  # another tool is named by the very verb
        if done > 0 and deed is not None and deed.stem not in words.made.named:
            rivals = (other for other in self._words.values() if deed.stem in other.made.named)
            done -= _RIVAL * any(other.nouns == words.nouns for other in rivals)
        if done > 0 and deed is not None:
            least = 0.0 if deed.is_question else 1.0 if self._is_own(deed, words) else 0.4
            done *= min(1, least + object / 1.5) if self._curious or not deed.is_question else 0
        return object + done + self._exactness(words, asked, spoken), object, done

    def _is_own(self, deed: deeds.Deed, words: ToolWords) -> bool:
        """Whether a tool is the only one that is named by a verb, and that is not a verb of any tool."""
        if deed.stem not in words.made.named or deed.stem in GENERIC_STEMS:
            return False
        return sum(deed.stem in other.made.named for other in self._words.values()) == 1

    def _aside(self, stem: str, words: ToolWords) -> float:
        """What a word counts that stands only in the further text of a description."""
        return _ASIDE if stem in words.aside and stem not in GENERIC_STEMS else 0.0

    def _exactness(self, words: ToolWords, asked: dict[str, float], spoken: frozenset[str]) -> float:
        """A little for words in the very form of the name (`issues`), something off for those not said."""
        unsaid = self._unsaid(words, asked)
        akin = {number for stem in asked for number in lexicon.concepts(stem)}
        meta = words.meta and not any(one in asked or lexicon.concepts(one) & akin for one in words.meta)
        return 0.3 * len(spoken & words.spelled) - min(1.6, 0.8 * len(unsaid)) - (4.0 if meta else 0.0)

    def _unsaid(self, words: ToolWords, asked: dict[str, float]) -> list[str]:
        """The nouns of a tool's name that a text has neither itself nor in another word."""
        akin = {number for stem in asked for number in lexicon.concepts(stem)}
        return [
            one
            for one in words.nouns - self._prefixes
            if not any(lexicon.alike(one, stem) for stem in asked) and not lexicon.concepts(one) & akin
        ]

    def _word(self, stem: str, words: ToolWords, *, named: bool = False) -> float:
        rare = 1 / max(1, self._common[stem])
        generic = stem in GENERIC_STEMS
        name = max((lexicon.alike(stem, one) for one in words.name), default=0.0)
        if name:
            return name * (_GENERIC if generic else _NAME * (0.5 + rare / 2))
        told = words.purpose if self._choosing else words.description
        described = max((lexicon.alike(stem, one) for one in told), default=0.0)
        described *= _GENERIC if generic else _DESCRIPTION * (0.6 + (0.9 if self._choosing else 0.6) * rare)
        akin = 0.0 if named else self._akin(stem, words, generic=generic)
        if akin:
            return max(akin, described) if self._choosing else akin
        if described:
            return described
        return _PARAMETER * max((lexicon.alike(stem, one) for one in words.parameters), default=0.0)

    def _akin(self, stem: str, words: ToolWords, *, generic: bool) -> float:
        """What a word of nearly the same meaning counts: more in a name than in a description."""
        concepts = words.concepts if words.first not in self._prefixes else words.concepts_without_first
        shared = lexicon.concepts(stem) & concepts
        if not shared:
            return 0.0
        few = 1 / min(self._shared[number] for number in shared)
        weight = _CONCEPT
        if self._choosing:
            weight *= 0.8 if shared & words.concepts_of_name else 0.5
        return weight * (_GENERIC if generic else 0.4 + 0.6 * few)


_ASIDE = 0.2  # a word of the further text
_RIVAL = 1.0  # another tool for the same things is named by the very verb
_AGAINST = -2.2  # words that speak so much against a tool can't be made up for
_FULL = 1.5  # the most that a fit counts
_OWN = 2.0  # a deed that a tool is named by
_NAMED = 0.5  # less than this is no word of what a tool works on
_NEAR = 2.0
_CLOSE = 4


def _is_named(tool: Tool, text: str) -> bool:
    if tool.name not in text:
        return False
    name = re.escape(tool.name)
    if "_" in tool.name or f"`{tool.name}`" in text:
        return bool(re.search(rf"(?<!\w){name}(?!\w)", text))
    return bool(re.search(rf"\b{name} (?:tool|function)\b|\b(?:tool|function) {name}\b", text))
