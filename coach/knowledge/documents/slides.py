"""Reads PPTX with python-pptx: one block a slide, with tables, diagrams and speaker notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

from coach.knowledge.documents.document import Document, Limits, Pages, title_for
from coach.knowledge.documents.signature import refuse_entities

GROUPED = 6


def read_pptx(path: Path, limits: Limits) -> Document:
    """Convert a PPTX: the section of a block is the slide's number and title; speaker notes have a block of their own.

    Left out: pictures, charts' figures, sound, film, macros, linked and embedded files.
    """
    deck = pptx.Presentation(str(path))
    pages = Pages(limits.characters)
    first = None
    for number, slide in enumerate(deck.slides, 1):
        refuse_entities(slide.part._element)
        shape = slide.shapes.title
        title = " ".join(shape.text_frame.text.split()) if shape is not None else ""
        first = first or title
        section = f"Slide {number}: {title}" if title else f"Slide {number}"
        for text in _texts(slide.shapes, shape):
            pages.add(section, text)
        for text in _diagrams(slide.part):
            pages.add(section, text)
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
            pages.add(f"{section} (speaker notes)", frame.text)
    return Document(str(path), title_for(str(path), deck.core_properties.title or first), pages.blocks("\n"))


def _texts(shapes: Any, title: Any) -> Iterator[str]:
    known = title.shape_id if title is not None else None
    for shape in sorted(shapes, key=_place):
        if shape.shape_type == GROUPED:
            yield from _texts(shape.shapes, title)
        elif shape.has_text_frame and shape.shape_id != known:
            yield shape.text_frame.text.replace("\v", "\n")
        elif getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                yield " | ".join(filter(None, (" ".join(cell.text.split()) for cell in row.cells)))


def _place(shape: Any) -> tuple[int, int]:
    """Order shapes from top to bottom, then left to right; a quarter of an inch counts as the same height."""
    return (shape.top or 0) // 228_600, shape.left or 0


def _diagrams(part: Any) -> Iterator[str]:
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/diagramData"):
            for paragraph in parse_xml(relation.target_part.blob).iter(qn("a:p")):
                yield "".join(text.text or "" for text in paragraph.iter(qn("a:t")))
