"""Cuts a converted document into passages."""

from __future__ import annotations

from pathlib import Path

from coach.knowledge.chunks import SHORTEST, split_text
from coach.knowledge.documents.document import Block, Document, printable
from coach.knowledge.passages import PassageRecord
from coach.types import Passage

TYPE = "document"


def cut(document: Document, collection: str, article: str) -> list[PassageRecord]:
    """Return the passages of a document, in order, with ids `ARTICLE#n`.

    A passage stays within one section. Where a file has no sections, its parts are counted instead.
    """
    pieces = [(block.section, piece) for block in document.blocks for piece in split_text(_spoken(block))]
    return [
        PassageRecord(
            Passage(
                id=f"{article}#{number}",
                article=article,
                title=document.title,
                section=section.removeprefix(f"{document.title} > ") or f"Part {number} of {len(pieces)}",
                source=f"{printable(Path(document.path).name)} ({collection})",
                text=piece,
                type=TYPE,
                collection=collection,
            ),
            document.path,
        )
        for number, (section, piece) in enumerate(pieces, 1)
    ]


def _spoken(block: Block) -> str:
    """Return a block's text; one too short to stand alone ("4.2 million") takes its heading along."""
    return f"{block.section}: {block.text}" if len(block.text) < 2 * SHORTEST and block.section else block.text
