"""Draws what frames the conversation: the header, the welcome before the first question and the first-visit note."""

from __future__ import annotations

from html import escape
from pathlib import Path

from coach.pages import texts
from coach.pages.icons import icon
from coach.settings import BUILTIN


def draw_header(label: str) -> str:
    """Return product name, navigation, and the badge that says which coach answers."""
    return (
        f'<a class="skip" href="#question">{texts.SKIP_LINK}</a><header class="masthead">'
        f'<button type="button" class="tool" data-toggle="shelf" aria-controls="shelf" aria-expanded="true" '
        f'aria-label="{texts.SHOW_SHELF}" title="{texts.SHOW_SHELF}">{icon("shelf")}</button>'
        f'<a class="brand" href="./">{texts.PRODUCT}</a>'
        f'<nav class="places" aria-label="{texts.NAV_LABEL}"><a href="./" aria-current="page">{texts.NAV_ASK}</a></nav>'
        f'<span class="grow"></span>{_badge(label)}'
        f'<button type="button" class="tool" data-toggle="theme" aria-label="{texts.THEME_TOGGLE}" '
        f'title="{texts.THEME_TOGGLE}">{icon("theme")}</button></header>'
    )


def _badge(label: str) -> str:
    if label == BUILTIN:
        return (
            f'<span class="badge" tabindex="0" title="{texts.BADGE_BUILTIN_WHY}" '
            f'aria-label="{texts.BADGE_BUILTIN}. {texts.BADGE_BUILTIN_WHY}" role="note">'
            f'<span class="wide">{texts.BADGE_BUILTIN}</span>'
            f'<span class="narrow">{texts.BADGE_BUILTIN_SHORT}</span></span>'
        )
    name, why = escape(label), escape(texts.BADGE_MODEL_WHY.format(label))
    return f'<span class="badge" tabindex="0" role="note" title="{why}" aria-label="{name}. {why}">{name}</span>'


def draw_welcome(label: str, data: Path) -> str:
    """Return what stands in the middle before the first question."""
    cards = "".join(
        f'<li><button type="button" class="card" data-event="example_select" data-question="{escape(question)}">'
        f"<span>{kind}</span>{escape(question)}</button></li>"
        for kind, question in texts.STARTERS
    )
    return (
        f'<section class="welcome"><h1>{texts.WELCOME_TITLE}</h1><p class="lead">{texts.WELCOME_LEAD}</p>'
        f'<ul class="cards" aria-label="{texts.STARTERS_LABEL}">{cards}</ul>{_note(label, data)}</section>'
    )


def _note(label: str, data: Path) -> str:
    leaves = texts.NOTE_NOTHING_LEAVES if label == BUILTIN else texts.NOTE_MODEL.format(label)
    stored = escape(texts.NOTE_STORED).replace("{}", f"<code>{escape(str(data))}</code>")
    return (
        f'<aside class="note" aria-label="{texts.NOTE_TITLE}"><h2>{texts.NOTE_TITLE}</h2><ul><li>{texts.NOTE_AI}</li>'
        f"<li>{stored}</li><li>{escape(leaves)}</li></ul>"
        f'<button type="button" class="quiet" data-close="note">{texts.NOTE_DISMISS}</button></aside>'
    )


def draw_talk_frame(conversation: str, title: str, exchanges: str) -> str:
    """Return the earlier exchanges under the conversation's name, with its export."""
    if not conversation:
        return f'<div class="talk" data-conversation="">{exchanges}</div>'
    ident = escape(conversation)
    return (
        f'<div class="talk" data-conversation="{ident}"><header class="talk-head"><h2>{escape(title)}</h2>'
        f'<a class="tool" href="export/{ident}" download title="{texts.EXPORT_WHY}">{icon("export")}'
        f"<span>{texts.EXPORT}</span></a></header>{exchanges}</div>"
    )
