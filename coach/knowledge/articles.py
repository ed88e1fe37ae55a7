"""Reads articles: Markdown with front matter, sections with ids, and a closing comment block for each section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from coach.errors import ContentError
from coach.knowledge.schemas import ArticleHeader, SectionNotes

_HEADING = re.compile(r"^##\s+(?P<title>.+?)\s*\{#(?P<id>[a-z0-9-]+)\}\s*$")
_ANY_HEADING = re.compile(r"^#{1,6}\s")
_Model = TypeVar("_Model", bound=BaseModel)
# The C loader reads the knowledge in a tenth of the time; both build plain data only.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of an article: visible `body` (Markdown) and the notes of its comment block."""

    id: str
    heading: str
    body: str
    notes: SectionNotes
    line: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article as written by staff."""

    header: ArticleHeader
    sections: tuple[Section, ...]
    path: Path


def validated(model: type[_Model], data: object, where: str) -> _Model:
    """Return `data` as a model, or raise ContentError naming the place and the first faults."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'content'}: {fault['msg']}"
            for fault in error.errors()[:3]
        )
        raise ContentError(f"{where}: {faults}.", "See docs/editing-knowledge.md for the format.") from None


def parsed_yaml(text: str, path: Path, first_line: int = 1) -> object:
    """Return YAML as data, or raise ContentError with file and line."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise ContentError(
            f"{path.name}, line {line}: {problem}.", "Check indentation, and put texts with a colon in quotes."
        ) from None


def read_article(path: Path) -> Article:
    """Read one article.

    Raises:
        ContentError: file, line and remedy of the first fault.
    """
    lines = read_text(path).splitlines()
    header_end = _header_end(lines, path)
    header = validated(ArticleHeader, parsed_yaml("\n".join(lines[1:header_end]), path, 2), f"{path.name}, line 2")
    if header.id != path.stem:
        raise ContentError(f"{path.name}, line 2: the id is {header.id}.", f"It must be the file's name, {path.stem}.")
    starts = [number for number in range(header_end + 1, len(lines)) if lines[number].startswith("## ")]
    stray = [number for number in range(header_end + 1, starts[0] if starts else len(lines)) if lines[number].strip()]
    if stray:
        raise ContentError(
            f"{path.name}, line {stray[0] + 1}: text before the first section.", "Put it under a heading."
        )
    if not starts:
        raise ContentError(f"{path.name} has no section.", "Begin one with “## Heading {#section-id}”.")
    ends = [*starts[1:], len(lines)]
    sections = tuple(_section(lines[start:end], start + 1, path) for start, end in zip(starts, ends, strict=True))
    seen: dict[str, int] = {}
    for section in sections:
        if section.id in seen:
            raise ContentError(
                f"{path.name}, line {section.line}: the id {section.id} is used in line {seen[section.id]} too.",
                "Give each section its own id.",
            )
        seen[section.id] = section.line
    return Article(header, sections, path)


def read_text(path: Path) -> str:
    """Return a content file's text, or raise ContentError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name} cannot be read: {error}.", "Save it as UTF-8 text.") from None


def _header_end(lines: list[str], path: Path) -> int:
    if not lines or lines[0].strip() != "---":
        raise ContentError(f"{path.name}, line 1: the front matter is missing.", "Begin the file with a line “---”.")
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == "---":
            return number
    raise ContentError(f"{path.name}, line 1: the front matter does not end.", "Close it with a line “---”.")


def _section(lines: list[str], first: int, path: Path) -> Section:
    match = _HEADING.match(lines[0])
    if match is None:
        raise ContentError(f"{path.name}, line {first}: the heading has no id.", "Write “## Heading {#section-id}”.")
    opens = [number for number, line in enumerate(lines) if line.strip() == "<!--"]
    closes = [number for number, line in enumerate(lines) if line.strip() == "-->"]
    if len(opens) != 1 or len(closes) != 1 or closes[0] < opens[0]:
        raise ContentError(
            f"{path.name}, line {first}: the section needs one comment block at its end.",
            "Write “<!--” and “-->” on lines of their own, with type and asked between them.",
        )
    body_lines = lines[1 : opens[0]]
    for offset, line in enumerate(body_lines, 1):
        if _ANY_HEADING.match(line):
            raise ContentError(f"{path.name}, line {first + offset}: a heading inside a section.", "Use “## … {#id}”.")
    after = [number for number in range(closes[0] + 1, len(lines)) if lines[number].strip()]
    if after:
        raise ContentError(
            f"{path.name}, line {first + after[0]}: text after the comment block.", "Move it above the block."
        )
    body = "\n".join(body_lines).strip()
    if not body:
        raise ContentError(f"{path.name}, line {first}: the section is empty.", "Write its text or remove the heading.")
    block = "\n".join(lines[opens[0] + 1 : closes[0]])
    where = f"{path.name}, line {first + opens[0] + 1}"
    notes = validated(SectionNotes, parsed_yaml(block, path, first + opens[0] + 1), where)
    return Section(match["id"], match["title"], body, notes, first)
