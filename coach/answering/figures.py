"""The figures and proper names in a text, in a form in which two texts can be compared. Pure functions.

"98 %", "98 percent" and "ninety-eight per cent" are one figure; "98" is another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate(_SMALL)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
NUMBER_WORDS = tuple(_VALUES)
_MAGNITUDES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_VAGUE = {
    "half": "half", "twice": "double", "double": "double", "doubled": "double", "doubles": "double",
    "doubling": "double", "triple": "triple", "tripled": "triple", "triples": "triple", "tripling": "triple",
    "dozen": "dozen", "dozens": "dozens", "hundreds": "hundreds", "thousands": "thousands", "millions": "millions",
}  # fmt: skip
_WORDS = "|".join((*_SMALL[2:], *_TENS, "one"))
_AMOUNT = re.compile(
    rf"""(?P<money>[$€£])?\s?
    (?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
       |(?P<word>\b(?:{_WORDS})\b(?:[-\s](?:{"|".join(_SMALL[1:10])})\b)?|\ba(?=\s(?:hundred|thousand|million|billion)\b)))
    (?:[\s-]?(?P<size>hundred|thousand|million|billion|bn|[km])(?![A-Za-z]))?
    (?:[\s-]?(?P<unit>%|percent(?:age)?\b|per\s?cent\b|dollars?\b|euros?\b|pounds?\b))?""",
    re.IGNORECASE | re.VERBOSE,
)
_VAGUE_WORD = re.compile(rf"\b(?:{'|'.join(_VAGUE)})\b(?!-check)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or)\s*", re.IGNORECASE)
_MONEY = {"$": "$", "€": "€", "£": "£", "dollar": "$", "euro": "€", "pound": "£"}
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|org|net|io|edu|gov)\b", re.I)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as compared (`98%`, `$2e+06`, `7`, `double`) and where it stands."""

    token: str
    start: int
    end: int


def figures(text: str) -> list[Figure]:
    """Return every figure of a text in order; "one" alone, which is rarely a figure, is left out."""
    found = [match for match in _AMOUNT.finditer(text) if _counts(match)]
    result: list[Figure] = []
    for index, match in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        in_range = following is not None and _RANGE.fullmatch(text, match.end(), following.start())
        unit, size = _unit(match), _size(match)
        if in_range and following is not None:
            unit, size = unit or _unit(following), size if size != 1 else _size(following)
        result.append(Figure(_token(_value(match) * size, unit), match.start(), match.end()))
    vague = [Figure(_VAGUE[hit.group().lower()], hit.start(), hit.end()) for hit in _VAGUE_WORD.finditer(text)]
    return sorted([*result, *vague], key=lambda figure: figure.start)


def figure_tokens(text: str) -> frozenset[str]:
    """Return the figures that a source can vouch for, a range's first number with and without its unit."""
    plain = {_token(_value(match) * _size(match), _unit(match)) for match in _AMOUNT.finditer(text) if _counts(match)}
    return frozenset({figure.token for figure in figures(text)} | plain)


def _counts(match: re.Match[str]) -> bool:
    word = (match["word"] or "").lower()
    return bool(match["digits"]) or word not in ("one", "a") or bool(match["size"] or match["unit"])


def _value(match: re.Match[str]) -> float:
    if match["digits"]:
        return float(match["digits"].replace(",", ""))
    parts = re.split(r"[-\s]", match["word"].lower())
    return 1.0 if parts == ["a"] else float(sum(_VALUES[part] for part in parts))


def _size(match: re.Match[str]) -> float:
    return _MAGNITUDES[match["size"].lower()] if match["size"] else 1


def _unit(match: re.Match[str]) -> str:
    unit = (match["unit"] or "").lower().rstrip("s")
    if unit.startswith(("%", "per")):
        return "%"
    return _MONEY.get(unit or match["money"] or "", "")


def _token(value: float, unit: str) -> str:
    number = format(value, ".12g")
    return f"{number}%" if unit == "%" else f"{unit}{number}"
