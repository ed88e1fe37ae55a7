"""Checks that a file is what its suffix says, before a parser sees it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from coach.errors import DocumentError
from coach.knowledge.documents.document import MB, Limits, too_large

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
MAIN_PART = {".docx": b"wordprocessingml.document.main+xml", ".pptx": b"presentationml.presentation.main+xml"}
BINARY = (b"%PDF-", b"PK\x03\x04", OLE, b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b", b"{\\rtf")
NO_TEXT = frozenset(range(32)) - {9, 10, 11, 12, 13, 27}


def check_signature(path: Path, limits: Limits) -> None:
    """Refuse a file that is empty, too large, encrypted, or not what its suffix says.

    Raises:
        DocumentError: with the reason and the remedy.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise too_large(size, limits.file_bytes)
    if size == 0:
        raise DocumentError("The file is empty.", "Save it again from the program it was made with.")
    with path.open("rb") as file:
        head = file.read(4096)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        if b"%PDF-" not in head[:1024]:
            raise _not_what_it_says("PDF")
    elif suffix in MAIN_PART:
        _check_office(path, head, suffix, limits)
    elif head.startswith(BINARY) or (not head.startswith((b"\xff\xfe", b"\xfe\xff")) and not NO_TEXT.isdisjoint(head)):
        raise _not_what_it_says("text")


def refuse_entities(root: Any) -> None:
    """Refuse an Office part (its XML root) that declares entities: no Office program writes any.

    Raises:
        DocumentError: the parser has not expanded them, so text would be missing without a word.
    """
    if root.getroottree().docinfo.doctype:
        raise DocumentError(
            "The file declares XML entities, which no Office program writes.", "Do not use it; ask where it came from."
        )


def _check_office(path: Path, head: bytes, suffix: str, limits: Limits) -> None:
    kind = suffix[1:].upper()
    if head.startswith(OLE):
        if ENCRYPTED_OFFICE in path.read_bytes():
            raise DocumentError("The file is protected by a password.", "Save a copy without the password.")
        raise DocumentError(f"This is a file of an older Office, not a {kind}.", f"Open it and save it as {kind}.")
    if not head.startswith(b"PK"):
        raise _not_what_it_says(kind)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive, suffix, limits)
    except DocumentError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, KeyError, ValueError, RuntimeError, EOFError):
        raise DocumentError(
            f"The {kind} file is damaged.", "Open it in its own program and save it again, or export it to PDF."
        ) from None


def _check_archive(archive: zipfile.ZipFile, suffix: str, limits: Limits) -> None:
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentError("The file is protected by a password.", "Save a copy without the password.")
    parsed = sum(entry.file_size for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
    whole = sum(entry.file_size for entry in entries)
    if parsed > limits.unpacked_bytes or whole > limits.file_bytes + limits.unpacked_bytes or len(entries) > 20_000:
        raise DocumentError(
            f"The file unpacks to {whole / MB:,.0f} MB, which no ordinary document does.",
            "Split it, or export it to PDF.",
        )
    if archive.getinfo("[Content_Types].xml").file_size > MB or MAIN_PART[suffix] not in archive.read(
        "[Content_Types].xml"
    ):
        raise _not_what_it_says(suffix[1:].upper())


def _not_what_it_says(kind: str) -> DocumentError:
    return DocumentError(
        f"The content is not {kind}, although the file name says so.",
        "Give the file its proper suffix, or export it again from the program it was made with.",
    )
