"""Opens indexes in a process of its own: `python -m tests.knowledge.open_index STORE INDEX… [--hold]`.

Prints one line of JSON for each index: which search is in use, whether it was rebuilt, and the rows of the best five
for some vectors of the index. With --hold it keeps them open until its standard input ends.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from coach.knowledge.index import VectorSearch, open_index, open_vectors, read_manifest
from coach.knowledge.passages import Vectors
from coach.records.database import open_database
from coach.records.passages import SqlPassageStore
from coach.settings import quiet_third_parties
from tests.knowledge.invented import HashEmbedder

QUERIES = 40


class Warnings(logging.Handler):
    """Keeps what was logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def best_five(search: VectorSearch, matrix: Vectors) -> list[list[int]]:
    """Return the rows of the best five for vectors from everywhere in the index, ties apart."""
    step = max(1, len(matrix) // QUERIES)
    return [[row for row, _ in search.search(vector, 5)] for vector in matrix[::step]]


def main(database: str, folders: list[str], hold: bool) -> None:
    quiet_third_parties()
    store = SqlPassageStore(open_database(f"sqlite:///{database}"))
    for folder in map(Path, folders):
        heard = Warnings()
        logging.getLogger("coach").addHandler(heard)
        manifest = read_manifest(folder)
        assert manifest is not None
        matrix = open_index(folder, store, HashEmbedder()).matrix
        try:
            search = open_vectors(folder / manifest.build, manifest, matrix)
            said = {"search": type(search).__name__, "best": best_five(search, matrix)}
        except Exception as error:
            said = {"error": repr(error)}
        logging.getLogger("coach").removeHandler(heard)
        print(json.dumps({**said, "rebuilt": any("rebuilt" in line for line in heard.lines)}), flush=True)
    if hold:
        sys.stdin.read()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0], [name for name in given[1:] if name != "--hold"], "--hold" in given)
