"""Reads a question: what kind it is, whether it is in scope, and how it leans on what was said before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.reading.classifier import Reader
from coach.reading.surface import NAMES, surface_features

Row = NDArray[np.float32]
KINDS, SCOPE, FOLLOW_UP = "kind", "scope", "follow_up"
# A question at the end of a long account is what is asked; the account before it only helps to find the subject.
LONG_WORDS = 35
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|\n+")


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> Row:
        """Return one unit vector a text."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read off one message: probabilities of each label, and what to search with.

    `core` is what is asked, `wordings` are ways of putting it (as typed, slips mended), `queries`
    the wordings and the whole message, with their `vectors` row by row.
    """

    text: str
    core: str
    kind: Mapping[str, float]
    scope: Mapping[str, float]
    follow_up: Mapping[str, float]
    wordings: tuple[str, ...]
    queries: tuple[str, ...]
    vectors: Row

    @property
    def best_kind(self) -> str:
        """The most probable kind."""
        return max(self.kind, key=lambda label: self.kind[label])

    @property
    def best_follow_up(self) -> str:
        """The most probable relation to what was said before."""
        return max(self.follow_up, key=lambda label: self.follow_up[label])


class QuestionReader:
    """Applies the trained readers to a message."""

    def __init__(
        self,
        embedder: Embedder,
        readers: Mapping[str, Reader],
        mend: Callable[[str], str] = lambda text: text,
    ) -> None:
        """Take the embedder and the trained readers; `mend` corrects slips of spelling."""
        self._embedder = embedder
        self._mend = mend
        # Sentences come from the passages of one index, so there are only so many of them.
        self._sentences: dict[str, Row] = {}
        self._kind, self._scope, self._follow_up = readers[KINDS], readers[SCOPE], readers[FOLLOW_UP]

    def read(self, text: str) -> Reading:
        """Read one message; a long one is judged by its closing question, orders hidden anywhere in it count."""
        core = closing_question(text)
        mended = self._mend(core)
        wordings = tuple(dict.fromkeys((core, mended)))
        queries = tuple(dict.fromkeys((*wordings, text)))
        parts = list(dict.fromkeys((*queries, *_orders(text))))
        vectors = self._embedder.embed(parts)
        by_text = dict(zip(parts, vectors, strict=True))
        # Orders are looked for sentence by sentence: one may hide in a long, harmless message.
        scopes = {part: self._scope.probabilities(by_text[part], surface_features(part)) for part in parts}
        scope = dict(scopes[core])
        if core != text:
            scope = {label: (scope[label] + scopes[text][label]) / 2 for label in scope}
        scope["manipulation"] = max(
            scope["manipulation"], *(scopes[part]["manipulation"] for part in _orders(text)), 0.0
        )
        kind = self._kind.probabilities(by_text[mended], surface_features(mended))
        if core != text:
            whole = self._kind.probabilities(by_text[text], surface_features(text))
            kind = {label: (2 * kind[label] + whole[label]) / 3 for label in kind}
        follow_up = self._follow_up.probabilities(by_text[text], surface_features(text))
        rows = np.stack([by_text[query] for query in queries])
        return Reading(text, core, kind, scope, follow_up, wordings, queries, rows)

    def closeness(self, reading: Reading, sentences: Sequence[str]) -> list[float]:
        """Return how close each sentence is to the question: the best cosine with any of its wordings."""
        if not sentences:
            return []
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._sentences]
        if new:
            self._sentences.update(zip(new, self._embedder.embed(new), strict=True))
        similarities = np.stack([self._sentences[sentence] for sentence in sentences]) @ reading.vectors.T
        return [float(value) for value in similarities.max(axis=1)]

    def without(self, reading: Reading, words: Sequence[str]) -> Reading:
        """Return the reading with the question asked without `words`, the names of the documents that it compares."""
        bare = _without(reading.core, words)
        return replace(reading, core=bare, wordings=(bare,), queries=(bare,), vectors=self._embedder.embed([bare]))


def _without(text: str, words: Sequence[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(re.escape(word), " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())


def _orders(text: str) -> list[str]:
    order = NAMES.index("order")
    return [sentence for sentence in split_sentences(text) if surface_features(sentence)[order]][:4]


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a message, in order."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def closing_question(text: str) -> str:
    """Return what is asked at the end of a long message: its last question with the sentence before, else all of it."""
    if len(text.split()) <= LONG_WORDS:
        return text
    sentences = split_sentences(text)
    asking = [number for number, sentence in enumerate(sentences) if "?" in sentence] or [len(sentences) - 1]
    last = asking[-1]
    core = sentences[last]
    if len(core.split()) < 20 and last > 0:
        core = f"{sentences[last - 1]} {core}"
    return core
