"""Lays the Ask page out with Gradio and ties what is pressed on it to `AskPage`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from coach.errors import CoachError
from coach.pages import texts
from coach.pages.ask import AskPage
from coach.pages.shell import draw_header
from coach.pages.view import View, draw_notice, frame_latest
from coach.pages.visitors import visitor_in

_REGION = "window.coachRegion(element, trigger)"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
OUTPUTS = 5  # regions that one action may change, see `_outputs`
FIELD_LIMIT = 40_000  # characters taken from any one field of a browser's message


def build_ask(page: AskPage, label: str) -> gr.Blocks:
    """Return the page as Gradio blocks, ready to be mounted."""
    blocks = gr.Blocks(title=texts.PAGE_TITLE, analytics_enabled=False, fill_width=True)
    with blocks, gr.Column(elem_id="coach-page"):
        gr.HTML(
            draw_header(label),
            elem_id="masthead",
            js_on_load=None,
            apply_default_css=False,
        )
        with gr.Row(elem_id="desk"):
            shelf_parts = _build_shelf()
            middle_parts = _build_middle()
            with gr.Column(elem_id="evidence"):
                evidence = _region("", "evidence-sheet")
            gr.HTML(
                '<div id="backdrop"></div>',
                js_on_load=None,
                apply_default_css=False,
                elem_id="behind",
            )
        parts = {**shelf_parts, **middle_parts, "evidence": evidence}
        _wire_asking(page, blocks, parts)
        _wire_rest(page, parts)
    return blocks


def _region(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=_REGION, apply_default_css=False)


def _build_shelf() -> dict[str, Any]:
    with gr.Column(elem_id="shelf"):
        new = gr.Button(texts.NEW_CONVERSATION, elem_id="new-conversation")
        search = gr.Textbox(
            label=texts.SEARCH_LABEL,
            placeholder=texts.SEARCH_LABEL,
            show_label=False,
            container=False,
            max_lines=1,
            elem_id="search",
        )
        shelf = _region("", "conversations")
    return {"new": new, "search": search, "shelf": shelf}


def _build_middle() -> dict[str, Any]:
    with gr.Column(elem_id="middle"):
        conversation = gr.Textbox(visible="hidden", elem_id="conversation", label="conversation")
        with gr.Column(elem_id="scroll"):
            earlier = _region("", "earlier")
            latest = _region(frame_latest(""), "latest")
        with gr.Column(elem_id="composer"):
            notice = gr.HTML(
                draw_notice(),
                js_on_load=None,
                apply_default_css=False,
                elem_id="notices",
            )
            with gr.Row(elem_id="pad"):
                question = gr.Textbox(
                    label=texts.QUESTION_LABEL,
                    placeholder=texts.QUESTION_PLACEHOLDER,
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=8,
                    elem_id="question",
                )
                send = gr.Button(texts.SEND, elem_id="send", variant="primary")
                stop = gr.Button(texts.STOP, elem_id="stop")
            gr.HTML(
                f'<p class="composer-hint">{texts.COMPOSER_HINT}</p>',
                js_on_load=None,
                apply_default_css=False,
            )
    return {
        "conversation": conversation,
        "earlier": earlier,
        "latest": latest,
        "notice": notice,
        "question": question,
        "send": send,
        "stop": stop,
    }


def _outputs(parts: dict[str, Any]) -> list[Any]:
    # The question field is not among them: its writer may already be typing the next question.
    return [parts[name] for name in ("conversation", "earlier", "latest", "shelf", "notice")]


def _spread(view: View) -> tuple[Any, ...]:
    return view.conversation, view.earlier, view.latest, view.shelf, view.notice


def _refused(error: CoachError) -> tuple[Any, ...]:
    return (*(gr.skip() for _ in range(OUTPUTS - 1)), draw_notice(str(error)))


def _field(event: gr.EventData, name: str) -> str:
    """Return one text that the browser sent with an event; nothing about it is trusted but its type and length."""
    data = event._data if isinstance(event._data, dict) else {}
    value = data.get(name, "")
    return value[:FIELD_LIMIT] if isinstance(value, str) else ""


def _wire_asking(page: AskPage, blocks: gr.Blocks, parts: dict[str, Any]) -> None:
    def opened(request: gr.Request) -> tuple[Any, ...]:
        wanted = dict(request.query_params).get("c", "")
        return _guarded(lambda: page.open(visitor_in(request.cookies), str(wanted)))

    def asked(conversation: str, question: str, search: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from _streamed(
            lambda: page.ask(
                visitor_in(request.cookies),
                conversation or "",
                (question or "")[:FIELD_LIMIT],
                search,
            )
        )

    def chosen(conversation: str, search: str, request: gr.Request, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        question = _field(event, "question")
        yield from _streamed(lambda: page.ask(visitor_in(request.cookies), conversation or "", question, search))

    def again(conversation: str, search: str, request: gr.Request, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        exchange, edited = _field(event, "exchange"), _field(event, "question")
        yield from _streamed(
            lambda: page.again(
                visitor_in(request.cookies),
                conversation or "",
                exchange,
                edited or None,
                search,
            )
        )

    def stopped(conversation: str, request: gr.Request) -> None:
        page.stop(visitor_in(request.cookies), conversation or "")

    outputs = _outputs(parts)
    conversation, search = parts["conversation"], parts["search"]
    blocks.load(opened, None, outputs, **_QUIET)
    typed = [conversation, parts["question"], search]
    gr.on(
        [parts["question"].submit, parts["send"].click],
        asked,
        typed,
        outputs,
        trigger_mode="once",
        **_QUIET,
    )
    for region in (parts["earlier"], parts["latest"]):
        region.example_select(chosen, [conversation, search], outputs, trigger_mode="once", **_QUIET)
        region.retry(again, [conversation, search], outputs, trigger_mode="once", **_QUIET)
        region.edit(again, [conversation, search], outputs, trigger_mode="once", **_QUIET)
    parts["stop"].click(stopped, [conversation], None, **_QUIET)


def _wire_rest(page: AskPage, parts: dict[str, Any]) -> None:
    def begun(search: str, request: gr.Request) -> tuple[Any, ...]:
        return _guarded(lambda: page.open(visitor_in(request.cookies), "", search))

    def picked(search: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        return _guarded(lambda: page.open(visitor_in(request.cookies), _field(event, "conversation"), search))

    def renamed(conversation: str, search: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        which, title = _field(event, "conversation"), _field(event, "title")
        return _guarded(lambda: page.rename(visitor_in(request.cookies), conversation or "", which, title, search))

    def deleted(conversation: str, search: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        which = _field(event, "conversation")
        return _guarded(lambda: page.delete(visitor_in(request.cookies), conversation or "", which, search))

    def rated(conversation: str, search: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        exchange, verdict, reason, comment = (
            _field(event, name) for name in ("exchange", "verdict", "reason", "comment")
        )
        return _guarded(
            lambda: page.rate(
                visitor_in(request.cookies),
                conversation or "",
                exchange,
                verdict,
                reason,
                comment,
                search,
            )
        )

    def searched(conversation: str, search: str, request: gr.Request) -> str:
        return page.search(
            visitor_in(request.cookies),
            conversation or "",
            (search or "")[:FIELD_LIMIT],
        )

    def cited(conversation: str, request: gr.Request, event: gr.EventData) -> str:
        exchange, number = _field(event, "exchange"), _field(event, "n")
        return page.evidence(visitor_in(request.cookies), conversation or "", exchange, number)

    outputs = _outputs(parts)
    conversation, search, shelf = parts["conversation"], parts["search"], parts["shelf"]
    parts["new"].click(begun, [search], outputs, **_QUIET)
    shelf.select(picked, [search], outputs, **_QUIET)
    shelf.edit(renamed, [conversation, search], outputs, **_QUIET)
    shelf.delete(deleted, [conversation, search], outputs, **_QUIET)
    # `change`, because a paste is no `input` to Gradio.
    search.change(searched, [conversation, search], [shelf], trigger_mode="always_last", **_QUIET)
    for region in (parts["earlier"], parts["latest"]):
        region.like(rated, [conversation, search], outputs, **_QUIET)
        region.select(
            cited,
            [conversation],
            [parts["evidence"]],
            trigger_mode="always_last",
            **_QUIET,
        )


def _guarded(act: Any) -> tuple[Any, ...]:
    try:
        return _spread(act())
    except CoachError as error:
        return _refused(error)


def _streamed(act: Any) -> Iterator[tuple[Any, ...]]:
    shown = False
    try:
        for view in act():
            shown = True
            yield _spread(view)
    except CoachError as error:
        yield _refused(error)
        return
    if not shown:
        # Gradio empties the outputs of a generator that yields nothing.
        yield tuple(gr.skip() for _ in range(OUTPUTS))
