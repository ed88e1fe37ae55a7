"""Converts files in a child process with limits, so that a bomb, hang or crash in a parser costs one file only."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Timer
from types import TracebackType
from typing import Any

from coach.errors import DocumentError
from coach.knowledge.documents.document import Block, Document, Limits

# A fresh interpreter rather than a fork of this one: it holds none of our memory, threads or open files.
PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from coach.knowledge.documents.worker import main; main()"
# Parsers leak; a child is replaced after this many files.
FILES_PER_CHILD = 250
logger = logging.getLogger(__name__)


class Converter:
    """Converts files one after the other in a child that is replaced whenever a file ends it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0

    def __enter__(self) -> Converter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def convert(self, path: Path) -> Document:
        """Return the document in `path`.

        Raises:
            DocumentError: it cannot be read, took too long, needed too much memory or ended the converter.
        """
        if self._child is not None and self._served >= FILES_PER_CHILD:
            self.close()
        child = self._child or self._start()
        self._served += 1
        line, timed_out = self._ask(child, path)
        if timed_out:
            self.close()
        if line.endswith(b"\n"):
            answer = json.loads(line)
            if "memory" in answer:
                self.close()
                raise self._too_costly()
            return _document(path, answer)
        self.close()
        logger.warning("the converter %s on %s", "was too slow" if timed_out else "ended", path)
        if timed_out:
            raise DocumentError(
                f"The file could not be converted within {self._limits.seconds:g} seconds.",
                "Export it to a simpler PDF, or split it.",
            )
        raise DocumentError(
            "The file ended the converter, which a sound file does not.",
            "Open it in its own program and save it again, or export it to PDF.",
        )

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, *filter(None, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._served = 0
        _send(self._child, dataclasses.asdict(self._limits))
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], path: Path) -> tuple[bytes, bool]:
        late = Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = Timer(self._limits.seconds, end)
        timer.start()
        try:
            _send(child, os.fsencode(path).hex())
            assert child.stdout is not None
            return child.stdout.readline(), late.is_set()
        finally:
            timer.cancel()

    def _too_costly(self) -> DocumentError:
        return DocumentError(
            f"The file needs more than {self._limits.memory_bytes // 1024**2} MB of memory to convert.",
            "Split it, or export it to PDF with smaller pictures.",
        )


def _send(child: subprocess.Popen[bytes], message: object) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(message).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return  # the child has ended: the answer that does not come says so


def _document(path: Path, answer: dict[str, Any]) -> Document:
    if "problem" in answer:
        if answer["cause"]:
            logger.warning("%s could not be converted\n%s", path, answer["cause"])
        raise DocumentError(answer["problem"], answer["remedy"])
    blocks = tuple(Block(section, text) for section, text in answer["blocks"])
    return Document(str(path), answer["title"], blocks, tuple(answer["notes"]))
