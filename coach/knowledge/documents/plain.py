"""Reads Markdown and plain text."""

from __future__ import annotations

import re
from pathlib import Path

from coach.errors import DocumentError
from coach.knowledge.documents.document import Document, Limits, Outline, Pages, title_for

HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
FENCE = re.compile(r" {0,3}(```+|~~~+)")
COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)


def decode(data: bytes) -> str:
    """Return text from UTF-8, UTF-16 with its mark, or else Windows-1252, with plain line ends.

    Raises:
        DocumentError: the bytes are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if text.count("\x00") + text.count("\ufffd") > len(text) // 50:
        raise DocumentError("The content is not text, although the file name says so.", "Save it as UTF-8 text.")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path, limits: Limits) -> Document:
    """Convert a text file; it has no headings, so its blocks have no section."""
    pages = Pages(limits.characters)
    pages.add("", decode(path.read_bytes()))
    return Document(str(path), title_for(str(path), None), pages.blocks())


def read_markdown(path: Path, limits: Limits) -> Document:
    """Convert a Markdown file: its headings become sections, comments and front matter are left out."""
    text = decode(path.read_bytes())
    title = None
    if front := FRONT_MATTER.match(text):
        text = text[front.end() :]
        named = FRONT_TITLE.search(front[1])
        title = named[1] if named else None
    pages, only = _sections(COMMENT.sub("", text), limits)
    return Document(str(path), title_for(str(path), title or only), pages.blocks())


def _sections(text: str, limits: Limits) -> tuple[Pages, str | None]:
    """Return the sections, and the highest heading if there is just one: that is the title."""
    pages, outline = Pages(limits.characters), Outline()
    highest: list[str] = []
    fence = ""
    body: list[str] = []
    for line in text.split("\n"):
        if mark := FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence):
                fence = ""
        heading = None if fence else _heading(line, body)
        if heading is None:
            body.append(line)
            continue
        pages.add(outline.section, "\n".join(body))
        body = []
        outline.enter(*heading)
        highest.extend([heading[1]] if heading[0] == 1 else [])
    pages.add(outline.section, "\n".join(body))
    return pages, highest[0] if len(highest) == 1 else None


def _heading(line: str, body: list[str]) -> tuple[int, str] | None:
    """Return level and text when `line` is a heading, or underlines the last line of `body` (which then loses it)."""
    if found := HEADING.match(line):
        return len(found[1]), found[2]
    underlined = body and body[-1].strip() and (len(body) == 1 or not body[-2].strip())
    if underlined and (found := UNDERLINE.match(line)) and not body[-1].lstrip().startswith(("-", "|", ">", "*")):
        return (1 if found[1][0] == "=" else 2), body.pop().strip()
    return None
