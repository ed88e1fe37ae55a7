"""Turns an answer's Markdown into safe HTML: a small subset, everything else is shown as the text it is.

No HTML passes through, and links and images are not built at all, so that an answer can neither run a script nor make
the browser fetch something from another host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

CITATION = re.compile(r"\[(\d{1,3})\]")
_LEFT_OUT = (
    "link",
    "image",
    "autolink",
    "html_inline",
    "html_block",
    "reference",
    "entity",
)


def render_markdown(text: str, mark: Callable[[int], str | None] | None = None) -> str:
    """Return HTML for `text`; `mark` gives the HTML that replaces an `[n]`, or None to leave it as text."""
    return str(_parser().render(text, {"mark": mark or _no_mark}))


def plain_text(text: str) -> str:
    """Return an answer without citation marks and emphasis, as it is copied to the clipboard."""
    bare = re.sub(r"\s*\[\d{1,3}\]", "", text)
    bare = re.sub(r"(\*\*|__|`)", "", bare)
    return re.sub(r"^(#{1,6}|>) ?", "", bare, flags=re.MULTILINE).strip()


def citation_numbers(text: str) -> list[int]:
    """Return the citation numbers in a text, each once, in the order in which they appear."""
    return list(dict.fromkeys(int(number) for number in CITATION.findall(text)))


def _no_mark(_number: int) -> None:
    return None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(list(_LEFT_OUT), ignoreInvalid=True)
    parser.add_render_rule("text", _text)
    parser.add_render_rule("blockquote_open", _quote_open)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _text(
    _self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: Any,
    env: MutableMapping[str, Any],
) -> str:
    mark_for: Callable[[int], str | None] = env["mark"]
    parts: list[str] = []
    end = 0
    content = tokens[index].content
    for found in CITATION.finditer(content):
        mark = mark_for(int(found.group(1)))
        if mark is None:
            continue
        before, space, word = content[end : found.start()].rstrip(" ").rpartition(" ")
        # The mark stays on the line of the word before it.
        parts.append(
            f'{escape(before + space, quote=False)}<span class="keep">{escape(word, quote=False)}{mark}</span>'
        )
        end = found.end()
    return "".join([*parts, escape(content[end:], quote=False)])


def _quote_open(*_: Any) -> str:
    return '<blockquote class="say">\n'


def _heading(
    _self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: Any,
    _env: MutableMapping[str, Any],
) -> str:
    return "<h4>" if tokens[index].nesting == 1 else "</h4>\n"
