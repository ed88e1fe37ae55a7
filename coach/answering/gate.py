"""Lets a model's reply through to the page sentence by sentence, each only when its figures and names are held."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.answering.claims import Sentence, clean, renumber, split
from coach.answering.draft import leaks
from coach.answering.grounding import unsupported_figures_and_names
from coach.types import Passage

# A mark or link whose end has not arrived: whether it belongs to the sentence before it is not known yet.
_UNFINISHED = re.compile(r"\s*!?[\[【][^\]】\n]{0,24}$")


_LAYOUT = re.compile(r"(?:[\s>*•+#-]|\d{1,2}[.)](?=\s))*")


def _layout(gap: str) -> str:
    """Return what stands between two sentences: space and list marks; anything else has passed no check."""
    if _LAYOUT.fullmatch(gap):
        return gap
    return "\n" * gap.count("\n") or " "


class Gate:
    """Remembers how much of one growing reply has been shown."""

    def __init__(self, passages: Sequence[Passage], question: str, instructions: str) -> None:
        """Take what the reply is held against: passages (mark `[n]` is `passages[n - 1]`), question, instructions."""
        self._passages = passages
        self._question = question
        self._instructions = instructions
        self._numbers: dict[int, int] = {}
        self._sentences = 0
        self._end = 0
        self._gap = ""

    def passed(self, reply: str, *, whole: bool = False) -> str:
        """Return what may be shown now, given the reply so far; its last sentence only when the reply is `whole`.

        Marks are numbered in order of first use and unknown ones taken out, as in the final answer.
        """
        text = clean(reply if whole else _UNFINISHED.sub("", reply))
        sentences = split(text)
        ready = sentences if whole else sentences[:-1]
        shown = ""
        for sentence in ready[self._sentences :]:
            gap = _layout(renumber(text[self._end : sentence.start], {}))
            self._sentences += 1
            self._end = sentence.end
            if self._holds(sentence, text):
                shown += self._gap + gap + self._renumbered(sentence, text)
                self._gap = ""
            else:
                self._gap += "\n" * gap.count("\n")
        return shown

    def _holds(self, sentence: Sentence, text: str) -> bool:
        if leaks(text[: sentence.end], self._instructions):
            return False
        return not unsupported_figures_and_names(sentence.text, self._passages, self._question)

    def _renumbered(self, sentence: Sentence, text: str) -> str:
        if sentence.role != "line":
            for n in sentence.marks:
                if 1 <= n <= len(self._passages):
                    self._numbers.setdefault(n, len(self._numbers) + 1)
        numbers = {} if sentence.role == "line" else self._numbers
        return renumber(text[sentence.start : sentence.end], numbers)
