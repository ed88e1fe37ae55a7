"""Chroma finds what plain multiplication finds, in cosine space, and takes no vector that would spoil it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from coach.errors import IndexUnavailable
from coach.knowledge.exact import ExactVectors
from coach.knowledge.passages import Vectors
from coach.knowledge.vectors import ChromaVectors, check_vectors, probe
from tests.knowledge.invented import WIDTH, unit_vectors

COUNT = 1000


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return unit_vectors(COUNT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vectors") / "chroma"


@pytest.fixture(scope="module")
def chroma(folder: Path, vectors: Vectors) -> ChromaVectors:
    return ChromaVectors.build(folder, vectors)


def test_every_vector_finds_itself(chroma: ChromaVectors, vectors: Vectors) -> None:
    assert chroma.count() == COUNT
    best = [chroma.search(vector, 1)[0] for vector in vectors]
    itself = sum(row == number for number, (row, _) in enumerate(best))
    assert itself >= 0.99 * COUNT
    assert all(
        similarity == pytest.approx(1.0, abs=1e-4) for number, (row, similarity) in enumerate(best) if row == number
    )


def test_it_agrees_with_exact_search(chroma: ChromaVectors, vectors: Vectors) -> None:
    exact = ExactVectors(vectors)
    same = 0
    for query in unit_vectors(100, seed=8):
        found, right = chroma.search(query, 5), exact.search(query, 5)
        same += [row for row, _ in found] == [row for row, _ in right]
        by_row = dict(exact.search(query, COUNT))
        # The score is the cosine itself, so the space is cosine.
        assert all(similarity == pytest.approx(by_row[row], abs=1e-4) for row, similarity in found)
    assert same >= 90


def test_the_length_of_a_query_does_not_matter(chroma: ChromaVectors, vectors: Vectors) -> None:
    near, far = chroma.search(vectors[3], 5), chroma.search(vectors[3] * 40, 5)
    assert [row for row, _ in near] == [row for row, _ in far]
    assert far[0][1] == pytest.approx(1.0, abs=1e-4)


def test_a_folder_opens_again_and_is_probed(tmp_path: Path, vectors: Vectors) -> None:
    folder = tmp_path / "chroma"
    built = ChromaVectors.build(folder, vectors[:50])
    found = built.search(vectors[7], 5)
    built.close()
    again = ChromaVectors(folder)
    assert again.count() == 50
    assert again.search(vectors[7], 5) == found
    again.close()
    assert probe(folder, 50)


def test_after_closing_a_new_index_can_take_its_place(tmp_path: Path, vectors: Vectors) -> None:
    folder = tmp_path / "chroma"
    ChromaVectors.build(folder, vectors[:20]).close()
    shutil.rmtree(folder)
    assert ChromaVectors.build(folder, vectors[:10]).count() == 10


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros(WIDTH),
        np.full(WIDTH, np.nan),
        np.full(WIDTH, np.inf),
        np.full(WIDTH, 1.0),
        np.eye(WIDTH)[0] * 0.9,
    ],
    ids=["zero", "nan", "infinite", "long", "short"],
)
def test_a_vector_that_would_spoil_the_index_is_refused(tmp_path: Path, vectors: Vectors, bad: Vectors) -> None:
    spoiled = vectors[:5].copy()
    spoiled[3] = bad
    with pytest.raises(IndexUnavailable, match="Vector 3") as caught:
        ChromaVectors.build(tmp_path / "chroma", spoiled)
    assert caught.value.remedy
    assert not (tmp_path / "chroma").exists()


def test_no_vectors_are_fine(tmp_path: Path) -> None:
    nothing = np.zeros((0, WIDTH), dtype=np.float32)
    check_vectors(nothing)
    chroma = ChromaVectors.build(tmp_path / "chroma", nothing)
    assert chroma.count() == 0
    assert chroma.search(unit_vectors(1)[0], 5) == []


def test_exact_search_is_sorted_and_bounded(vectors: Vectors) -> None:
    exact = ExactVectors(vectors[:10])
    found = exact.search(vectors[4], 20)
    assert exact.count() == len(found) == 10
    assert found[0] == (4, pytest.approx(1.0, abs=1e-5))
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert ExactVectors(vectors[:0]).search(vectors[0], 5) == []
