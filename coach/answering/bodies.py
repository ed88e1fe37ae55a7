"""Takes the Markdown of a passage apart: sentences, list items and coaching tips, each verbatim."""

from __future__ import annotations

import re
from dataclasses import dataclass

from coach.answering.claims import spans

_ITEM = re.compile(r"^\s*(?:[-*]|\d+[.)])\s+(?P<text>.+)$")
_NAME = re.compile(r"^\*\*(?P<name>.+?)\*\*[:.]?\s*(?P<rest>.*)$")
TIP = "Coaching tip:"


@dataclass(frozen=True, slots=True)
class Item:
    """A member of a list: its name (may be empty) and what is said about it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """A passage's text: the sentences before its list, the list, the sentences after it, and its coaching tips."""

    lead: tuple[str, ...]
    items: tuple[Item, ...]
    ordered: bool
    rest: tuple[str, ...]
    tips: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All plain sentences, in order."""
        return self.lead + self.rest


def sentences_of(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, in order."""
    flat = " ".join(paragraph.split())
    return [flat[start:end] for start, end in spans(flat)]


def parse_body(text: str) -> Body:
    """Take a passage apart."""
    lead: list[str] = []
    rest: list[str] = []
    items: list[Item] = []
    tips: list[str] = []
    ordered = False

    def put(plain: list[str]) -> None:
        in_tip = False
        for sentence in sentences_of(" ".join(plain)):
            in_tip = in_tip or sentence.startswith(TIP)
            target = tips if in_tip else (rest if items else lead)
            target.append(sentence)
        plain.clear()

    for block in re.split(r"\n\s*\n", text.strip()):
        plain: list[str] = []
        in_item = bool(items)
        for line in block.splitlines():
            if match := _ITEM.match(line):
                put(plain)
                ordered = ordered or line.lstrip()[:1].isdigit()
                items.append(_item(match["text"].strip()))
                in_item = True
            elif in_item and line.startswith((" ", "\t")):
                items[-1] = Item(items[-1].name, f"{items[-1].text} {line.strip()}".strip())
            else:
                plain.append(line.strip())
                in_item = False
        put(plain)
    return Body(tuple(lead), tuple(items), ordered, tuple(rest), tuple(tips))


def _item(text: str) -> Item:
    match = _NAME.match(text)
    return Item(match["name"].strip().rstrip(":"), match["rest"].strip()) if match else Item("", text)


def word_count(text: str) -> int:
    """Return the number of words of a text."""
    return len(re.findall(r"[\w&%'’-]+", text))
