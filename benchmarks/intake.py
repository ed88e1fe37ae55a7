"""The intake of an organisation's own documents: 1,000 mixed pages, from nothing to findable."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks import isolated
from benchmarks.answers import environment
from benchmarks.mixed_documents import Sentences, write_documents
from benchmarks.report import Table, Target
from coach.bootstrap import Indexing
from coach.knowledge.documents.progress import Bar
from coach.settings import Settings, load_settings

PAGES = 1000


def take_in(folder: str) -> dict[str, Any]:
    """Take in a folder and make it findable; the shipped knowledge is indexed before, outside the clock."""
    indexing = Indexing(load_settings())
    indexing.refresh()
    started, busy = perf_counter(), process_time()
    report = indexing.take_in([Path(folder)], "bench", Bar(sys.stderr))
    taken = perf_counter()
    indexing.refresh()
    ended, busy = perf_counter(), process_time() - busy
    again = indexing.take_in([Path(folder)], "bench", Bar(sys.stderr))
    return {
        "reading_and_embedding": taken - started,
        "index": ended - taken,
        "busy": busy,
        "again": perf_counter() - ended,
        "documents": report.added,
        "skipped": len(report.skipped),
        "passages": report.passages,
        "changed": again.changed,
    }


def measure_intake(settings: Settings) -> tuple[Table, list[Target]]:
    """Measure the intake in a process of its own, with the converter's child counted in."""
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        pages = write_documents(folder, Sentences(settings.knowledge_path / "articles"), PAGES)
        outcome = isolated.run(take_in, str(folder), environment=environment(settings, Path(place) / "data"))
    found = outcome.result
    whole = found["reading_and_embedding"] + found["index"]
    rows = (
        ("pages", pages),
        ("documents taken in", found["documents"]),
        ("documents left out", found["skipped"]),
        ("passages", found["passages"]),
        ("converting and embedding (s)", found["reading_and_embedding"]),
        ("building the index (s)", found["index"]),
        ("together (s)", whole),
        ("the same, processor seconds without the converter", found["busy"]),
        ("the same folder again (s)", found["again"]),
        ("peak memory, converter included (MB)", outcome.peak_mb),
    )
    targets = [Target(f"intake of {pages:,} mixed pages", whole, 180.0, "s")]
    if outcome.peak_mb is not None:
        targets.append(Target("peak memory of the intake", outcome.peak_mb, 1024.0, "MB"))
    return Table(f"Intake of {pages:,} pages: PDF, DOCX, PPTX, HTML, Markdown, text", ("", ""), rows), targets
