"""The keyword index: BM25 with stemming, built once and kept on disk. Owner of bm25s and the stemmer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import Stemmer

# Measured on shared/data/chunking_eval at 1,000 characters: recall@5 .867 with these, .859 with the usual 1.5 / 0.75.
K1, B = 0.9, 0.4
# Words that carry no topic but occur in nearly every question to a coach.
_STOPWORDS = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my of "
    "on or our should so than that the their them then there these they this to us was we were what when where which "
    "who why will with would you your".split()
)


class KeywordIndex:
    """Finds rows of a text list by keyword."""

    def __init__(self, model: bm25s.BM25, rows: int) -> None:
        self._model = model
        self._rows = rows

    @classmethod
    def build(cls, texts: Sequence[str]) -> KeywordIndex:
        """Index texts; a row's number is its position."""
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        model = bm25s.BM25(k1=K1, b=B)
        # An index of nothing cannot be made; a lone placeholder row matches no query.
        model.index([stems(text) or ["\u0000"] for text in texts] or [["\u0000"]], show_progress=False)
        return cls(model, len(texts))

    @classmethod
    def load(cls, folder: Path, rows: int) -> KeywordIndex:
        """Read a saved index of `rows` rows; raises OSError or ValueError when it is damaged."""
        try:
            model = bm25s.BM25.load(folder)
        except (EOFError, KeyError, TypeError) as error:
            # NumPy meets the end of an empty file with EOFError.
            raise ValueError(f"{folder} is damaged: {error}") from error
        return cls(model, rows)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`."""
        self._model.save(folder)

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return up to `k` (row, BM25 score) pairs that share a word with the query, best first."""
        known = [stem for stem in stems(query) if stem in self._model.vocab_dict]
        if not known or self._rows == 0:
            return []
        rows, scores = self._model.retrieve([known], k=min(k, self._rows), show_progress=False)
        pairs = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [(int(row), float(score)) for row, score in pairs if score > 0]


def stems(text: str) -> list[str]:
    """Return the stemmed content words of a text, in order."""
    tokens = bm25s.tokenize([text], stopwords=None, show_progress=False, return_ids=False)[0]
    words = [word for word in tokens if word not in _STOPWORDS]
    return list(_stemmer().stemWords(words))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
