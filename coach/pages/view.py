"""What the Ask page shows at one moment, as HTML for each of its regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from coach.pages import texts
from coach.pages.transcript import draw_exchange
from coach.records.conversations import StoredExchange


@dataclass(frozen=True, slots=True)
class View:
    """The regions of the page."""

    conversation: str
    earlier: str
    latest: str
    shelf: str
    notice: str


def draw_notice(words: str = "", announced: str = "") -> str:
    """Return a line above the question field, and one that only screen readers say."""
    return (
        f'<p class="notice" role="status">{escape(words)}</p><p class="sr-only" role="status">{escape(announced)}</p>'
    )


def draw_earlier(exchanges: Sequence[StoredExchange]) -> str:
    """Return all exchanges but the last."""
    return "".join(draw_exchange(exchange, last=False) for exchange in exchanges[:-1])


def draw_latest(exchanges: Sequence[StoredExchange]) -> str:
    """Return the last exchange in the region that changes while an answer arrives."""
    return frame_latest(draw_exchange(exchanges[-1], last=True) if exchanges else "")


def frame_latest(exchange: str) -> str:
    """Return the region that changes while an answer arrives, around an exchange."""
    return f'<section class="latest" aria-label="{texts.TALK_LABEL}">{exchange}</section>'
