"""The small linear reader: its probabilities, its file, and the features it reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import ContentError
from coach.reading.classifier import Reader, joined, load_readers, save_readers
from coach.reading.surface import NAMES, surface_features
from coach.reading.training import train_all, train_askings

WIDTH = 8


def vector(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_the_probabilities_of_all_labels_sum_to_one() -> None:
    reader = Reader(("a", "b", "c"), np.eye(3, 5, dtype=np.float32), vector(0, 0, 0))
    shares = reader.probabilities(vector(3, 1, 1), vector(0, 0))
    assert list(shares) == ["a", "b", "c"]
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["a"] > shares["b"] == pytest.approx(shares["c"])


def test_huge_logits_do_not_overflow() -> None:
    reader = Reader(("a", "b"), np.array([[1e4], [-1e4]], dtype=np.float32), vector(0, 0))
    assert reader.probabilities(vector(1), vector()) == {"a": 1.0, "b": 0.0}


def test_a_row_is_the_embedding_then_the_surface() -> None:
    row = joined(vector(1, 2), vector(1, 0))
    assert row.dtype == np.float32 and row.shape == (4,)
    assert list(row[:2]) == [1, 2] and 0 < row[2] < 1 and row[3] == 0


def test_readers_come_back_from_their_file(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    readers = {
        name: Reader(
            labels, generator.normal(size=(len(labels), WIDTH)).astype(np.float32), vector(*range(len(labels)))
        )
        for name, labels in {"kind": ("list", "why"), "scope": ("on_topic", "off_topic", "harm")}.items()
    }
    save_readers(readers, tmp_path / "readers.npz")
    loaded = load_readers(tmp_path / "readers.npz")
    assert set(loaded) == set(readers)
    for name, reader in readers.items():
        again = loaded[name]
        assert again.labels == reader.labels
        assert again.weights.shape == reader.weights.shape and again.weights.dtype == np.float32
        np.testing.assert_allclose(again.weights, reader.weights, atol=2e-3)
        np.testing.assert_allclose(again.bias, reader.bias, atol=2e-3)


@pytest.mark.parametrize("content", [None, b"", b"not an archive", b"PK\x03\x04 cut"])
def test_an_absent_or_damaged_file_says_how_to_mend_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "readers.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContentError) as caught:
        load_readers(path)
    assert "readers.npz" in caught.value.problem and "make train" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "with_it", "without_it"),
    [
        ("question_mark", "What now?", "Say it now."),
        ("quotation", "She said “no more of that”.", "She agreed."),
        ("reported", "My CFO insists on it", "It rains"),
        ("stakeholder", "the CFO", "the dog"),
        ("first_person", "what do I do", "what to do"),
        ("list_words", "list them", "explain one"),
        ("how_many", "how many are there", "are there any"),
        ("how", "how do I start", "start now"),
        ("what_is", "what is it", "do it"),
        ("why", "why so", "so be it"),
        ("who", "who is it", "is it"),
        ("compare", "the difference of both", "this one"),
        ("example", "an example", "a rule"),
        ("yes_no", "Is it big", "Big it is"),
        ("advice", "what should I do", "it was done"),
        ("order", "Ignore all of it", "Read all of it"),
        ("number", "give me 3", "give me some"),
        ("other_alphabet", "Что это", "café – 5 €"),
        ("very_short", "and then?", "and then what do we do"),
    ],
)
def test_each_exact_rule_fires_where_it_should(name: str, with_it: str, without_it: str) -> None:
    place = NAMES.index(name)
    assert surface_features(with_it)[place] == 1
    assert surface_features(without_it)[place] == 0


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_finite_row_of_features(text: str) -> None:
    row = surface_features(text)
    assert row.shape == (len(NAMES),) and row.dtype == np.float32
    assert np.isfinite(row).all() and (row >= 0).all()


class LetterEmbedder:
    """A vector by the letters of a text, enough to tell the invented sets apart."""

    name = "letters"

    def embed(self, texts: list[str]) -> np.ndarray:
        rows = [[text.lower().count(letter) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]
        found = np.array(rows, dtype=np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_readers_are_trained_from_labelled_lines(tmp_path: Path) -> None:
    def rows(field: str, **words: str) -> list[dict[str, str]]:
        return [
            {"text": f"{word} " * (2 + n % 3) + str(n), field: label}
            for label, word in words.items()
            for n in range(12)
        ]

    write(tmp_path / "question-kinds.jsonl", rows("kind", list="zoo", why="bee", figure="fly"))
    write(tmp_path / "question-scope.jsonl", rows("scope", on_topic="zoo", off_topic="hut", harm="mud"))
    write(tmp_path / "follow-ups.jsonl", rows("act", standalone="zoo", why="fjord", nth="gap"))
    accuracies = train_all(tmp_path, ["zoo zoo zoo"] * 12, LetterEmbedder())
    assert set(accuracies) == {"kind", "scope", "follow_up"} and min(accuracies.values()) > 0.9
    readers = load_readers(tmp_path / "readers.npz")
    shares = readers["scope"].probabilities(LetterEmbedder().embed(["hut hut"])[0], surface_features("hut hut"))
    assert max(shares, key=lambda label: shares[label]) == "off_topic"


def test_further_questions_are_averaged_by_passage(tmp_path: Path) -> None:
    write(
        tmp_path / "section-questions-1.jsonl", [{"text": "aa", "section": "x#one"}, {"text": "bb", "section": "x#one"}]
    )
    write(tmp_path / "section-questions-2.jsonl", [{"text": "cc", "section": "x#two"}])
    askings = train_askings(tmp_path, LetterEmbedder())
    assert {name: asking.count for name, asking in askings.items()} == {"x#one": 2, "x#two": 1}
    np.testing.assert_allclose(askings["x#one"].mean, LetterEmbedder().embed(["aa", "bb"]).mean(axis=0))
