"""Draws the list of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from itertools import groupby

from coach.pages import texts
from coach.pages.icons import icon
from coach.records.conversations import ConversationSummary


def draw_shelf(summaries: Sequence[ConversationSummary], current: str, search: str, now: datetime) -> str:
    """Return the conversations (newest first) grouped by when they were last touched; `search` found them."""
    if not summaries:
        return f'<p class="shelf-empty">{texts.SHELF_NO_MATCH if search.strip() else texts.SHELF_EMPTY}</p>'
    groups = groupby(summaries, key=lambda summary: _when(summary.updated, now))
    return "".join(
        f'<section class="shelf-group"><h3>{when}</h3><ul>'
        + "".join(_row(summary, current) for summary in group)
        + "</ul></section>"
        for when, group in groups
    )


def _row(summary: ConversationSummary, current: str) -> str:
    ident, title = escape(summary.id), escape(summary.title)
    here = ' aria-current="page"' if summary.id == current else ""
    count = texts.EXCHANGES_ONE if summary.exchanges == 1 else texts.EXCHANGES_MANY.format(summary.exchanges)
    return (
        f'<li data-conversation="{ident}"><div class="entry"><a href="?c={ident}" data-event="select" '
        f'data-conversation="{ident}" title="{title} · {count}"{here}>{title}</a>'
        f'<button type="button" class="tool" data-open="manage" aria-expanded="false" '
        f'aria-label="{escape(texts.CONVERSATION_ACTIONS.format(summary.title))}">{icon("more")}</button></div>'
        f"{_manage(ident, title)}</li>"
    )


def _manage(ident: str, title: str) -> str:
    return (
        '<div class="manage" hidden>'
        f'<form class="rename" data-event="edit" data-conversation="{ident}"><label class="sr-only" '
        f'for="name-{ident}">{texts.RENAME_FIELD}</label><input id="name-{ident}" name="title" value="{title}" '
        f'maxlength="120" required><div class="row"><button type="submit" class="quiet">{texts.RENAME}</button>'
        f'<a class="quiet" href="export/{ident}" download title="{texts.EXPORT_WHY}">{texts.EXPORT}</a>'
        f'<button type="button" class="quiet danger" data-open="confirm">{texts.DELETE}</button>'
        "</div></form>"
        f'<div class="confirm" role="alertdialog" aria-label="{texts.DELETE_QUESTION}" hidden>'
        f'<p>{texts.DELETE_QUESTION}</p><div class="row">'
        f'<button type="button" class="quiet" data-close="confirm">{texts.KEEP}</button>'
        f'<button type="button" class="solid danger" data-event="delete" data-conversation="{ident}">{texts.DELETE}'
        "</button></div></div></div>"
    )


def _when(updated: datetime, now: datetime) -> str:
    moment = updated if updated.tzinfo else updated.replace(tzinfo=now.tzinfo)
    days = (now.date() - moment.astimezone(now.tzinfo).date()) / timedelta(days=1)
    if days < 1:
        return texts.TODAY
    if days < 2:
        return texts.YESTERDAY
    return texts.THIS_WEEK if days < 7 else texts.EARLIER
