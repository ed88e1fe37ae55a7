"""A model's draft judged sentence by sentence, and the answer made of what holds. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from coach.answering.claims import Sentence, clean, split, with_marks
from coach.answering.grounding import best_quote, overlap, supported, unresolved, unsupported_figures_and_names
from coach.types import Citation, Passage

# Eight words in a row that stand in the instructions do not stand in an answer by chance.
LEAK_WORDS = 8
_WHOLE = re.compile(r"[.!?…:\"”’')\]*_]$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a sentence.

    `cites` are the numbers it shall carry: its own when they hold, those of the passage that holds it otherwise.
    `wrong` are figures and names that are in no passage. `holds` is whether the passages in `cites` support it.
    """

    sentence: Sentence
    cites: tuple[int, ...]
    wrong: tuple[str, ...]
    holds: bool

    @property
    def fails(self) -> bool:
        """Whether the sentence must be repaired."""
        return bool(self.wrong) or (self.sentence.role == "claim" and not self.holds)

    @property
    def text(self) -> str:
        """The sentence without marks."""
        return self.sentence.text


@dataclass(frozen=True, slots=True)
class Examined:
    """A cleaned draft with a verdict for each sentence; `unknown` are its marks that resolve to no passage."""

    text: str
    verdicts: tuple[Verdict, ...]
    unknown: tuple[int, ...]
    cited: bool

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The sentences to repair."""
        return tuple(verdict for verdict in self.verdicts if verdict.fails)

    @property
    def verified(self) -> int:
        """Number of claims that their passages support."""
        return sum(verdict.sentence.role == "claim" and not verdict.fails for verdict in self.verdicts)

    @property
    def unverified(self) -> int:
        """Number of claims that are kept without support."""
        return sum(verdict.fails and not verdict.wrong for verdict in self.verdicts)

    @property
    def removed(self) -> int:
        """Number of sentences with a figure or name of the model's own."""
        return sum(bool(verdict.wrong) for verdict in self.verdicts)


def examine(draft: str, passages: Sequence[Passage], question: str) -> Examined:
    """Judge a draft; `passages[n - 1]` is what its mark `[n]` resolves to."""
    text = _without_cut_tail(clean(draft).strip())
    sentences = split(text)
    verdicts: list[Verdict] = []
    inherited: tuple[int, ...] = ()
    for sentence in sentences:
        known = tuple(n for n in sentence.marks if 1 <= n <= len(passages))
        if sentence.role == "aside":
            # The mark of a lead-in ("… are [1]:") stands for the members below it.
            inherited = known
        verdicts.append(_judge(sentence, known, inherited, passages, question))
    cited = any(1 <= n <= len(passages) for sentence in sentences for n in sentence.marks)
    return Examined(text, tuple(verdicts), unresolved(sentences, len(passages)), cited)


def compose(examined: Examined, passages: Sequence[Passage]) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer without the sentences that hold a wrong figure or name, renumbered, with its citations."""
    kept = [verdict for verdict in examined.verdicts if not verdict.wrong]
    order = tuple(dict.fromkeys(n for verdict in kept for n in verdict.cites))
    numbers = {n: index for index, n in enumerate(order, start=1)}
    citations = tuple(_citation(numbers[n], passages[n - 1], [v for v in kept if n in v.cites]) for n in order)
    return _rebuilt(examined, numbers), citations


def leaks(text: str, instructions: str) -> bool:
    """Return whether a text repeats the instructions of the prompt."""
    return not _runs(text).isdisjoint(_runs(instructions))


def _judge(
    sentence: Sentence, known: tuple[int, ...], inherited: tuple[int, ...], passages: Sequence[Passage], question: str
) -> Verdict:
    wrong = unsupported_figures_and_names(sentence.text, passages, question)
    if wrong or sentence.role == "line":
        return Verdict(sentence, (), wrong, not wrong)
    if known and supported(sentence.text, [passages[n - 1] for n in known], question):
        return Verdict(sentence, known, (), True)
    if not known and inherited and supported(sentence.text, [passages[n - 1] for n in inherited], question):
        return Verdict(sentence, (), (), True)
    if sentence.role == "aside" and not known:
        return Verdict(sentence, (), (), True)
    holding = [n for n, passage in enumerate(passages, start=1) if supported(sentence.text, [passage], question)]
    if holding:
        best = max(holding, key=lambda n: overlap(sentence.text, passages[n - 1].text))
        return Verdict(sentence, (best,), (), True)
    return Verdict(sentence, known, (), False)


def _citation(n: int, passage: Passage, citing: Sequence[Verdict]) -> Citation:
    first = next((verdict for verdict in citing if verdict.holds), citing[0])
    quote = best_quote(first.text, passage)
    return Citation(
        n=n,
        article=passage.article,
        title=passage.title,
        section=passage.section,
        source=passage.source,
        quote=quote,
        passage_id=passage.id,
        verified=bool(quote) and quote in passage.text and all(verdict.holds for verdict in citing),
    )


def _rebuilt(examined: Examined, numbers: dict[int, int]) -> str:
    lines: list[str] = []
    offset, dropped = 0, False
    for line in examined.text.split("\n"):
        here = [v for v in examined.verdicts if offset <= v.sentence.start <= offset + len(line)]
        parts = [with_marks(v.text, tuple(numbers[n] for n in v.cites)) for v in here if not v.wrong]
        if not here:
            lines.append(line.strip())
        elif parts:
            lines.append(line[: here[0].sentence.start - offset] + " ".join(parts))
        dropped = dropped or len(parts) < len(here)
        offset += len(line) + 1
    if dropped:
        lines = _without_empty_lead_ins(lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_empty_lead_ins(lines: list[str]) -> list[str]:
    """Leave out a lead-in ("Say it like this", "Three steps:") that has nothing below it any more."""
    kept: list[str] = []
    something_below = False
    for line in reversed(lines):
        lead_in = re.fullmatch(r"\W*[^.!?]*(:\W*|\*\*:?)", line) is not None
        if line and lead_in and not something_below:
            continue
        if line:
            something_below = not lead_in
        kept.append(line)
    return kept[::-1]


def _without_cut_tail(text: str) -> str:
    """Leave out a last sentence that the model's limit cut off."""
    sentences = split(text)
    if len(sentences) < 2 or sentences[-1].marks or _WHOLE.search(text):
        return text
    last = sentences[-1]
    in_list = re.search(r"(?:^|\n)\s*(?:[-*•+]|\d{1,2}[.)])\s+$", text[: last.start]) is not None
    return text if in_list else text[: last.start].rstrip()


@lru_cache(maxsize=32)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[start : start + LEAK_WORDS]) for start in range(len(words) - LEAK_WORDS + 1))
