"""An answer taken apart: its sentences, what each of them is, and the `[n]` marks it carries. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["claim", "line", "aside"]

_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS_HERE = re.compile(r"(?:\s*\[\d{1,3}\])+")
# Ways in which models write marks, turned into `[n]` before anything else looks at the text.
_FOREIGN_MARK = re.compile(
    r"【(\d{1,3})[^】\n]{0,20}】|\[\^(\d{1,3})\]|\[(?:source|passage|ref)\.?\s*(\d{1,3})\]", re.I
)
_LIST_OF_MARKS = re.compile(r"\[\s*(\d{1,3}(?:\s*(?:,|;|and|&)\s*\d{1,3})+)\s*\]", re.I)
_IMAGE = re.compile(r"!\[[^\]\n]*\](?:\([^)\n]*\))?")
_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)?")
_TAG = re.compile(r"</?[A-Za-z!][^>\n]*>?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PREFIX = re.compile(r"\s*(?:>\s*)*(?:(?:[-*•+]|\d{1,2}[.)])\s+)?(?:>\s*)*")
_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,2}[.)])\s+\S")
_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*")
_SAY = re.compile(r"^\W*(?:say it like this|you could say|try saying|try this)\b", re.I)
_ABBREVIATIONS = frozenset("e.g i.e etc vs mr mrs ms dr prof st no inc ltd co u.s u.k approx jr sr".split())
_QUOTED = re.compile(r"“[^”\n]*(?:”|$)|\"[^\"\n]*(?:\"|$)")
# Shorter sentences ("Start small.") carry no fact that a source could hold, unless they are a list's member or cited.
SHORTEST_CLAIM = 4
_LEAD_IN_WORDS = 14


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: `answer[start:end]` is the sentence with its marks, `text` is without them.

    `role`: a claim needs a source; a line is an example to say aloud; an aside is a heading, a question, a lead-in or
    too short to claim anything.
    """

    text: str
    marks: tuple[int, ...]
    start: int
    end: int
    role: Role


def clean(text: str) -> str:
    """Return a model's Markdown with marks in one form and without images, links, HTML and invisible characters."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _FOREIGN_MARK.sub(lambda found: f"[{next(group for group in found.groups() if group)}]", text)
    text = _LIST_OF_MARKS.sub(lambda found: "".join(f"[{n}]" for n in re.findall(r"\d+", found[1])), text)
    text = _TAG.sub("", _LINK.sub(_label, _IMAGE.sub("", text)))
    # What is left of a link that has not arrived whole must not become one.
    return text.replace("![", "[").replace("](", "] (")


def split(answer: str) -> list[Sentence]:
    """Split a cleaned answer into sentences, in order, without overlap; text between them is list marks and space."""
    sentences: list[Sentence] = []
    offset, saying = 0, False
    for line in answer.split("\n"):
        prefix = _PREFIX.match(line)
        body_at = prefix.end() if prefix else 0
        body = line[body_at:]
        starts_saying = bool(_SAY.match(body))
        if saying and not starts_saying and body.strip() and not _looks_said(line, body):
            saying = False
        saying = saying or starts_saying
        spans = _spans(line, body_at)
        for index, (start, end) in enumerate(spans):
            sentences.append(_sentence(line, start, end, offset, said=saying and not (starts_saying and index == 0)))
        offset += len(line) + 1
    return sentences


def spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence of any text, without list marks and surrounding space."""
    found: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        prefix = _PREFIX.match(line)
        found.extend((offset + start, offset + end) for start, end in _spans(line, prefix.end() if prefix else 0))
        offset += len(line) + 1
    return found


def marks(text: str) -> tuple[int, ...]:
    """Return the numbers of all `[n]` in order of their first use."""
    return tuple(dict.fromkeys(int(found) for found in _MARK.findall(text)))


def without_marks(text: str) -> str:
    """Return the text without its `[n]`."""
    return re.sub(r"\s+([.,;:!?])", r"\1", _MARKS_HERE.sub("", text)).strip()


def renumber(text: str, numbers: Mapping[int, int]) -> str:
    """Replace each `[n]` by `[numbers[n]]`; a mark that is not among them is taken out."""
    replaced = _MARK.sub(lambda found: f"[{numbers[int(found[1])]}]" if int(found[1]) in numbers else "\0", text)
    return re.sub(r"[ \t]*\0", "", replaced)


def with_marks(text: str, numbers: tuple[int, ...]) -> str:
    """Return a sentence with exactly these marks, before its closing punctuation."""
    bare = without_marks(text)
    shown = "".join(f"[{n}]" for n in numbers)
    ending = re.search(r"[.!?…:]*[*_]*$", bare)
    cut = ending.start() if ending else len(bare)
    return f"{bare[:cut]} {shown}{bare[cut:]}" if shown else bare


def _label(found: re.Match[str]) -> str:
    return f"[{found[1]}]" if found[1].strip().isdigit() else found[1]


def _looks_said(line: str, body: str) -> bool:
    return body[0] in "\"“'‘*_" or line.lstrip()[0] in ">-•"


def _sentence(line: str, start: int, end: int, offset: int, *, said: bool) -> Sentence:
    raw = line[start:end]
    text = without_marks(raw)
    role: Role = "claim"
    if said or _mostly_quoted(line, start, end):
        role = "line"
    elif _is_aside(line, text, bool(_MARK.search(raw)) or _ITEM.match(line) is not None):
        role = "aside"
    return Sentence(text, marks(raw), offset + start, offset + end, role)


def _is_aside(line: str, text: str, may_be_short: bool) -> bool:
    bare = text.strip("*_ ")
    words = bare.split()
    heading = line.lstrip().startswith("#") or (bool(re.fullmatch(r"\W*(\*\*|__).+\1:?\W*", line.strip())))
    lead_in = bare.endswith(":") and len(words) <= _LEAD_IN_WORDS
    short = not may_be_short and len(words) < SHORTEST_CLAIM
    return heading or lead_in or short or bare.endswith("?") or bool(_SAY.match(text))


def _mostly_quoted(line: str, start: int, end: int) -> bool:
    letters = [index for index in range(start, end) if line[index].isalpha()]
    quoted = [range(found.start(), found.end()) for found in _QUOTED.finditer(line)]
    inside = sum(any(index in part for part in quoted) for index in letters)
    return bool(letters) and inside > 0.8 * len(letters)


def _spans(line: str, start: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for end in _END.finditer(line, start):
        if end.start() < start or not _ends_sentence(line, end, start):
            continue
        trailing = _MARKS_HERE.match(line, end.end())
        stop = trailing.end() if trailing else end.end()
        found.append((start, stop))
        start = stop + len(line[stop:]) - len(line[stop:].lstrip())
    if line[start:].strip():
        found.append((start, len(line.rstrip())))
    return found


def _ends_sentence(line: str, end: re.Match[str], start: int) -> bool:
    rest = line[end.end() :]
    if rest and not rest[0].isspace() and not _MARKS_HERE.match(rest):
        return False
    following = _MARKS_HERE.sub("", rest).lstrip()
    if following[:1].islower():
        return False
    before = line[start : end.start()].rsplit(maxsplit=1)
    last = before[-1].lower().lstrip("(\"“'") if before else ""
    initial = len(last) == 1 and last.isalpha() and line[end.start() - 1].isupper() and last != "i"
    # An abbreviation may still end a line, but then nothing follows it.
    return not (end.group().startswith(".") and following and (last in _ABBREVIATIONS or initial))
