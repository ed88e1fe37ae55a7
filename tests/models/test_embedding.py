"""Vectors are those of all-MiniLM-L6-v2, of unit length, and the same whatever the order of the texts."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer

from coach.errors import WeightsError
from coach.models.embedding import MAX_TOKENS, WIDTH, MiniLM
from coach.models.minilm_graph import write_graph
from coach.models.weights import GRAPH, MINILM, TOKENIZER
from tests.models.plain_bert import embed, graph_weights, random_weights

TEXTS = (
    "How do I prove that training pays for itself?",
    "The CFO wants to see a return on what we spend on courses.",
    "My cat sleeps on the radiator all winter.",
    "Kids",
    "A chief learning officer sits at the executive table and " * 12,
)
# Cosines between these texts, from the official float weights (SHA-256 53aa5117…) by the pass of plain_bert.py.
OFFICIAL = (
    (1.0, 0.277, 0.047, 0.031, 0.116),
    (0.277, 1.0, -0.016, 0.017, 0.194),
    (0.047, -0.016, 1.0, 0.056, -0.054),
    (0.031, 0.017, 0.056, 1.0, 0.097),
    (0.116, 0.194, -0.054, 0.097, 1.0),
)


@pytest.fixture(scope="module")
def model(installed_models: Path) -> MiniLM:
    return MiniLM(installed_models)


def padded(tokens: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    shape = (len(tokens), max(map(len, tokens)))
    ids, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for row, each in enumerate(tokens):
        ids[row, : len(each)] = each
        mask[row, : len(each)] = 1
    return ids, mask


def cosines(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    return (first * second).sum(axis=1)


def test_the_graph_computes_what_bert_does(tmp_path: Path) -> None:
    weights = random_weights()
    write_graph(weights, tmp_path / "graph.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "graph.onnx", providers=["CPUExecutionProvider"])
    random = np.random.default_rng(5)
    ids, mask = padded([random.integers(0, 90, length).tolist() for length in (24, 2, 9, 17, 1)])
    (found,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    assert found.shape == (5, WIDTH)
    assert cosines(found, embed(weights, ids, mask)).min() >= 0.9999
    # Different texts get different vectors, or the comparison would say nothing.
    assert (found @ found.T)[~np.eye(5, dtype=bool)].max() < 0.99


def test_the_installed_graph_computes_what_bert_does(model: MiniLM, installed_models: Path) -> None:
    home = installed_models / MINILM.name
    constants = {each.name: numpy_helper.to_array(each) for each in onnx.load(home / GRAPH).graph.initializer}
    tokenizer = Tokenizer.from_file(str(home / TOKENIZER))
    tokenizer.no_padding()
    texts = [text[:80] for text in TEXTS]
    ids, mask = padded([encoding.ids for encoding in tokenizer.encode_batch(texts)])
    assert cosines(model.embed(texts), embed(graph_weights(constants), ids, mask)).min() >= 0.98


def test_the_vectors_are_those_of_the_official_weights(model: MiniLM) -> None:
    vectors = model.embed(TEXTS)
    np.testing.assert_allclose(vectors @ vectors.T, OFFICIAL, atol=0.04)


def test_vectors_are_of_unit_length_and_width(model: MiniLM) -> None:
    texts = [*TEXTS, "", " ", "?", "日本語の研修", "🙂" * 40, "x" * 20_000, "\x00\n\t", "the " * 3000]
    vectors = model.embed(texts)
    assert vectors.shape == (len(texts), WIDTH) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert model.embed([]).shape == (0, WIDTH)


def test_only_the_beginning_of_a_long_text_counts(model: MiniLM) -> None:
    start = "word " * (MAX_TOKENS + 10)
    first, second = model.embed([start + "apples"]), model.embed([start + "quarterly budgets"])
    assert np.array_equal(first, second)


def test_the_same_texts_give_the_same_vectors_in_any_order(model: MiniLM) -> None:
    texts = [*TEXTS, *(f"Question {number} about {'learning ' * number}" for number in range(40))]
    vectors = model.embed(texts)
    assert np.array_equal(vectors, model.embed(texts))
    order = np.random.default_rng(2).permutation(len(texts))
    shuffled = model.embed([texts[place] for place in order])
    assert cosines(shuffled, vectors[order]).min() >= 0.999


def test_a_text_alone_is_close_to_itself_among_others(model: MiniLM) -> None:
    # Not equal: the int8 graph gives all activations of a batch one scale. Measured: 0.969 at worst, 0.993 on average.
    texts = [*TEXTS, *(f"Question {number} about {'learning ' * number}" for number in range(40))]
    alone = np.concatenate([model.embed([text]) for text in texts])
    similar = cosines(alone, model.embed(texts))
    assert similar.min() >= 0.95 and similar.mean() >= 0.985


def test_threads_share_one_model(model: MiniLM) -> None:
    expected = [model.embed([text]) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: model.embed([text]), TEXTS * 5))
    assert all(np.array_equal(vector, expected[place % len(TEXTS)]) for place, vector in enumerate(found))


def test_it_knows_common_words(model: MiniLM) -> None:
    assert all(model.knows(word) for word in ("learning", "budget", "officer"))
    assert not any(model.knows(word) for word in ("lerning", "##ing", "Budget", "", "[CLS]", "duvernet"))


def test_the_name_tells_which_weights_are_used(model: MiniLM, installed_models: Path) -> None:
    assert model.name.startswith("all-MiniLM-L6-v2/int8/")
    assert MiniLM(installed_models, threads=1).name == model.name


def test_a_model_that_is_absent_or_was_changed_is_refused(installed_models: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="not installed or damaged") as caught:
        MiniLM(tmp_path)
    assert "coach models install" in caught.value.remedy
    home = tmp_path / MINILM.name
    shutil.copytree(installed_models / MINILM.name, home)
    with (home / GRAPH).open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\x01")
    with pytest.raises(WeightsError):
        MiniLM(tmp_path)
