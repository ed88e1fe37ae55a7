"""Real files of every kind, made on the spot, and the two seams of the intake as fakes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pptx
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from coach.knowledge.passages import DocumentRecord, PassageRecord, Vectors

SENTENCE = "Our leadership academy opens every spring with forty seats for first-time managers. "


class Files:
    """Writes documents below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def text(self, name: str, text: str = SENTENCE, encoding: str = "utf-8") -> Path:
        path = self.path(name)
        path.write_bytes(text.encode(encoding))
        return path

    def pdf(
        self, name: str, pages: Sequence[Sequence[str]], password: str = "", headings: Mapping[int, str] | None = None
    ) -> Path:
        path = self.path(name)
        canvas = Canvas(str(path), encrypt=StandardEncryption(password, strength=128) if password else None)
        canvas.setTitle("Academy handbook")
        for number, lines in enumerate(pages):
            if headings and number in headings:
                canvas.bookmarkPage(f"p{number}")
                canvas.addOutlineEntry(headings[number], f"p{number}")
            for row, line in enumerate(lines):
                canvas.drawString(72, 760 - 16 * row, line)
            canvas.showPage()
        canvas.save()
        return path

    def scan(self, name: str) -> Path:
        path = self.path(name)
        canvas = Canvas(str(path))
        canvas.drawImage(ImageReader(Image.new("L", (40, 40), 128)), 72, 500, 200, 200)
        canvas.showPage()
        canvas.save()
        return path

    def docx(self, name: str, *paragraphs: tuple[str, str]) -> Path:
        path = self.path(name)
        document = docx.Document()
        for style, text in paragraphs or (("Heading 1", "Academy"), ("Normal", SENTENCE)):
            document.add_paragraph(text, style=style)
        document.save(str(path))
        return path

    def pptx(self, name: str, *slides: tuple[str, str, str]) -> Path:
        path = self.path(name)
        deck = pptx.Presentation()
        for title, body, notes in slides or (("Academy", SENTENCE, ""),):
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = title
            slide.placeholders[1].text = body
            if notes:
                slide.notes_slide.notes_text_frame.text = notes
        deck.save(str(path))
        return path

    def repacked(self, source: Path, name: str, parts: Mapping[str, bytes]) -> Path:
        """Copy an Office file with some of its parts replaced."""
        path = self.path(name)
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                new.writestr(entry.filename, parts.get(entry.filename) or old.read(entry.filename))
        return path

    def body(self, inner: str, prefix: str = "") -> bytes:
        """Return a Word body part around `inner`."""
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        return (
            f'<?xml version="1.0"?>{prefix}<w:document xmlns:w="{space}"><w:body>{inner}</w:body></w:document>'.encode()
        )


class FakeStore:
    """A store in memory that counts its transactions."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Vectors] = {}
        self.collections: dict[str, tuple[list[PassageRecord], list[DocumentRecord]]] = {}
        self.replaced = 0

    def vectors(self, embedder: str, digests: Collection[str]) -> Mapping[str, Vectors]:
        return {digest: self.known[embedder, digest] for digest in digests if (embedder, digest) in self.known}

    def add_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        for digest, vector in vectors.items():
            self.known.setdefault((embedder, digest), vector)

    def replace_collection(
        self, collection: str, passages: Sequence[PassageRecord], documents: Sequence[DocumentRecord]
    ) -> None:
        self.replaced += 1
        self.collections[collection] = (list(passages), list(documents))

    def passages(self, collection: str | None = None) -> list[PassageRecord]:
        return [
            passage
            for name, (passages, _) in self.collections.items()
            if collection in (None, name)
            for passage in passages
        ]

    def documents(self, collection: str) -> list[DocumentRecord]:
        return self.collections.get(collection, ([], []))[1]


class FakeEmbedder:
    """Makes a unit vector of a text's hash; `fails_after` texts it breaks down."""

    name = "fake-1"

    def __init__(self, fails_after: int | None = None) -> None:
        self.texts: list[str] = []
        self.fails_after = fails_after

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.fails_after is not None and len(self.texts) + len(texts) > self.fails_after:
            raise RuntimeError("the power went out")
        self.texts.extend(texts)
        rows = np.array([list(hashlib.sha256(text.encode()).digest()) for text in texts], dtype=np.float32) - 127.5
        result: Any = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return result


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "handbooks")


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def failing_embedder() -> type[FakeEmbedder]:
    return FakeEmbedder


@pytest.fixture
def damaged_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (4, 4)).save(buffer, "PNG")
    return buffer.getvalue()
