"""Finds the files that the paths given on the command line stand for."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coach.errors import DocumentError
from coach.knowledge.documents.document import Skipped, printable

SUFFIXES = frozenset({".pdf", ".docx", ".pptx", ".html", ".htm", ".md", ".markdown", ".txt"})
# Other kinds of document that people expect to be taken in; counted, so that leaving them out is not silent.
NAMED_WHEN_LEFT_OUT = frozenset({".doc", ".ppt", ".odt", ".odp", ".rtf", ".xls", ".xlsx", ".epub", ".pages", ".key"})
IGNORED_PREFIXES = (".", "~$")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to take in: absolute path, the short path shown to readers, and the path given by the user above it."""

    path: Path
    label: str
    root: Path


@dataclass(frozen=True, slots=True)
class Collected:
    """Files in a stable order, what was left out with the reason, and how many files of other kinds were passed by."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]
    roots: tuple[Path, ...]
    passed_by: Counter[str] = field(default_factory=Counter)


def collect(paths: Sequence[Path]) -> Collected:
    """List the documents under `paths`: files as named, folders with everything below them.

    Hidden files and files of unknown kinds in folders are passed by; links that leave the folder are skipped.

    Raises:
        DocumentError: a path does not exist, or none was given.
    """
    if not paths:
        raise DocumentError("No file or folder was named.", "Say which, as in `coach index handbooks/`.")
    files: dict[Path, SourceFile] = {}
    skipped: list[Skipped] = []
    passed_by: Counter[str] = Counter()
    roots = [Path(os.path.abspath(path)) for path in paths]
    for given, root in zip(paths, roots, strict=True):
        if not root.exists():
            raise DocumentError(f"{given} does not exist.", "Check the spelling, and that its drive is connected.")
        candidates = _in_folder(root, skipped, passed_by) if root.is_dir() else _named(root, skipped)
        for file in candidates:
            if not _storable(str(file.path)):
                skipped.append(_skip(file.path, "The file name is not valid Unicode.", "Rename the file."))
            elif not stat.S_ISREG(os.stat(file.path).st_mode):
                skipped.append(_skip(file.path, "This is not an ordinary file.", "Name a document."))
            else:
                files.setdefault(file.path, file)
    return Collected(tuple(files.values()), tuple(skipped), tuple(roots), passed_by)


def _named(path: Path, skipped: list[Skipped]) -> Iterator[SourceFile]:
    if path.suffix.lower() in SUFFIXES:
        yield SourceFile(path, _label(path.name), path)
    else:
        kind = path.suffix or "without suffix"
        skipped.append(_skip(path, f"Files of this kind ({kind}) are not taken in.", "Save it as PDF or DOCX."))


def _in_folder(root: Path, skipped: list[Skipped], passed_by: Counter[str]) -> Iterator[SourceFile]:
    inside = root.resolve()

    def unreadable(error: OSError) -> None:
        skipped.append(_skip(Path(error.filename), "The folder cannot be read.", "Check its access rights."))

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(IGNORED_PREFIXES))
        here = Path(folder)
        # os.walk does not enter linked folders: what lies inside is met anyway, what lies outside stays outside.
        skipped.extend(_left(here / name) for name in subfolders if _leaves(here / name, inside))
        for name in sorted(names):
            path = here / name
            if name.startswith(IGNORED_PREFIXES):
                continue
            suffix = path.suffix.lower()
            if suffix not in SUFFIXES:
                passed_by.update([suffix] if suffix in NAMED_WHEN_LEFT_OUT else [])
            elif _leaves(path, inside):
                skipped.append(_left(path))
            elif not path.exists():
                skipped.append(_skip(path, "The link leads nowhere.", "Remove it."))
            else:
                yield SourceFile(path, _label(str(Path(root.name) / path.relative_to(root))), root)


def _leaves(path: Path, inside: Path) -> bool:
    return path.is_symlink() and not path.resolve().is_relative_to(inside)


def _left(path: Path) -> Skipped:
    return _skip(path, "The link leads out of the folder.", "Name its target on the command line if it belongs in.")


def _label(text: str) -> str:
    """Return a path as readers see it and ids hold it: `/` between names, no `#`, nothing that moves a cursor."""
    return printable(unicodedata.normalize("NFC", text.replace(os.sep, "/").replace("#", "-")))


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _skip(path: Path, problem: str, remedy: str) -> Skipped:
    return Skipped(str(path).encode("utf-8", "replace").decode(), problem, remedy)
