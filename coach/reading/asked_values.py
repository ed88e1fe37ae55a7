"""What sort of value a question asks for, and whether a text holds one: no price is no answer to “what does it cost”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from coach.reading.premises import Quantity, quantities

Sort = Literal["percent", "count", "money", "date", "duration"]

_COUNT = re.compile(r"\bhow many\s+(?:of\s+)?(?:(?:the|different|core|common|key)\s+)*([a-z&'-]+)", re.IGNORECASE)
_NOT_COUNTED = frozenset(("wants", "gets", "makes", "does", "is", "was", "has", "times"))
_PEOPLE = frozenset(("people", "staff", "women", "men"))
_ASKS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    ("percent", re.compile(
        r"\b(?:what|which|how (?:high|big|large|many))\b.{0,25}(?:(?<!\d)(?<!\d )%|\b(?:per\s?cent\w*|share|proportion|rate)\b)|\bpercentage\b|"
        r"\b(?:what|which) (?:level of )?(?:retention|turnover|completion|attrition)\b", re.I)),
    ("money", re.compile(
        r"\b(?:how much (?:does|do|is|are|would|will|it)\b.{0,60}\b(?:costs?|charge|earn|make|pay|paid|fee|money)\b|how much is\b|"
        r"what (?:does|do|will|would) .{0,60} (?:cost|earn|charge)\b|(?:what|which|typical|average).{0,30}\b(?:salar\w+|price|fees?)\b|"
        r"salary range|price\W*$)", re.I)),
    ("duration", re.compile(r"\bhow (?:long|many (?:weeks|months|years|hours|days))\b|\bhow much time\b", re.I)),
    ("date", re.compile(r"\b(?:when (?:was|were|did|is|does|will|exactly)|(?:in )?(?:what|which) (?:year|month|date|day)|start date|how old)\b", re.I)),
)  # fmt: skip
_MONEY = re.compile(r"[$€£]\s?\d|\b\d[\d.,]*\s?(?:dollars|euros|pounds|usd|eur|gbp|k\b)", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)(?:\s*[-–to]+\s*(?:\d+|five|six|ten|twelve))?[\s-]+"
    r"(?:minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AskedValue:
    """The sort of value that a question asks for; `noun` is what is counted."""

    sort: Sort
    noun: str = ""


def asked_value(question: str) -> AskedValue | None:
    """Return the sort of value that a question asks for, None when it asks for none."""
    for sort, pattern in _ASKS:
        if pattern.search(question):
            return AskedValue(sort)
    if match := _COUNT.search(question):
        noun = match.group(1).lower()
        counted = noun in _PEOPLE or (noun.endswith("s") and noun not in _NOT_COUNTED)
        return AskedValue("count", noun) if counted else None
    return None


def holds_value(asked: AskedValue, text: str, question: str) -> bool:
    """Say whether a text holds a value of that sort which the question does not name itself."""
    if asked.sort == "money":
        return bool(_MONEY.search(text))
    if asked.sort == "date":
        return bool(_DATE.search(text))
    if asked.sort == "duration":
        return bool(_DURATION.search(text))
    named = {(quantity.unit, quantity.value) for quantity in quantities(question)}
    new = [quantity for quantity in quantities(text) if (quantity.unit, quantity.value) not in named]
    if asked.sort == "percent":
        return any(quantity.unit == "percent" for quantity in new)
    return any(quantity.unit == "count" and _counts_noun(quantity, asked.noun, text) for quantity in new)


def _counts_noun(quantity: Quantity, noun: str, text: str) -> bool:
    stem = noun.rstrip("s").lower()[:6]
    following = re.findall(r"[\w&'-]+|[.;:?!]", text[quantity.end : quantity.end + 60].lower())[:5]
    return any(word.startswith(stem) for word in following)
