"""Reads HTML with selectolax (Lexbor): no scripts, no styles, no network."""

from __future__ import annotations

import re
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from coach.errors import DocumentError
from coach.knowledge.documents.document import Document, Limits, Outline, Pages, title_for
from coach.knowledge.documents.plain import decode

LEFT_OUT = (
    "script, style, noscript, template, svg, math, iframe, object, embed, canvas, video, audio, "
    "nav, footer, form, button, select, [hidden], [aria-hidden=true], [style*='display:none'], [style*='display: none']"
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset({"p", "div", "section", "article", "main", "header", "aside", "ul", "ol", "li", "dl", "dt", "dd"})
BLOCKS |= {"table", "tr", "blockquote", "figure", "figcaption", "address", "details", "summary", "body", "hr"}
CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
SPACE = re.compile(r"\s+")


def read_html(path: Path, limits: Limits) -> Document:
    """Convert an HTML page: headings become sections; menus, forms, scripts and hidden parts are left out."""
    data = path.read_bytes()
    tree = LexborHTMLParser(_decoded(data))
    if tree.body is None:
        raise DocumentError("The page has no content.", "Save it again as a complete HTML page.")
    head = tree.css_first("title")
    title = head.text() if head is not None else None
    for node in tree.css(LEFT_OUT):
        # The page itself may be hidden until its script runs, or be one large form.
        if node.tag not in ("html", "body") and not (node.tag == "form" and len(node.text()) > 2000):
            node.decompose()
    main = tree.css_first("main, [role=main]")
    root = main if main is not None and len(main.text(strip=True)) >= 200 else tree.body
    walk = _Walk(limits)
    walk.over(root)
    only = walk.highest[0] if len(walk.highest) == 1 else None
    return Document(str(path), title_for(str(path), title or only), walk.pages.blocks("\n"))


def _decoded(data: bytes) -> str:
    declared = CHARSET.search(data[:4096])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    if name and not name.startswith("utf") and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)


class _Walk:
    """Goes through a tree in reading order with a stack of its own, since pages may nest deeper than Python does."""

    def __init__(self, limits: Limits) -> None:
        self.pages = Pages(limits.characters)
        self.highest: list[str] = []
        self._outline = Outline()
        self._line: list[str] = []
        self._bullet = ""

    def over(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            tag = node.tag or ""
            if leaving:
                self._leave(tag)
            elif tag == "-text":
                self._line.append(node.text_content or "")
            elif tag in HEADINGS:
                self._heading(HEADINGS[tag], node)
            elif tag == "pre":
                self._end_line()
                self.pages.add(self._outline.section, node.text())
            else:
                self._enter(tag)
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
        self._end_line()

    def _enter(self, tag: str) -> None:
        if tag in BLOCKS or tag == "br":
            self._end_line()
        if tag == "li":
            self._bullet = "- "

    def _leave(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._line.append(" | ")
        elif tag in BLOCKS:
            self._end_line()

    def _heading(self, level: int, node: LexborNode) -> None:
        self._end_line()
        text = node.text(separator=" ", strip=True).rstrip("¶# ")
        self._outline.enter(level, text)
        self.highest.extend([text] if level == 1 else [])

    def _end_line(self) -> None:
        line = SPACE.sub(" ", "".join(self._line)).strip(" |")
        self._line.clear()
        if line:
            self.pages.add(self._outline.section, self._bullet + line)
            self._bullet = ""
