"""Writes a mixed set of documents, the same every time, from sentences of the knowledge base."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from docx import Document
from docx.enum.text import WD_BREAK
from pptx import Presentation
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate  # type: ignore[import-untyped]

# Characters of a full page of text, and of a slide.
PAGE, SLIDE = 2600, 500
_SENTENCE = re.compile(r"[A-Z][^.!?\n|]{30,200}[.!?]")
Write = Callable[[Path, int, "Sentences"], None]


class Sentences:
    """Sentences in a random but repeatable order, each with a number so that no two passages are the same."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        texts = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))
        self._sentences = sorted({match for text in texts for match in _SENTENCE.findall(text)})
        self._random = random.Random(seed)
        self._number = 0

    def paragraphs(self, characters: int) -> list[str]:
        """Return paragraphs of three to seven sentences that fill about as many characters."""
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < characters:
            self._number += 1
            chosen = self._random.choices(self._sentences, k=self._random.randint(3, 7))
            paragraphs.append(" ".join((*chosen, f"See note {self._number}.")))
        return paragraphs


def write_documents(folder: Path, sentences: Sentences, pages: int = 1000) -> int:
    """Write PDF (40 % of the pages), DOCX (25), slides (20), HTML (10), Markdown (3) and text (2); return the pages."""
    written = 0
    for suffix, write, share, size in KINDS:
        for number in range(max(1, round(pages * share / size))):
            write(folder / f"{suffix}-{number:03d}.{suffix}", size, sentences)
            written += size
    return written


def _pdf(path: Path, pages: int, sentences: Sentences) -> None:
    style = getSampleStyleSheet()
    story = []
    for number, paragraphs in _chapters(pages, PAGE, sentences):
        story.append(Paragraph(f"Chapter {number}", style["Heading1"]))
        story += [Paragraph(html.escape(text), style["BodyText"]) for text in paragraphs]
        story.append(PageBreak())
    SimpleDocTemplate(str(path), pagesize=A4, title=f"Report {path.stem}").build(story)


def _docx(path: Path, pages: int, sentences: Sentences) -> None:
    document = Document()
    for number, paragraphs in _chapters(pages, PAGE, sentences):
        document.add_heading(f"Chapter {number}", 1)
        table = document.add_table(rows=2, cols=3)
        for column, name in enumerate(("Quarter", "Budget", "Owner")):
            table.cell(0, column).text, table.cell(1, column).text = name, f"{name} {number}"
        for text in paragraphs:
            document.add_paragraph(text)
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.save(str(path))


def _pptx(path: Path, pages: int, sentences: Sentences) -> None:
    deck = Presentation()
    for number, paragraphs in _chapters(pages, SLIDE, sentences):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        title, body = slide.shapes.title, slide.placeholders[1]
        assert title is not None
        title.text = f"Slide {number}"
        body.text = "\n".join(paragraphs)
    deck.save(str(path))


def _html(path: Path, pages: int, sentences: Sentences) -> None:
    parts = []
    for number, paragraphs in _chapters(pages, PAGE, sentences):
        body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
        parts.append(f"<h2>Chapter {number}</h2>{body}")
    text = f"<!doctype html><title>{path.stem}</title><nav><a href='x'>Menu</a></nav><main>{''.join(parts)}</main>"
    path.write_text(text, encoding="utf-8")


def _plain(path: Path, pages: int, sentences: Sentences) -> None:
    mark = "## " if path.suffix == ".md" else ""
    parts = [
        "\n\n".join((f"{mark}Chapter {number}", *paragraphs))
        for number, paragraphs in _chapters(pages, PAGE, sentences)
    ]
    path.write_text("\n\n".join(parts), encoding="utf-8")


def _chapters(pages: int, characters: int, sentences: Sentences) -> Iterator[tuple[int, list[str]]]:
    for number in range(1, pages + 1):
        yield number, sentences.paragraphs(characters)


KINDS: tuple[tuple[str, Write, float, int], ...] = (
    ("pdf", _pdf, 0.40, 20),
    ("docx", _docx, 0.25, 10),
    ("pptx", _pptx, 0.20, 20),
    ("html", _html, 0.10, 10),
    ("md", _plain, 0.03, 10),
    ("txt", _plain, 0.02, 10),
)
