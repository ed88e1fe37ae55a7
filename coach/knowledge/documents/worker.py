"""The child process that converts files: reads requests as JSON lines on stdin, answers as JSON lines on stdout.

JSON and not pickle: whatever a hostile file does to this process, its answer can only be text.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

if sys.platform != "win32":
    import resource

from coach.errors import DocumentError
from coach.knowledge.documents.convert import convert
from coach.knowledge.documents.document import Limits

# A converter has no business with any of these, whatever the file says.
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.rename")
OUT_OF_MEMORY = b'{"memory": true}'


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a parser prints must not mix with the answers
    limits = Limits(**json.loads(sys.stdin.buffer.readline()))
    _confine(limits)
    serve(sys.stdin.buffer, answers, limits)


def serve(requests: BinaryIO, answers: BinaryIO, limits: Limits) -> None:
    """Answer each request (a JSON string: the path) with a document or with `problem` and `remedy`."""
    for line in requests:
        _allow_seconds(limits.seconds)
        path = Path(os.fsdecode(bytes.fromhex(json.loads(line))))
        try:
            answer = json.dumps(_answer(path, limits)).encode()
        except MemoryError:
            answer = OUT_OF_MEMORY
        answers.write(answer + b"\n")
        answers.flush()
        if answer is OUT_OF_MEMORY:
            return


def _answer(path: Path, limits: Limits) -> dict[str, Any]:
    try:
        document = convert(path, limits)
        return {
            "title": document.title,
            "blocks": [[block.section, block.text] for block in document.blocks],
            "notes": document.notes,
        }
    except DocumentError as error:
        cause = traceback.format_exception(error.__cause__) if error.__cause__ is not None else []
        return {"problem": error.problem, "remedy": error.remedy, "cause": "".join(cause)}


def _confine(limits: Limits) -> None:
    def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
        if event.startswith(REFUSED):
            raise PermissionError(f"{event} is not allowed while a document is converted")

    sys.addaudithook(refuse)
    if sys.platform != "win32":
        for kind, most in (
            (resource.RLIMIT_AS, limits.memory_bytes),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            try:
                resource.setrlimit(kind, (most, most))
            except (ValueError, OSError):  # macOS knows no limit of address space
                continue


def _allow_seconds(seconds: float) -> None:
    """Raise the processor-time limit for one more file; it ends a child whose parent is gone."""
    if sys.platform != "win32":
        usage = resource.getrusage(resource.RUSAGE_SELF)
        until = int(usage.ru_utime + usage.ru_stime + seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))
