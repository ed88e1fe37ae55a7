"""Whether the sources hold up an answer: pure functions over sentences and passages.

Three tests, all needed: every figure and every proper name of a sentence stands in the passages it cites (or is the
learner's own), and enough of its words do. The first two are strict, because an invented figure is the worst thing a
coach can say; the last is loose, because a good answer is reworded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from coach.answering.claims import Sentence, spans, split, without_marks
from coach.answering.figures import ADDRESS, NUMBER_WORDS, Figure, figure_tokens, figures
from coach.answering.names import Known, unknown_names
from coach.knowledge.keywords import stems
from coach.types import Passage

# Measured on 1,011 sentences of our articles, which reword their sources as freely as possible (no eight words alike):
# two thirds share at least half of their content words with their own source's best 1,000 characters; of unrelated
# passages of the same field 3 % do. A model that is told to stay close to its sources rewords less.
SUPPORT_SHARE = 0.5
# Words that every coaching answer uses; they would make any two sentences look alike.
_FILLER = (
    "ask tell say show give take use make let start begin bring name need want know think help work way thing one also "
    "not no yes more most first next then now instead rather because before after while both each every all any some "
    "get go keep put talk line sentence source sources mean means"
)
# A learner's own figure may come back to him, but only as his own or to be corrected, never confirmed as a fact.
_OWN = re.compile(r"\b(?:you|your|if|with)\b", re.I)
_DENIES = re.compile(r"\b(?:not|never|no|rather than|instead of|cannot|neither)\b|n['’]t\b", re.I)
_OWN_REACH = 40
# Every text holds small numbers of something; what they count must agree, too. Measured on 509 figures of our articles,
# each changed by 1 to 3 and held against eight passages: 45 pass with this rule (one of them above 12), 120 without.
SMALL_NUMBER = 12
_COUNTED_REACH = 2
# Sentences that speak to a model instead of a reader: they vouch for nothing and are not quoted.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instructions?|prompts?|rules|above|previous|sources?)\b"
    r"|\b(?:system|developer)\s+(?:prompt|message)\b|\byou\s+are\s+now\b|\b(?:print|reveal|repeat)\b.{0,30}\bprompt\b",
    re.I | re.S,
)


def supported(sentence: str, passages: Sequence[Passage], question: str = "") -> bool:
    """Return whether the passages, those that the sentence cites, hold it up."""
    if not passages or unsupported_figures_and_names(sentence, passages, question):
        return False
    return overlap(sentence, " ".join(_evidence(passage) for passage in passages)) >= SUPPORT_SHARE


def unsupported_figures_and_names(text: str, passages: Sequence[Passage], question: str = "") -> tuple[str, ...]:
    """Return the figures, names and addresses in `text` that are in no passage and not the learner's own, in order."""
    texts = [_evidence(passage) for passage in passages]
    known = _known(tuple(texts), question)
    contexts = [context for passage in passages for context in _contexts(passage)]
    asked = figure_tokens(question)
    everything = "\n".join([*texts, question]).lower()
    unsupported: list[str] = []
    for sentence in split(text):
        bare = sentence.text
        content = _content(bare)
        unsupported += [
            bare[figure.start : figure.end].strip()
            for figure in figures(bare)
            if not _held(figure, bare, content, contexts) and not (figure.token in asked and _as_his_own(bare, figure))
        ]
        unsupported += unknown_names(bare, known)
        unsupported += [hit for hit in ADDRESS.findall(bare) if hit.lower().rstrip(".,;)") not in everything]
    return tuple(dict.fromkeys(unsupported))


def overlap(sentence: str, text: str) -> float:
    """Return the share (0..1) of a sentence's content words that `text` contains, in any form; 0 without any."""
    content = _content(sentence)
    return len(content & _stems(text)) / len(content) if content else 0.0


def best_quote(sentence: str, passage: Passage) -> str:
    """Return the sentence of the passage, verbatim, that supports `sentence` best; "" for an empty passage."""
    texts = [passage.text[start:end].strip() for start, end in spans(passage.text)]
    candidates = [text for text in texts if not _ORDERS.search(text)]
    wanted = {figure.token for figure in figures(sentence)}
    content = _content(sentence)

    def value(candidate: str) -> tuple[float, float]:
        shared = len(content & _stems(candidate))
        # A quote that holds the figure proves more than one that shares another word or two.
        return shared + 3 * len(wanted & figure_tokens(candidate)), shared / (1 + len(_stems(candidate)))

    return max(candidates, key=value, default="")


def vouched(text: str) -> str:
    """Return a passage's text without the sentences that give orders to a model."""
    if not _ORDERS.search(text):
        return text
    kept = text
    for start, end in reversed(spans(text)):
        if _ORDERS.search(text[start:end]):
            kept = kept[:start] + kept[end:]
    return kept


def unresolved(sentences: Sequence[Sentence], given: int) -> tuple[int, ...]:
    """Return the marks that point to no passage, when passages 1 to `given` were given to this answer."""
    numbers = (n for sentence in sentences for n in sentence.marks)
    return tuple(dict.fromkeys(n for n in numbers if not 1 <= n <= given))


def _evidence(passage: Passage) -> str:
    return "\n".join((vouched(passage.text), passage.title, passage.section, passage.source))


def _held(
    figure: Figure, text: str, content: frozenset[str], contexts: Sequence[tuple[frozenset[str], frozenset[str]]]
) -> bool:
    """Return whether a passage says this figure of something that the sentence is about, too."""
    about = _topical(content)
    counted: frozenset[str] = frozenset()
    if figure.token.isdigit() and int(figure.token) <= SMALL_NUMBER:
        counted = _topical(_content(" ".join(re.findall(r"[\w'-]+", text[figure.end :])[:_COUNTED_REACH])))
    return any(
        figure.token in tokens and (len(about) < 2 or about & words) and (not counted or counted & words)
        for tokens, words in contexts
    )


def _topical(content: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for stem in content if not stem.isdigit()) - _number_stems()


@lru_cache(maxsize=512)
def _contexts(passage: Passage) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return, for each sentence of a passage and its headings, the figures and the content words around them."""
    heading = f"{passage.title}. {passage.section}. {passage.source}"
    held = vouched(passage.text)
    texts = [held[start:end] for start, end in spans(held)]
    return tuple((figure_tokens(text), _stems(f"{text} {heading}") - _filler()) for text in (*texts, heading))


def _as_his_own(text: str, figure: Figure) -> bool:
    before = text[max(0, figure.start - _OWN_REACH) : figure.start]
    return _OWN.search(before) is not None or _DENIES.search(text) is not None


def _content(sentence: str) -> frozenset[str]:
    return _stems(without_marks(sentence)) - _filler()


@lru_cache(maxsize=32)
def _known(texts: tuple[str, ...], question: str) -> Known:
    return Known(texts, question)


@lru_cache(maxsize=2048)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(text))


@lru_cache(maxsize=1)
def _number_stems() -> frozenset[str]:
    return frozenset(stems(" ".join(NUMBER_WORDS)))


@lru_cache(maxsize=1)
def _filler() -> frozenset[str]:
    return frozenset(stems(_FILLER))
