"""Reads DOCX with python-docx, which opens the package; its text is gathered here.

python-docx's own `paragraph.text` leaves out content controls, tracked insertions and text boxes without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from coach.knowledge.documents.document import Document, Limits, Outline, Pages, title_for
from coach.knowledge.documents.signature import refuse_entities

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
TEXT, TAB, BREAK, RETURN, HYPHEN = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")
RUN, BOX = qn("w:r"), qn("w:txbxContent")
# What older programs show instead of a text box: the same text again.
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DELETED = frozenset({qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:sectPr"), qn("w:sdtPr")})
VALUE = qn("w:val")
LONGEST_HEADING = 200
LEVELS = 9
OFF = frozenset({"0", "false", "off"})


def read_docx(path: Path, limits: Limits) -> Document:
    """Convert a DOCX: headings become sections, tables one line a row, foot and end notes a section of their own.

    Left out: deleted and hidden text, comments, headers, footers, pictures, macros, linked and embedded files.
    """
    package = docx.Document(str(path))
    refuse_entities(package.element)
    reader = _Reader(package, limits)
    reader.over(package.element.body)
    reader.notes()
    title = package.core_properties.title or reader.title
    return Document(str(path), title_for(str(path), title), reader.pages.blocks("\n"))


class _Reader:
    def __init__(self, package: Any, limits: Limits) -> None:
        self.pages = Pages(limits.characters)
        self.title = ""
        self._outline = Outline()
        self._package = package
        self._levels = _heading_levels(package.styles.element)

    def over(self, body: Any) -> None:
        """Go through paragraphs and tables in reading order, also those inside content controls."""
        for element in _blocks(body):
            if element.tag == TABLE:
                for row in _rows(element):
                    self.pages.add(self._outline.section, row)
            else:
                self._paragraph(element)

    def notes(self) -> None:
        """Add the foot and end notes."""
        for relation in self._package.part.rels.values():
            if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
                for paragraph in parse_xml(relation.target_part.blob).iter(PARAGRAPH):
                    self.pages.add("Notes", _text(paragraph))

    def _paragraph(self, paragraph: Any) -> None:
        text = _text(paragraph)
        level = self._level(paragraph)
        if level == 0:
            self.title = self.title or text
        elif level is not None and 0 < len(text) <= LONGEST_HEADING:
            self._outline.enter(level, text)
        else:
            listed = paragraph.pPr is not None and paragraph.pPr.numPr is not None and text
            self.pages.add(self._outline.section, f"- {text}" if listed else text)
        for box in _boxes(paragraph):
            self.over(box)

    def _level(self, paragraph: Any) -> int | None:
        properties = paragraph.pPr
        if properties is None:
            return None
        own = properties.find(qn("w:outlineLvl"))
        if own is not None:
            return _outline_level(own)
        return self._levels.get(properties.pStyle.val) if properties.pStyle is not None else None


def _heading_levels(styles: Any) -> dict[str, int]:
    """Return each paragraph style's heading level (0 for the title), inherited where a style builds on another."""
    own: dict[str, int | None] = {}
    based: dict[str, str] = {}
    for style in styles.iter(qn("w:style")):
        name = style.find(qn("w:name"))
        text = (name.get(VALUE) or "").lower() if name is not None else ""
        level = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        parent = style.find(qn("w:basedOn"))
        key = style.get(qn("w:styleId")) or ""
        if parent is not None:
            based[key] = parent.get(VALUE) or ""
        if text == "title":
            own[key] = 0
        elif text.startswith("heading ") and text[8:].isdigit():
            own[key] = int(text[8:])
        elif level is not None:
            own[key] = _outline_level(level)
    levels = {}
    for key in {*own, *based}:
        ancestor, steps = key, 0
        while ancestor not in own and ancestor in based and steps < 20:
            ancestor, steps = based[ancestor], steps + 1
        if (found := own.get(ancestor)) is not None:
            levels[key] = found
    return levels


def _outline_level(element: Any) -> int | None:
    value = element.get(VALUE) or ""
    return int(value) + 1 if value.isdigit() and int(value) < LEVELS else None


def _blocks(parent: Any) -> Iterator[Any]:
    stack = [parent.iterchildren()]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in (PARAGRAPH, TABLE):
            yield element
        elif element.tag not in DELETED:
            stack.append(element.iterchildren())


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(ROW):
        if next(row.iterancestors(TABLE)) is not table:
            continue  # a table within a cell is read as part of that cell
        cells = (" ".join(filter(None, map(_text, cell.iter(PARAGRAPH)))) for cell in row.iterchildren(CELL))
        yield " | ".join(filter(None, cells))


def _text(paragraph: Any) -> str:
    """Return a paragraph's visible text: with insertions, links and controls, without deletions and hidden runs."""
    parts: list[str] = []
    stack = [paragraph.iterchildren()]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
            continue
        tag = element.tag
        if tag == TEXT:
            parts.append(element.text or "")
        elif tag in (TAB, BREAK, RETURN):
            parts.append(" " if tag == TAB else "\n")
        elif tag == HYPHEN:
            parts.append("-")
        elif tag not in DELETED and tag not in (BOX, FALLBACK) and not (tag == RUN and _hidden(element)):
            stack.append(element.iterchildren())
    return "".join(parts).strip()


def _hidden(run: Any) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(VALUE) not in OFF


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Yield the text boxes anchored in a paragraph, once each (older programs' fallback repeats them)."""
    stack = [paragraph.iterchildren()]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag == BOX:
            yield element
        elif element.tag not in (FALLBACK, PARAGRAPH) and element.tag not in DELETED:
            stack.append(element.iterchildren())
