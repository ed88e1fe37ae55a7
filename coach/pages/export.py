"""A conversation as a Markdown file that its visitor can keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from coach.pages import texts
from coach.records.conversations import StoredExchange
from coach.types import Citation


def export_markdown(title: str, exchanges: Sequence[StoredExchange], now: datetime) -> str:
    """Return title, questions, answers and every quoted source of a conversation."""
    parts = [f"# {title}", f"*{texts.EXPORT_HEAD.format(f'{now:%d %B %Y}')}*"]
    for exchange in exchanges:
        parts.append(f"## {' '.join(exchange.question.split())}")
        if exchange.answer is None:
            parts.append(exchange.partial or texts.EXPORT_UNANSWERED)
            continue
        parts.append(exchange.answer.text)
        if exchange.answer.citations:
            lines = "\n".join(_source(citation) for citation in exchange.answer.citations)
            parts.append(f"**{texts.SOURCES}**\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def file_name(title: str) -> str:
    """Return a name that every file system takes, ending in `.md`."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60].strip("-")
    return f"{plain or texts.EXPORT_FILE}.md"


def _source(citation: Citation) -> str:
    doubt = "" if citation.verified else f" ({texts.NOT_VERIFIED})"
    quote = " ".join(citation.quote.split())
    return f"- [{citation.n}] {citation.title}: {citation.section}. {citation.source}{doubt}  \n  “{quote}”"
