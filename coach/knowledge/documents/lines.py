"""Makes paragraphs of the lines that a page was set in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# A line that reaches this share of the column was broken by the margin, not by its author.
FULL = 0.72
NEARLY_FULL = 0.85
SOFT_HYPHENS = ("\u00ad", "\ufffe", "\x02")
LEADERS = re.compile(r"(?:\.[ \u00a0]?){5,}\s*[\divxlc]*$|…{2,}\s*[\divxlc]*$", re.IGNORECASE)
ITEM = re.compile(r"(?:[•▪●◦‣·\u2013\u2014*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
WHOLE_START, WHOLE_END = re.compile(r"(\d{1,4})(?:\s|$)"), re.compile(r"(?:^|\s)(\d{1,4})$")
PAGE_WORDS = re.compile(
    r"\W*(?:page|seite|p\.|pg\.?|página|pagina)?\s*\d+(?:\s*(?:/|of|von|de|di|sur)\s*\d+)?\W*", re.I
)
LONG_PAGE = 6
SHORTEST_RUNNING_TITLE = 12
LONGEST_EDGE = 90
ENDINGS = (".", "?", "!", ":", ".”", '."')


def bodies(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return each page's lines without headers, footers, page numbers and the dotted lines of a table of contents.

    A header or footer stands word for word at the edge of more than a third of all pages, or carries a number that
    counts them. "Week 3" at the top of a slide does too, but is kept: a little noise is better than a lost heading.
    """
    least = max(3, len(pages) // 3 + 1)
    lines_seen = Counter(line for lines in pages for line in {lines[place] for place in _edges(lines)})
    steps_seen = Counter(
        step
        for page, lines in enumerate(pages)
        for step in {number - page for place in _edges(lines) for number in _counts(lines[place])}
    )
    running = {line for line, count in lines_seen.items() if count >= least}
    steps = {step for step, count in steps_seen.items() if count >= least}
    kept = []
    for page, lines in enumerate(pages):
        edge = {
            place
            for place in _edges(lines)
            if lines[place] in running or any(number - page in steps for number in _counts(lines[place]))
        }
        kept.append([line for place, line in enumerate(lines) if place not in edge and not LEADERS.search(line)])
    return kept


def _edges(lines: Sequence[str]) -> set[int]:
    """Return the places of the lines where a header or footer may stand."""
    edge = 2 if len(lines) >= LONG_PAGE else 1
    return {*range(min(edge, len(lines))), *range(max(0, len(lines) - edge), len(lines))}


def _counts(line: str) -> set[int]:
    """Return the numbers at a line's start and end that may be a page's, with a running title or without."""
    found = (WHOLE_START.match(line), WHOLE_END.search(line)) if len(line) <= LONGEST_EDGE else ()
    return {
        int(match[1])
        for match in found
        if match and (PAGE_WORDS.fullmatch(line) or len(line) - len(match[0]) >= SHORTEST_RUNNING_TITLE)
    }


def joined(lines: Sequence[str]) -> str:
    """Join lines into paragraphs: words divided at the margin become whole, paragraphs are set apart by line breaks."""
    widths = sorted(len(line) for line in lines)
    column = widths[int(len(widths) * 0.9)] if widths else 0
    text = ""
    before = ""
    for line in (line.strip() for line in lines):
        if not line:
            continue
        if text.endswith(SOFT_HYPHENS):
            text = text[:-1] + line
        elif before and _continues(before, line, column):
            divided = text.endswith("-") and text[-2:-1].islower() and line[:1].islower()
            text = text[:-1] + line if divided else f"{text} {line}"
        else:
            text = f"{text}\n{line}"
        before = line
    for mark in SOFT_HYPHENS:
        text = text.replace(mark, "")
    return text.strip()


def _continues(before: str, line: str, column: int) -> bool:
    """Say whether `line` goes on with the sentence of the line before, rather than begin a paragraph."""
    if ITEM.match(line):
        return False
    ended = before.endswith(ENDINGS)
    if len(before) >= FULL * column:
        return not ended or (line[:1].isupper() and len(before) >= NEARLY_FULL * column) or line[:1].isdigit()
    return line[:1].islower() and not ended
