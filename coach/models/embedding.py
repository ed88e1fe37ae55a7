"""Sentence embeddings with onnxruntime: the only module that runs the embedding model."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from coach.errors import WeightsError
from coach.models.weights import GRAPH, MINILM, TOKENIZER, installed_fingerprint

WIDTH = 384
# The model was trained on at most 256 word pieces; longer passages are split before they come here.
MAX_TOKENS = 256
_BATCH = 16


class MiniLM:
    """all-MiniLM-L6-v2, int8 weights: unit vectors of width 384. One session serves all threads."""

    def __init__(self, models: Path, threads: int = 2) -> None:
        """Load the installed model.

        Raises:
            WeightsError: the model is not installed or fails verification.
        """
        fingerprint = installed_fingerprint(MINILM, models)
        if fingerprint is None:
            raise WeightsError("The embedding model is not installed or damaged.", "Run `coach models install`.")
        home = models / MINILM.name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(home / GRAPH, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(home / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer_lock = threading.Lock()
        self._whole_words = frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha())
        self._name = f"{MINILM.name}/int8/{fingerprint[:12]}"

    @property
    def name(self) -> str:
        """Model name and the first digits of the graph's SHA-256."""
        return self._name

    def knows(self, word: str) -> bool:
        """Say whether a lower-case word is one of the language's common words, whole in the model's vocabulary."""
        return word in self._whole_words

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, shape (len(texts), 384); texts of similar length share a batch, so padding is small."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            vectors[chosen] = self._run([texts[index] for index in chosen])
        return vectors

    def _run(self, texts: list[str]) -> NDArray[np.float32]:
        with self._tokenizer_lock:
            encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        shape = (len(encoded), max(map(len, encoded)))
        ids, mask = np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
        for row, tokens in enumerate(encoded):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(outputs[0], dtype=np.float32)
