"""Turns one file into a document, in this process; `sandbox` does the same in a guarded one."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from coach.errors import DocumentError
from coach.knowledge.documents.document import Document, Limits
from coach.knowledge.documents.signature import check_signature

READERS = {
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("word", "read_docx"),
    ".pptx": ("slides", "read_pptx"),
    ".html": ("web", "read_html"),
    ".htm": ("web", "read_html"),
    ".md": ("plain", "read_markdown"),
    ".markdown": ("plain", "read_markdown"),
    ".txt": ("plain", "read_text"),
}


def convert(path: Path, limits: Limits) -> Document:
    """Read a file whose suffix is one of `READERS`.

    Raises:
        DocumentError: it cannot be read; the message says why and what helps.
    """
    try:
        check_signature(path, limits)
        module, name = READERS[path.suffix.lower()]
        reader: Callable[[Path, Limits], Document] = getattr(import_module(f"coach.knowledge.documents.{module}"), name)
        document = reader(path, limits)
    except (DocumentError, MemoryError):
        raise
    except OSError as error:
        raise DocumentError(
            f"The file cannot be opened: {(error.strerror or str(error)).lower()}.", "Check its access rights."
        ) from None
    except Exception as error:  # parsers raise anything on damaged files; the cause goes to the log
        raise DocumentError(
            f"The file is damaged ({type(error).__name__}).",
            "Open it in its own program and save it again, or export it to PDF.",
        ) from error
    if not any(block.text for block in document.blocks):
        raise DocumentError("The file holds no text.", "If its text is in pictures, run text recognition (OCR) on it.")
    return document
