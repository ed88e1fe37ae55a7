"""Draws questions and answers as HTML; everything that a person or a model wrote is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from coach.pages import texts
from coach.pages.icons import icon
from coach.pages.markdown import plain_text, render_markdown
from coach.records.conversations import StoredExchange
from coach.settings import BUILTIN
from coach.types import Answer, Citation, TraceStep


def draw_exchange(exchange: StoredExchange, *, last: bool) -> str:
    """Return one question with its answer; only the last one can be edited and offers follow-ups."""
    if exchange.answer is not None:
        body, state = _answer(exchange, exchange.answer, last=last), "answered"
        return _article(exchange.id, exchange.question, body, state, last=last)
    words = texts.STOPPED if exchange.state == "stopped" else texts.INTERRUPTED
    return _unfinished(exchange.id, exchange.question, exchange.partial, words, last=last)


def draw_running(exchange: str, question: str, text: str) -> str:
    """Return a question whose answer is being written, with the words that have arrived."""
    if text:
        body = f'<div class="text-body arriving">{render_markdown(text, _unlinked)}</div>'
    else:
        body = f'<p class="reading"><span aria-hidden="true"></span>{texts.READING}</p>'
    return _article(exchange, question, body, "running", last=False)


def draw_failed(exchange: str, question: str, text: str, problem: str) -> str:
    """Return the last question with what had arrived when its answer broke off, the problem and a way to try again."""
    return _unfinished(exchange, question, text, problem, last=True, alert=True)


def _unfinished(
    exchange: str,
    question: str,
    text: str,
    words: str,
    *,
    last: bool,
    alert: bool = False,
) -> str:
    shown = f'<div class="text-body">{render_markdown(text, _unlinked)}</div>' if text else ""
    sign = f' role="alert">{icon("alert")}' if alert else ">"
    tools = f'<div class="actions">{_redo(exchange)}</div>' if last else ""
    body = f'{shown}<p class="aside"{sign}{escape(words)}</p>{tools}'
    return _article(exchange, question, body, "stopped", last=last)


def _unlinked(number: int) -> str:
    return f'<sup class="mark">{number}</sup>'


def _article(exchange: str, question: str, body: str, state: str, *, last: bool) -> str:
    form = _edit_form(exchange, question) if last else ""
    return (
        f'<article class="exchange" data-exchange="{escape(exchange)}" data-state="{state}">'
        f'<div class="question"><h3 class="sr-only">{texts.YOU}</h3>'
        f'<p class="asked">{escape(question, quote=False)}</p>{form}</div>'
        f'<div class="answer"><h3 class="sr-only">{texts.COACH}</h3>{body}</div></article>'
    )


def _edit_form(exchange: str, question: str) -> str:
    return (
        f'<form class="edit" data-event="edit" data-exchange="{escape(exchange)}" hidden>'
        f'<label class="sr-only" for="edit-{escape(exchange)}">{texts.EDIT_FIELD}</label>'
        f'<textarea id="edit-{escape(exchange)}" name="question" rows="3">{escape(question)}</textarea>'
        f'<div class="row"><span class="hint">{texts.EDIT_WARNING}</span>'
        f'<button type="button" class="quiet" data-close="edit">{texts.CANCEL}</button>'
        f'<button type="submit" class="solid">{texts.EDIT_SEND}</button></div></form>'
    )


def _answer(exchange: StoredExchange, answer: Answer, *, last: bool) -> str:
    marks = {citation.n: _mark(exchange.id, citation) for citation in answer.citations}
    words = texts.STATUS_WORDS[answer.status]
    status = f'<p class="status status-{answer.status}">{words}</p>' if words else ""
    notice = f'<p class="aside">{icon("alert")}{escape(answer.notice)}</p>' if answer.notice else ""
    return (
        f'{status}<div class="text-body">{render_markdown(answer.text, marks.get)}</div>{notice}'
        f"{_sources(exchange.id, answer.citations)}{_actions(exchange, answer, last=last)}{_rating(exchange)}"
        f"{_follow_ups(answer.suggestions) if last else ''}{_trace(answer)}"
    )


def _mark(exchange: str, citation: Citation) -> str:
    label = escape(texts.CITATION_OPEN.format(citation.n, citation.title))
    doubt = "" if citation.verified else " doubtful"
    return (
        f'<button type="button" class="mark{doubt}" data-event="select" data-exchange="{escape(exchange)}" '
        f'data-n="{citation.n}" aria-label="{label}" title="{label}">{citation.n}</button>'
    )


def _sources(exchange: str, citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    items = "".join(
        f'<li><button type="button" class="source" data-event="select" data-exchange="{escape(exchange)}" '
        f'data-n="{citation.n}" title="{escape(citation.title)}: {escape(citation.section)}">'
        f'<span class="number">{citation.n}</span><span class="what">'
        f"{escape(citation.title)}<em>{escape(citation.section)}</em></span>"
        f"{'' if citation.verified else f'<b>{texts.NOT_VERIFIED}</b>'}</button></li>"
        for citation in citations
    )
    return f'<section class="sources"><h4>{texts.SOURCES}</h4><ol>{items}</ol></section>'


def _actions(exchange: StoredExchange, answer: Answer, *, last: bool) -> str:
    up, down = (str(exchange.verdict == verdict).lower() for verdict in ("up", "down"))
    ident = escape(exchange.id)
    return (
        '<div class="actions">'
        f'<button type="button" class="tool" data-copy="{escape(plain_text(answer.text))}" title="{texts.COPY_WHY}">'
        f'{icon("copy")}<span data-done="{texts.COPIED}">{texts.COPY}</span></button>'
        f"{_redo(exchange.id) if last else ''}"
        f'<span class="apart"><button type="button" class="tool" data-event="like" data-exchange="{ident}" '
        f'data-verdict="up" aria-pressed="{up}" aria-label="{texts.HELPFUL}" title="{texts.HELPFUL}">{icon("up")}'
        f'</button><button type="button" class="tool" data-open="rating" aria-pressed="{down}" '
        f'aria-label="{texts.NOT_HELPFUL}" title="{texts.NOT_HELPFUL}">{icon("down")}</button></span>'
        f'<span class="by">{escape(_by(answer))}</span></div>'
    )


def _redo(exchange: str) -> str:
    """Both set aside whatever came after the exchange, so they are offered for the last one only."""
    return (
        f'<button type="button" class="tool" data-event="retry" data-exchange="{escape(exchange)}" '
        f'title="{texts.RETRY}" aria-label="{texts.RETRY}">{icon("retry")}<span>{texts.RETRY}</span></button>'
        f'<button type="button" class="tool" data-open="edit" title="{texts.EDIT}" aria-label="{texts.EDIT}">'
        f"{icon('edit')}<span>{texts.EDIT}</span></button>"
    )


def _by(answer: Answer) -> str:
    who = texts.ANSWERED_BY_BUILTIN if answer.model == BUILTIN else answer.model
    time = texts.UNDER_A_TENTH if answer.seconds < 0.1 else f"{answer.seconds:.1f}"
    return texts.ANSWER_TIME.format(who, time)


def _rating(exchange: StoredExchange) -> str:
    ident = escape(exchange.id)
    thanks = {"up": texts.RATED_UP, "down": texts.RATED_DOWN}.get(exchange.verdict or "", "")
    reasons = "".join(
        f'<label class="choice"><input type="radio" name="reason" value="{value}"'
        f"{' checked' if exchange.reason == value else ''} required> {words}</label>"
        for value, words in texts.RATING_REASONS.items()
    )
    return (
        f'<p class="thanks" role="status">{thanks}</p>'
        f'<form class="rating" data-event="like" data-exchange="{ident}" data-verdict="down" '
        f'aria-label="{texts.RATING_TITLE}" hidden><fieldset><legend>{texts.RATING_TITLE}</legend>{reasons}</fieldset>'
        f'<label class="comment">{texts.RATING_COMMENT}<textarea name="comment" rows="2" maxlength="2000">'
        f"{escape(exchange.comment or '')}</textarea></label>"
        f'<div class="row"><span class="hint">{texts.RATING_PRIVACY}</span>'
        f'<button type="button" class="quiet" data-close="rating">{texts.CANCEL}</button>'
        f'<button type="submit" class="solid">{texts.RATING_SEND}</button></div></form>'
    )


def _follow_ups(suggestions: Sequence[str]) -> str:
    if not suggestions:
        return ""
    chips = "".join(
        f'<li><button type="button" class="chip" data-event="example_select" data-question="{escape(suggestion)}">'
        f"{escape(suggestion)}</button></li>"
        for suggestion in suggestions
    )
    return f'<nav class="follow-ups" aria-label="{texts.FOLLOW_UPS}"><h4>{texts.FOLLOW_UPS}</h4><ul>{chips}</ul></nav>'


def _trace(answer: Answer) -> str:
    if not answer.trace:
        return ""
    read_as = ""
    if answer.standalone_question and answer.standalone_question != answer.question:
        read_as = f"<dt>{texts.TRACE_QUESTION}</dt><dd>{escape(answer.standalone_question)}</dd>"
    steps = "".join(_trace_step(step) for step in answer.trace)
    return f'<details class="trace"><summary>{texts.TRACE}</summary><dl>{read_as}{steps}</dl></details>'


def _trace_step(step: TraceStep) -> str:
    details = "; ".join(f"{key.replace('_', ' ')}: {_short(value)}" for key, value in step.detail.items())
    return f"<dt>{escape(step.name.replace('_', ' '))}</dt><dd>{escape(details)}</dd>"


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_short(item) for item in value[:8]) + (" …" if len(value) > 8 else "")
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(item)}" for key, item in value.items())
    return str(value)[:300]
