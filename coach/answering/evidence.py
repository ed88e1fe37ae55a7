"""Weighs what a search found: which passage answers the question best, and which playbook fits an objection."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coach.knowledge.keywords import stems
from coach.knowledge.schemas import Source
from coach.reading.questions import Reading
from coach.types import Found, Passage

# How much each kind of evidence counts, fitted on leave-one-out questions of the articles and on the development half
# of the golden set (docs/decisions.md, "Choosing the passage that answers"). Similarities are cosines, coverages 0..1.
BODY, ASKED, ASKED_MEAN, TEXT_WORDS, ASKED_WORDS, HEADING_WORDS, BEST_ASKED_WORDS = 0.7, 0.4, 0.4, 0.47, 0.33, 0.08, 0.2
FIT, NAMED_SOURCE, GAP = 0.06, 0.12, -0.22
# A playbook is for a message that voices an objection.
PLAYBOOK, VOICED = -0.25, 0.6
# The rank fusion's own score, at most 2/21: it brings in agreement between the two searches.
FUSED = 6.0
# How well the question fits among all the ways people ask for the passage, a standard deviation at a time.
ASKED_FIT = 0.25
# A kind of question prefers the type of section that was written for it.
FITTING: Mapping[str, tuple[str, ...]] = {
    "list": ("list",),
    "definition": ("definition",),
    "how_to": ("how-to", "advice"),
    "advice": ("advice", "how-to"),
    "figure": ("figure",),
    "comparison": ("comparison",),
    "person": ("person",),
    "example": ("example",),
}
CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Weighed:
    """A found passage with its relevance and the share of the question's weighted words that it contains (0..1)."""

    found: Found
    relevance: float
    coverage: float

    @property
    def passage(self) -> Passage:
        """The passage."""
        return self.found.passage


@dataclass(frozen=True, slots=True)
class _Words:
    text: frozenset[str]
    heading: frozenset[str]
    asked: tuple[frozenset[str], ...]
    any_asked: frozenset[str]


class Weigher:
    """Knows the words of every passage, to say how much of a question each of them covers."""

    def __init__(self, passages: Iterable[Passage], sources: Mapping[str, Source]) -> None:
        self._words = {passage.id: _words_of(passage) for passage in passages}
        counts = Counter(
            stem for words in self._words.values() for stem in words.text | words.heading | words.any_asked
        )
        total = len(self._words)
        self._rarity = {stem: math.log(1 + total / (1 + count)) for stem, count in counts.items()}
        self._unseen = math.log(1 + total)
        self._mentions = {name: tuple(source.mentioned_as) for name, source in sources.items()}

    def named_sources(self, text: str) -> list[str]:
        """Return the ids of the documents that a question names, in the order of their mention."""
        lowered = text.lower()
        places = {
            name: min((lowered.find(word.lower()) for word in words if word.lower() in lowered), default=-1)
            for name, words in self._mentions.items()
        }
        return sorted((name for name, place in places.items() if place >= 0), key=lambda name: places[name])

    def mentions(self, text: str) -> tuple[str, ...]:
        """Return the words by which a question names two or more documents, else nothing."""
        lowered = text.lower()
        named = self.named_sources(text)
        if len(named) < 2:
            return ()
        return tuple(word for name in named for word in self._mentions[name] if word.lower() in lowered)

    def weigh(self, reading: Reading, found: Iterable[Found]) -> list[Weighed]:
        """Return the passages by relevance, best first."""
        queries = [set(stems(query)) for query in reading.wordings]
        named = self.named_sources(reading.core)
        weighed = [self._weighed(reading, item, queries, named) for item in found]
        return sorted(weighed, key=lambda item: (-item.relevance, item.passage.id))

    def across(self, asked: Sequence[Weighed], bare: Sequence[Weighed], named: Sequence[str]) -> list[Weighed]:
        """Return the evidence for a question that sets named documents side by side.

        `asked` was found with the question, `bare` with the question without the documents' names, which draw every
        search to sections about the documents. First the best comparison, then the best section of each document.
        """
        plain = {item.passage.id: item.relevance for item in bare}
        lowest = min(plain.values(), default=0.0)
        both = sorted(asked, key=lambda item: -(item.relevance + plain.get(item.passage.id, lowest)))
        return _each_source_first(both, named)

    def _weighed(self, reading: Reading, found: Found, queries: Sequence[set[str]], named: Sequence[str]) -> Weighed:
        words = self._words[found.passage.id]
        text = max(self._share(query, words.text) for query in queries)
        heading = max(self._share(query, words.heading) for query in queries)
        asked = max(self._share(query, words.any_asked) for query in queries)
        best_asked = max((self._share(query, line) for query in queries for line in words.asked), default=0.0)
        value = BODY * found.body + ASKED * found.asked + ASKED_MEAN * found.asked_mean
        value += (
            FUSED * found.score
            + ASKED_FIT * found.fit
            + TEXT_WORDS * text
            + ASKED_WORDS * asked
            + HEADING_WORDS * heading
            + BEST_ASKED_WORDS * best_asked
        )
        value += FIT * sum(reading.kind[kind] for kind, types in FITTING.items() if found.passage.type in types)
        if found.passage.type == "gap":
            value += GAP
        if found.passage.type == "objection":
            value += PLAYBOOK + VOICED * reading.kind["objection"]
        if len(found.passage.documents) == 1 and found.passage.documents[0] in named:
            value += NAMED_SOURCE
        return Weighed(found, value, max(text, asked))

    def _share(self, query: set[str], words: frozenset[str]) -> float:
        total = sum(self._rarity.get(stem, self._unseen) for stem in query)
        return sum(self._rarity.get(stem, self._unseen) for stem in query if stem in words) / total if total else 0.0


def _each_source_first(ordered: Sequence[Weighed], named: Sequence[str]) -> list[Weighed]:
    """Put the best comparison, then the best passage of each document that the question names, before the others."""
    best = [next((item for item in ordered if item.passage.type == "comparison"), None)]
    best += [next((item for item in ordered if item.passage.documents == (name,)), None) for name in named]
    first = list(dict.fromkeys(item for item in best if item is not None))
    return first + [item for item in ordered if item not in first]


def _words_of(passage: Passage) -> _Words:
    asked = tuple(frozenset(stems(line)) for line in passage.asked)
    any_asked: frozenset[str] = frozenset().union(*asked)
    # A playbook's advice mentions every other subject too: only the ways of voicing the objection count.
    text = any_asked if passage.type == "objection" else frozenset(stems(passage.text))
    return _Words(text, frozenset(stems(passage.context)), asked, any_asked)
