"""A file that hangs, eats memory or kills the converter costs that file only."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.errors import DocumentError
from coach.knowledge.documents import worker
from coach.knowledge.documents.document import Limits
from coach.knowledge.documents.sandbox import PROGRAM, Converter

SENTENCE = "Our leadership academy opens every spring with forty seats for first-time managers."


def test_converts_one_file_after_the_other_in_one_child(files) -> None:
    with Converter() as converter:
        first = converter.convert(files.text("one.txt", SENTENCE))
        second = converter.convert(files.docx("zwei führung.docx"))
    assert first.blocks[0].text == SENTENCE
    assert second.path.endswith("zwei führung.docx")


def test_goes_on_after_a_file_that_is_refused(files) -> None:
    with Converter() as converter:
        with pytest.raises(DocumentError, match="empty"):
            converter.convert(files.text("none.txt", ""))
        assert converter.convert(files.text("one.txt", SENTENCE)).title == "one"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits address space")
def test_a_file_that_needs_too_much_memory_is_named_and_the_next_one_is_read(files) -> None:
    big = files.text("big.txt", "word " * 12_000_000)
    with Converter(Limits(memory_bytes=160 * 1024**2, characters=10**9)) as converter:
        with pytest.raises(DocumentError, match="160 MB of memory"):
            converter.convert(big)
        assert converter.convert(files.text("one.txt", SENTENCE)).title == "one"


def test_a_conversion_ends_at_the_time_limit(files) -> None:
    path = files.text("one.txt", SENTENCE)
    with Converter(Limits(seconds=0.01)) as converter, pytest.raises(DocumentError, match=r"within 0\.01 seconds"):
        converter.convert(path)  # no interpreter starts that fast


def test_a_crash_is_named_and_the_next_file_is_read(files) -> None:
    with Converter() as converter:
        converter.convert(files.text("one.txt", SENTENCE))
        assert converter._child is not None
        converter._child.kill()
        with pytest.raises(DocumentError, match="ended the converter"):
            converter.convert(files.text("two.txt", SENTENCE))
        assert converter.convert(files.text("three.txt", SENTENCE)).title == "three"


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket().connect(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('written.txt', 'wb', buffering=0).write(b'x')",
    ],
)
def test_the_child_can_neither_connect_nor_run_nor_write(attempt: str, tmp_path: Path) -> None:
    setup = (
        "from coach.knowledge.documents.worker import _confine; from coach.knowledge.documents.document import Limits"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{setup}; _confine(Limits()); {attempt}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "not allowed" in done.stderr or "File too large" in done.stderr
    assert not (tmp_path / "written.txt").exists() or not (tmp_path / "written.txt").read_bytes()


def test_the_child_stays_small() -> None:
    listing = PROGRAM.replace("main()", "import coach.knowledge.documents.convert; print(sorted(sys.modules))")
    done = subprocess.run(
        [sys.executable, "-P", "-c", listing, *filter(None, sys.path)], capture_output=True, text=True
    )
    assert "coach.knowledge.documents.worker" in done.stdout
    assert not any(f"'{heavy}'" in done.stdout for heavy in ("numpy", "chromadb", "langchain_core", "gradio"))


def test_the_protocol_answers_line_by_line(files) -> None:
    paths = [files.text("one.txt", SENTENCE), files.path("missing.txt")]
    requests = io.BytesIO(b"".join(json.dumps(os.fsencode(path).hex()).encode() + b"\n" for path in paths))
    answers = io.BytesIO()
    worker.serve(requests, answers, Limits())
    first, second = (json.loads(line) for line in answers.getvalue().splitlines())
    assert first == {"title": "one", "blocks": [["", SENTENCE]], "notes": []}
    assert "cannot be opened" in second["problem"]
