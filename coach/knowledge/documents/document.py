"""What a file becomes, and the limits it is held to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from coach.errors import DocumentError

MB = 1_000_000
# Neither a database nor a page can hold these.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def printable(text: str) -> str:
    """Return one line of text without control characters, which could rewrite a terminal."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text under one heading or on one page; `section` is empty where the file has neither."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A converted file: its title, its text in reading order, and what the reader should know about gaps in it."""

    path: str
    title: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out: why, and what its owner can do about it."""

    path: str
    problem: str
    remedy: str

    @property
    def sentence(self) -> str:
        """File, problem and remedy in one line."""
        return printable(f"{self.path}: {self.problem} {self.remedy}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes on disk, bytes when unpacked, characters of text, seconds and bytes of memory."""

    file_bytes: int = 100 * MB
    unpacked_bytes: int = 64 * MB
    characters: int = 10 * MB
    seconds: float = 60.0
    memory_bytes: int = 768 * 1024 * 1024


def too_large(size: int, limit: int) -> DocumentError:
    """Return the refusal of a file of `size` bytes that exceeds `limit` bytes."""
    return DocumentError(
        f"The file has {size / MB:,.0f} MB, the limit is {limit / MB:,.0f} MB.",
        "Split it, or save it with smaller pictures, or raise COACH_DOCUMENT_LIMIT_MB.",
    )


def title_for(path: str, candidate: str | None) -> str:
    """Return `candidate` when it reads like a title, else the file's name without suffix and underscores."""
    title = printable(candidate or "")[:200]
    named_by_program = title.lower().startswith(("untitled", "microsoft word -", "powerpoint pres", "slide 1"))
    if len(title) >= 3 and not named_by_program and not title.lower().endswith((".doc", ".docx", ".pptx", ".indd")):
        return title
    return printable(Path(path).stem.replace("_", " ")) or Path(path).name


class Outline:
    """The headings above a place in a text, kept while it is read from top to bottom."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []

    def enter(self, level: int, heading: str) -> None:
        """Begin a section at `level` (1 is the highest); deeper and equal ones end."""
        heading = printable(heading)[:160]
        if heading:
            self._path = [(above, text) for above, text in self._path if above < level] + [(level, heading)]

    @property
    def section(self) -> str:
        """The headings from the highest to the nearest, as shown to readers."""
        return " > ".join(text for _, text in self._path)


class Pages:
    """Collects lines into blocks: a new block wherever the section changes.

    Raises (from `add`):
        DocumentError: more text than `limit` characters.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._blocks: list[tuple[str, list[str]]] = []

    def add(self, section: str, text: str) -> None:
        """Append a paragraph to the current section, or begin another."""
        text = UNPRINTABLE.sub(" ", text).strip()
        if not text:
            return
        self._size += len(text)
        if self._size > self._limit:
            raise DocumentError(
                f"The file holds more than {self._limit / MB:,.0f} million characters of text.", "Split it into parts."
            )
        if not self._blocks or self._blocks[-1][0] != section:
            self._blocks.append((section, []))
        self._blocks[-1][1].append(text)

    def blocks(self, between: str = "\n\n") -> tuple[Block, ...]:
        """Return the blocks, with `between` put between paragraphs."""
        return tuple(Block(section, between.join(parts)) for section, parts in self._blocks)
