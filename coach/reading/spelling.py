"""Mends misspelt words of a question with the words of the knowledge base, as a second wording to search with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[A-Za-z]+")
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "ers")
# One slip in a short word, two in a long one: “wich”, “competancy”, “alignmnt”.
_LONG = 6


class Spelling:
    """Knows the words of the knowledge base and, through `known`, the words of the language."""

    def __init__(self, texts: Iterable[str], known: Callable[[str], bool]) -> None:
        counts = Counter(word.lower() for text in texts for word in _WORD.findall(text) if len(word) > 3)
        self._words = [word for word, _ in counts.most_common()]
        self._set = frozenset(self._words)
        self._known = known

    def mended(self, text: str) -> str:
        """Return the text with each unknown word replaced by a word of the knowledge base, if one is close."""
        return _WORD.sub(lambda match: self._mend(match.group(0)), text)

    def _mend(self, word: str) -> str:
        lowered = word.lower()
        if len(word) < 4 or word.isupper() or self._is_known(lowered):
            return word
        slips = 2 if len(word) >= _LONG else 1
        found = process.extractOne(lowered, self._words, scorer=OSA.distance, score_cutoff=slips)
        return word if found is None or found[0][0] != lowered[0] else str(found[0])

    def _is_known(self, lowered: str) -> bool:
        if lowered in self._set or self._known(lowered):
            return True
        stems = (lowered[: -len(ending)] for ending in _ENDINGS if lowered.endswith(ending))
        return any(
            len(stem) > 2 and (self._known(stem) or self._known(stem + "e") or stem in self._set) for stem in stems
        )
