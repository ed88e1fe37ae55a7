"""Draws the evidence panel: the passage behind a citation, with the quoted sentence marked."""

from __future__ import annotations

import re
from html import escape

from coach.pages import texts
from coach.pages.icons import icon
from coach.pages.markdown import render_markdown
from coach.types import Citation, Passage

# Private-use characters survive Markdown unchanged and cannot stand in a passage that people typed.
_START, _END = "\ue000", "\ue001"
_STRUCTURE = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)")


def draw_evidence(citation: Citation, passage: Passage | None) -> str:
    """Return the panel for one citation; without a passage only its quote is shown, and that is said."""
    verified = citation.verified and passage is not None
    state = "verified" if verified else "doubtful"
    words = texts.EVIDENCE_VERIFIED if verified else texts.EVIDENCE_NOT_VERIFIED
    why = texts.EVIDENCE_VERIFIED_WHY if verified else texts.EVIDENCE_NOT_VERIFIED_WHY
    if passage is None:
        why = texts.EVIDENCE_GONE
        body = f'<div class="text-body passage"><p><mark>{escape(citation.quote)}</mark></p></div>'
    else:
        body = f'<div class="text-body passage">{highlight(passage.text, citation.quote)}</div>'
    return (
        f'<div class="sheet" data-citation="{citation.n}"><header><p class="kicker">'
        f"{texts.EVIDENCE_NUMBER.format(citation.n)}</p>{close_button()}</header>"
        f'<h2 tabindex="-1">{escape(citation.title)}</h2><p class="section">{escape(citation.section)}</p>'
        f'<p class="check {state}">{icon("check" if verified else "alert")}<strong>{words}.</strong> {why}</p>'
        f'{body}<p class="from"><span>{texts.EVIDENCE_FROM}</span> {escape(citation.source)}</p></div>'
    )


def draw_evidence_problem(problem: str) -> str:
    """Return the panel with a sentence that says why there is nothing to show."""
    return (
        f'<div class="sheet"><header><p class="kicker">{texts.EVIDENCE_LABEL}</p>{close_button()}</header>'
        f'<p class="aside" tabindex="-1">{escape(problem)}</p></div>'
    )


def close_button() -> str:
    """Return the button that puts the panel away."""
    return (
        f'<button type="button" class="tool" data-close="evidence" aria-label="{texts.EVIDENCE_CLOSE}" '
        f'title="{texts.EVIDENCE_CLOSE} (Esc)">{icon("close")}</button>'
    )


def highlight(text: str, quote: str) -> str:
    """Return a passage as HTML with the quote marked wherever its lines run; a quote not in it marks nothing."""
    start = text.find(quote) if quote else -1
    if start < 0:
        return render_markdown(text)
    marked = _STRUCTURE.sub(lambda gap: _END + gap.group(0) + _START, quote)
    marked = re.sub(rf"{_START}(\s*(?:[-*+]|\d+[.)])\s+)", rf"\1{_START}", _START + marked + _END)
    html = render_markdown(text[:start] + marked + text[start + len(quote) :])
    return html.replace(_START, "<mark>").replace(_END, "</mark>")
