"""Finds what a question takes for granted and gets wrong: numbers and names that contradict a known fact.

Pure functions over text and the facts of `knowledge/facts.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.knowledge.schemas import Fact

_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_TENS = {word: value for word, value in _WORDS.items() if value >= 20}
_WORDS |= {f"{ten}-{unit}": value + _WORDS[unit] for ten, value in _TENS.items() for unit in list(_WORDS)[1:10]}
_NUMBER = r"\d+(?:[.,]\d+)?|" + "|".join(sorted(_WORDS, key=len, reverse=True))
_PERCENT = re.compile(rf"\b({_NUMBER})\s*(?:%|per\s?cent\b|percent\b|pct\b)", re.IGNORECASE)
_ONE_IN = re.compile(rf"\b({_NUMBER})\s+(?:in|out of)\s+(?:every\s+)?({_NUMBER})\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?:(?:a|one)\s+)?(half|third|quarter|fifth)\s+of\b|\b(two[- ]thirds|three[- ]quarters)\b", re.IGNORECASE
)
_SHARES = {
    "half": 50.0,
    "third": 100 / 3,
    "quarter": 25.0,
    "fifth": 20.0,
    "two-thirds": 200 / 3,
    "three-quarters": 75.0,
}
_COUNT = re.compile(rf"\b({_NUMBER})\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# How many words may stand between a number and what it counts: “five core, senior-level responsibilities”.
_REACH = 4
# With one of these in between, the number counts something else: “nine people for all responsibilities”.
_OTHERWISE = frozenset(
    "for in on at with to from by the a an all any each every my our your their who that which "
    "people years months weeks days".split()
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: its value, whether it is a share, a count or a year, and the words that say it."""

    value: float
    unit: str
    said: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A premise of the question that a fact contradicts, with the words that state it."""

    fact: Fact
    said: str

    @property
    def correction(self) -> str:
        """One sentence that puts it right."""
        return self.fact.correction.replace("{said}", self.said)


def quantities(text: str) -> list[Quantity]:
    """Return the shares, years and counts in a text, each number once."""
    found: list[Quantity] = []
    taken: list[tuple[int, int]] = []

    def take(match: re.Match[str], value: float, unit: str) -> None:
        if not any(match.start() < end and start < match.end() for start, end in taken):
            taken.append(match.span())
            found.append(Quantity(value, unit, match.group(0).strip(), match.start(), match.end()))

    for match in _PERCENT.finditer(text):
        take(match, _value(match.group(1)), "percent")
    for match in _ONE_IN.finditer(text):
        whole = _value(match.group(2))
        if whole > 0:
            take(match, 100 * _value(match.group(1)) / whole, "percent")
    for match in _FRACTION.finditer(text):
        take(match, _SHARES[(match.group(1) or match.group(2)).lower().replace(" ", "-")], "percent")
    for match in _YEAR.finditer(text):
        take(match, float(match.group(0)), "year")
    for match in _COUNT.finditer(text):
        take(match, _value(match.group(1)), "count")
    return found


def contradictions(question: str, facts: Iterable[Fact]) -> list[Contradiction]:
    """Return the facts that a question contradicts; one that also states the right value contradicts nothing."""
    lowered = " ".join(question.lower().replace("’", "'").split())
    found: list[Contradiction] = []
    for fact in facts:
        if all(any(_occurs(alternative, lowered) for alternative in group) for group in fact.about):
            said = _wrong_number(question, fact) if fact.sort == "number" else _wrong_name(lowered, question, fact)
            if said:
                found.append(Contradiction(fact, said))
    return found


def _value(words: str) -> float:
    lowered = words.lower()
    return float(_WORDS[lowered]) if lowered in _WORDS else float(lowered.replace(",", "."))


def _occurs(phrase: str, lowered: str) -> bool:
    # A phrase begins at a word's start and may be a word's beginning: “responsibilit”.
    return re.search(rf"(?<!\w){re.escape(phrase.lower())}", lowered) is not None


def _wrong_number(question: str, fact: Fact) -> str:
    right = [quantity.value for value in fact.right for quantity in quantities(value)]
    relevant = [quantity for quantity in quantities(question) if _counts(quantity, question, fact.noun)]
    if not relevant or any(abs(quantity.value - value) < 0.5 for quantity in relevant for value in right):
        return ""
    return relevant[0].said


def _counts(quantity: Quantity, question: str, nouns: Sequence[str]) -> bool:
    if "percent" in nouns or quantity.unit == "percent":
        return quantity.unit == "percent" and "percent" in nouns
    if "date" in nouns or quantity.unit == "year":
        return quantity.unit == "year" and "date" in nouns
    if quantity.unit != "count":
        return False
    if re.search(r"\b(other|another|first|last|these|those|next)\W+$", question[: quantity.start], re.IGNORECASE):
        return False
    following = re.findall(r"[\w&'-]+|[.;:?!,]", question[quantity.end :].lower())[: _REACH + 1]
    for word in following:
        if word in ".;:?!":
            return False
        if word in nouns:
            return quantity.value > 1
        if word in _OTHERWISE:
            return False
    return False


def _wrong_name(lowered: str, question: str, fact: Fact) -> str:
    if any(_occurs(name, lowered) for name in fact.right):
        return ""
    for name in fact.wrong:
        if match := re.search(rf"(?<!\w){re.escape(name)}\w*", question, re.IGNORECASE):
            return match.group(0)
    return ""
