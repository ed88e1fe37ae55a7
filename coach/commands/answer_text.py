"""An answer as text for the terminal: wrapped, without Markdown's marks, with numbered sources and quotes."""

from __future__ import annotations

import re
import textwrap

from coach.types import Answer, Citation

NARROWEST, WIDEST = 40, 88
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITALIC = re.compile(r"(?<![\w*])\*(?![\s*])(.+?)(?<![\s*])\*(?![\w*])")
_HEADING = re.compile(r"^#{1,6}\s+")
_ITEM = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+)(.*)$")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def answer_text(answer: Answer, columns: int = WIDEST) -> str:
    """Return the answer, its sources with what they say, and who answered when it was not the usual coach.

    Args:
        answer: what the coach said.
        columns: width of the terminal; lines are at most 88 characters long.
    """
    width = max(NARROWEST, min(columns, WIDEST))
    parts = ["\n".join(_wrapped(line, width) for line in _printable(answer.text).splitlines())]
    if answer.citations:
        parts.append("\n".join(["Sources", *(_source(citation, width) for citation in answer.citations)]))
    if answer.notice:
        parts.append(textwrap.fill(f"Note: {_printable(answer.notice)}", width))
    return "\n\n".join(parts)


def _printable(text: str) -> str:
    """Take out control characters: text of a document must not steer the terminal."""
    return _UNPRINTABLE.sub("", text)


def _plain(text: str) -> str:
    return _ITALIC.sub(r"\1", _BOLD.sub(r"\1", _HEADING.sub("", text)))


def _wrapped(line: str, width: int) -> str:
    if line.startswith(">"):
        return _filled(_plain(line[1:].strip()), "    ", "    ", width)
    item = _ITEM.match(line)
    if item:
        lead = item[1] if item[1].startswith(" ") else f"  {item[1]}"
        return _filled(_plain(item[2]), lead, " " * len(lead), width)
    return _filled(_plain(line), "", "", width)


def _source(citation: Citation, width: int) -> str:
    mark = f"  [{citation.n}] "
    indent = " " * len(mark)
    named = (citation.title, citation.section, citation.source)
    head = _printable(". ".join(part.rstrip(".") for part in named if part))
    quote = " ".join(_plain(_printable(citation.quote)).split())
    lines = [_filled(head, mark, indent, width)]
    if quote:
        lines.append(_filled(f"“{quote}”", indent, indent, width))
    if not citation.verified:
        lines.append(_filled("Not verified: these words were not found in the source.", indent, indent, width))
    return "\n".join(lines)


def _filled(text: str, first: str, rest: str, width: int) -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=True, break_on_hyphens=False
    )
