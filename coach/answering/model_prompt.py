"""What a model gets to read: passages as numbered data within a token budget, with nothing in them that can act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coach.answering.claims import spans
from coach.answering.grounding import overlap, vouched
from coach.models.tokens import count, cut
from coach.types import Passage

# Below this a piece of a passage is too small to answer from.
SHORTEST_PIECE = 40
QUESTION_TOKENS = 400
# The tags and headings around a passage.
_FRAME_TOKENS = 30
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ANGLES = str.maketrans({"<": "‹", ">": "›", "＜": "‹", "＞": "›"})
_MARK = re.compile(r"\[(\^?\d+|/?[A-Z]{3,})\]|【([^】]*)】")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A passage as a prompt shows it: all fields neutralised; `passage` is the original that a mark resolves to."""

    n: int
    title: str
    section: str
    text: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Failing:
    """A sentence of a draft to repair, neutralised, and the figures and names in it that no passage holds."""

    text: str
    wrong: tuple[str, ...]


def neutral(text: str) -> str:
    """Return text that cannot close a delimiter, forge a tag or pass for one of the answer's own marks."""
    return _MARK.sub(lambda found: f"({found[1] or found[2]})", _HIDDEN.sub("", text).translate(_ANGLES)).strip()


def neutral_draft(text: str) -> str:
    """Return a draft that keeps its marks but cannot close a delimiter."""
    return _HIDDEN.sub("", text).translate(_ANGLES)


def fill(passages: Sequence[Passage], question: str, budget: int) -> tuple[Numbered, ...]:
    """Number the passages, best first, until `budget` tokens are used.

    A passage that does not fit whole gives the sentences that share most with the question, in their own order; one
    that has nothing new is left out.
    """
    chosen: list[Numbered] = []
    seen: set[str] = set()
    for passage in passages:
        if passage.id in seen or passage.text in seen:
            continue
        seen |= {passage.id, passage.text}
        title, section, text = _field(passage.title), _field(passage.section), neutral(vouched(passage.text))
        left = budget - _FRAME_TOKENS - count(title) - count(section)
        if count(text) > left:
            text = _best_sentences(text, question, left) if left >= SHORTEST_PIECE else ""
        if text:
            chosen.append(Numbered(len(chosen) + 1, title, section, text, passage))
            budget = left - count(text)
    return tuple(chosen)


def shown_question(question: str) -> str:
    """Return a question as a prompt shows it: neutralised and at most 400 tokens long."""
    return cut(neutral(question), QUESTION_TOKENS)


def _field(text: str) -> str:
    return cut(neutral(" ".join(text.split())).replace('"', "'"), _FRAME_TOKENS)


def _best_sentences(text: str, question: str, limit: int) -> str:
    sentences = [text[start:end] for start, end in spans(text)]
    ranked = sorted(range(len(sentences)), key=lambda index: (-overlap(question, sentences[index]), index))
    kept: list[int] = []
    for index in ranked:
        size = count(sentences[index]) + 1
        if size <= limit:
            kept.append(index)
            limit -= size
    return " ".join(sentences[index] for index in sorted(kept))
