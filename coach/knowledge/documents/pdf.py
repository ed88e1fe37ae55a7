"""Reads PDF with PDFium (pypdfium2): text page by page, headings from the bookmarks. Scripts in a PDF never run."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pypdfium2

from coach.errors import DocumentError
from coach.knowledge.documents.document import Block, Document, Limits, Outline, Pages, title_for
from coach.knowledge.documents.lines import bodies, joined

PASSWORD = 4
PICTURE = 3
LEAST_TEXT = 10
SHOWN = 5
MOST_BOOKMARKS = 5000
NUMBERING = re.compile(r"^[\dA-Z]{0,3}(?:\.\d+)*\.?\s+")
Bookmarks = dict[int, list[tuple[int, str]]]


def read_pdf(path: Path, limits: Limits) -> Document:
    """Convert a PDF: one block a page and heading, its section ending in `page N`.

    Raises:
        DocumentError: damaged, protected by a password, or pictures of pages without text.
    """
    pdf = _open(path)
    try:
        pages = [_lines(pdf, number) for number in range(len(pdf))]
        bookmarks = _bookmarks(pdf)
        title = pdf.get_metadata_dict().get("Title")
        textless = [number for number, lines in enumerate(pages) if sum(map(len, lines)) < LEAST_TEXT]
        scanned = [number + 1 for number in textless if _has_picture(pdf, number)]
    finally:
        pdf.close()
    if len(textless) == len(pages):
        raise DocumentError(
            f"The PDF has no text: its {len(pages)} pages are pictures (a scan) or empty.",
            "Run text recognition (OCR) on it and save it as a searchable PDF.",
        )
    notes = (_gap(scanned, len(pages)),) if scanned else ()
    return Document(str(path), title_for(str(path), title), _blocks(pages, bookmarks, limits), notes)


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == PASSWORD:
            raise DocumentError("The PDF is protected by a password.", "Save a copy without the password.") from None
        raise DocumentError("The PDF is damaged.", "Open it in a PDF reader and print it to a new PDF.") from None


def _lines(pdf: pypdfium2.PdfDocument, number: int) -> list[str]:
    try:
        page = pdf[number]
    except pypdfium2.PdfiumError:
        return []
    try:
        text_page = page.get_textpage()
        text: str = text_page.get_text_bounded()
        text_page.close()
    finally:
        page.close()
    return [line for line in (line.strip() for line in text.replace("\x00", "").splitlines()) if line]


def _has_picture(pdf: pypdfium2.PdfDocument, number: int) -> bool:
    try:
        page = pdf[number]
    except pypdfium2.PdfiumError:
        return True
    try:
        return any(True for _ in page.get_objects(filter=[PICTURE], max_depth=4))
    finally:
        page.close()


def _bookmarks(pdf: pypdfium2.PdfDocument) -> Bookmarks:
    found: Bookmarks = defaultdict(list)
    for bookmark in islice(pdf.get_toc(), MOST_BOOKMARKS):
        target = bookmark.get_dest()
        page = target.get_index() if target is not None else None
        title = " ".join(bookmark.get_title().split())
        if page is not None and title:
            found[page].append((bookmark.level + 1, title))
    return found


def _blocks(pages: list[list[str]], bookmarks: Bookmarks, limits: Limits) -> tuple[Block, ...]:
    collected, outline = Pages(limits.characters), Outline()
    for number, body in enumerate(bodies(pages)):
        begun = 0
        for level, heading in bookmarks.get(number, []):
            place = _place(body, heading, begun)
            if place is not None:
                collected.add(_section(outline, number), joined(body[begun:place]))
                begun = place + 1
            outline.enter(level, heading)
        collected.add(_section(outline, number), joined(body[begun:]))
    return collected.blocks("\n")


def _place(lines: list[str], heading: str, begun: int) -> int | None:
    """Return the line that is this heading, whatever its numbering; None when it is not set as a line of its own."""
    wanted = NUMBERING.sub("", heading).casefold()
    for number in range(begun, len(lines)):
        if NUMBERING.sub("", lines[number]).casefold() == wanted or lines[number].casefold() == heading.casefold():
            return number
    return None


def _section(outline: Outline, number: int) -> str:
    page = f"page {number + 1}"
    return f"{outline.section}, {page}" if outline.section else page.capitalize()


def _gap(scanned: list[int], pages: int) -> str:
    shown = ", ".join(str(number) for number in scanned[:SHOWN]) + ("…" if len(scanned) > SHOWN else "")
    return f"{len(scanned)} of {pages} pages are pictures without text and are not in the collection (page {shown})."
