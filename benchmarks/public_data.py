"""Reads the public collections that a benchmark is pointed at: BEIR folders and the chunking evaluation."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BEIR = ("scifact", "cisi", "med")
CHUNKING = "chunking_eval"


@dataclass(frozen=True, slots=True)
class Judged:
    """A retrieval collection: texts by position, and for each judged query the gain of the positions that answer it."""

    name: str
    texts: tuple[str, ...]
    queries: tuple[tuple[str, Mapping[int, int]], ...]


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    """A question with the (start, end) characters of one document that answer it."""

    text: str
    document: str
    spans: tuple[tuple[int, int], ...]


def read_judged(folder: Path) -> Judged:
    """Read a BEIR folder; queries without a relevant text are left out, as everybody does."""
    texts: list[str] = []
    place: dict[str, int] = {}
    for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        place[record["_id"]] = len(texts)
        texts.append(f"{record.get('title', '')} {record['text']}".strip())
    gains: dict[str, dict[int, int]] = defaultdict(dict)
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0 and row["corpus-id"] in place:
                gains[row["query-id"]][place[row["corpus-id"]]] = int(row["score"])
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = ((record["text"], gains[record["_id"]]) for record in map(json.loads, lines) if record["_id"] in gains)
    return Judged(folder.name, tuple(texts), tuple(queries))


def read_chunking(folder: Path) -> tuple[dict[str, str], list[SpanQuestion]]:
    """Read the chunking evaluation: documents by name, and the questions."""
    documents = {path.stem: path.read_bytes().decode() for path in sorted((folder / "corpora").glob("*.md"))}
    questions = []
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            spans = tuple((part["start_index"], part["end_index"]) for part in json.loads(row["references"]))
            questions.append(SpanQuestion(row["question"], row["corpus_id"], spans))
    return documents, questions
