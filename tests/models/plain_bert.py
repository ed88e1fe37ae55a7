"""all-MiniLM-L6-v2 in plain NumPy, written from the BERT paper, and weights for it that nobody trained."""

from __future__ import annotations

from collections.abc import Mapping
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

LAYERS, HEADS, WIDTH = 6, 12, 384
Array = NDArray[np.float32]
_ERF = np.vectorize(erf)


def random_weights(words: int = 90, positions: int = 24, inner: int = 48, seed: int = 3) -> dict[str, Array]:
    """Return weights under their official names; narrower and shorter than the real ones where shapes are free."""
    random = np.random.default_rng(seed)
    shapes = {
        "embeddings.word_embeddings.weight": (words, WIDTH),
        "embeddings.position_embeddings.weight": (positions, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= {f"{prefix}{part}.weight": (WIDTH, WIDTH), f"{prefix}{part}.bias": (WIDTH,)}
        shapes |= {f"{prefix}intermediate.dense.weight": (inner, WIDTH), f"{prefix}intermediate.dense.bias": (inner,)}
        shapes |= {f"{prefix}output.dense.weight": (WIDTH, inner), f"{prefix}output.dense.bias": (WIDTH,)}
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{prefix}{part}.weight": (WIDTH,), f"{prefix}{part}.bias": (WIDTH,)}
    weights = {name: random.normal(0, 0.08, shape).astype(np.float32) for name, shape in shapes.items()}
    return {name: value + (1 if name.endswith("LayerNorm.weight") else 0) for name, value in weights.items()}


def embed(weights: Mapping[str, Array], ids: NDArray[np.int32], mask: NDArray[np.int32]) -> Array:
    """Return unit vectors for token ids, shape (batch, tokens); `mask` is 1 where a token stands."""

    def dense(hidden: Array, name: str) -> Array:
        return hidden @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(hidden: Array, name: str) -> Array:
        centred = hidden - hidden.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(hidden: Array) -> Array:
        return hidden.reshape(*hidden.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)

    hidden = weights["embeddings.word_embeddings.weight"][ids]
    hidden = hidden + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
    hidden = norm(hidden + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        query, key, value = (heads(dense(hidden, f"{name}attention.self.{part}")) for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 1, 3, 2) / sqrt(WIDTH / HEADS)
        scores = np.where(mask[:, None, None, :] == 1, scores, -np.inf)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True) @ value).transpose(0, 2, 1, 3).reshape(hidden.shape)
        hidden = norm(hidden + dense(mixed, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm")
        inner = dense(hidden, f"{name}intermediate.dense")
        active = (0.5 * inner * (1 + _ERF(inner / sqrt(2)))).astype(np.float32)
        hidden = norm(hidden + dense(active, f"{name}output.dense"), f"{name}output.LayerNorm")
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)


def graph_weights(constants: Mapping[str, NDArray[np.generic]]) -> dict[str, Array]:
    """Return the weights of an installed graph under their official names; int8 matrices are turned back into float."""

    def matrix(name: str) -> Array:
        if name in constants:
            return np.asarray(constants[name], dtype=np.float32)
        whole = constants[f"{name}_quantized"].astype(np.float32) - constants[f"{name}_zero_point"].astype(np.float32)
        return np.asarray(whole * constants[f"{name}_scale"], dtype=np.float32)

    found: dict[str, Array] = {
        "embeddings.word_embeddings.weight": matrix("words"),
        "embeddings.position_embeddings.weight": matrix("positions"),
        "embeddings.token_type_embeddings.weight": np.zeros((2, WIDTH), np.float32),
        "embeddings.LayerNorm.weight": matrix("embed_gamma"),
        "embeddings.LayerNorm.bias": matrix("embed_beta"),
    }
    for layer in range(LAYERS):
        official, here = f"encoder.layer.{layer}.", f"layer{layer}_"
        split = np.split(matrix(f"{here}qkv"), 3, axis=1), np.split(matrix(f"{here}qkv_bias"), 3)
        for number, part in enumerate(("query", "key", "value")):
            found[f"{official}attention.self.{part}.weight"] = split[0][number].T
            found[f"{official}attention.self.{part}.bias"] = split[1][number]
        for part, weight, place in (("attention.output", "projected", "middle"), ("output", "outer", "out")):
            found[f"{official}{part}.dense.weight"] = matrix(f"{here}{weight}_weight").T
            found[f"{official}{part}.dense.bias"] = matrix(f"{here}{place}_bias")
            found[f"{official}{part}.LayerNorm.weight"] = matrix(f"{here}{place}_gamma")
            found[f"{official}{part}.LayerNorm.bias"] = matrix(f"{here}{place}_beta")
        found[f"{official}intermediate.dense.weight"] = matrix(f"{here}inner_weight").T
        found[f"{official}intermediate.dense.bias"] = matrix(f"{here}inner_bias")
    return found
