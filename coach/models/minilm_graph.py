"""Writes all-MiniLM-L6-v2 as an ONNX graph from its official safetensors weights.

The registry carries the weights but not a graph, so the graph is written here: embeddings, six attention layers,
mean pooling over the attention mask and L2 normalization, as in the model's own `sentence-transformers` pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH = 6, 12, 384
_EPSILON = 1e-12
_FUSED = "com.microsoft"

Weights = Mapping[str, NDArray[np.float32]]


class _Graph:
    """Collects the nodes and constants of one graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output


def write_graph(weights: Weights, path: Path) -> None:
    """Write the float32 graph to `path`.

    Inputs are `input_ids` and `attention_mask` (int32, batch x tokens), the output is `embedding`.
    The fused operators (EmbedLayerNormalization, Attention, SkipLayerNormalization, BiasGelu) are ONNX Runtime's own.
    """
    graph = _Graph()
    hidden = _embed(graph, weights)
    for layer in range(LAYERS):
        hidden = _layer(graph, weights, layer, hidden)
    _pool(graph, hidden)
    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])]
    body = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    onnx.save(helper.make_model(body, opset_imports=opsets, ir_version=9), path)


def _embed(graph: _Graph, weights: Weights) -> str:
    # Every token is of segment 0, so its segment vector is folded into the positions.
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    inputs = [
        "input_ids",
        "",
        graph.constant("words", weights["embeddings.word_embeddings.weight"]),
        graph.constant("positions", positions),
        "",
        graph.constant("embed_gamma", weights["embeddings.LayerNorm.weight"]),
        graph.constant("embed_beta", weights["embeddings.LayerNorm.bias"]),
    ]
    node = helper.make_node(
        "EmbedLayerNormalization",
        inputs,
        ["embedded", "_unused_mask"],
        name="embedded",
        domain=_FUSED,
        epsilon=_EPSILON,
    )
    graph.nodes.append(node)
    return "embedded"


def _layer(graph: _Graph, weights: Weights, layer: int, hidden: str) -> str:
    prefix, name = f"encoder.layer.{layer}.", f"layer{layer}_"
    parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    qkv = graph.constant(name + "qkv", np.concatenate([weights[part + ".weight"].T for part in parts], axis=1))
    qkv_bias = graph.constant(name + "qkv_bias", np.concatenate([weights[part + ".bias"] for part in parts]))
    attended = graph.add(
        "Attention", [hidden, qkv, qkv_bias, "attention_mask"], name + "attended", _FUSED, num_heads=HEADS
    )
    projected = _matmul(graph, weights, prefix + "attention.output.dense", attended, name + "projected")
    middle = _skip(graph, weights, prefix + "attention.output", projected, hidden, name + "middle")
    inner = _matmul(graph, weights, prefix + "intermediate.dense", middle, name + "inner")
    inner_bias = graph.constant(name + "inner_bias", weights[prefix + "intermediate.dense.bias"])
    active = graph.add("BiasGelu", [inner, inner_bias], name + "active", _FUSED)
    outer = _matmul(graph, weights, prefix + "output.dense", active, name + "outer")
    return _skip(graph, weights, prefix + "output", outer, middle, name + "out")


def _matmul(graph: _Graph, weights: Weights, source: str, hidden: str, name: str) -> str:
    return graph.add("MatMul", [hidden, graph.constant(name + "_weight", weights[source + ".weight"].T)], name)


def _skip(graph: _Graph, weights: Weights, source: str, hidden: str, residual: str, name: str) -> str:
    inputs = [
        hidden,
        residual,
        graph.constant(name + "_gamma", weights[source + ".LayerNorm.weight"]),
        graph.constant(name + "_beta", weights[source + ".LayerNorm.bias"]),
        graph.constant(name + "_bias", weights[source + ".dense.bias"]),
    ]
    return graph.add("SkipLayerNormalization", inputs, name, _FUSED, epsilon=_EPSILON)


def _pool(graph: _Graph, hidden: str) -> None:
    mask = graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    column = graph.add("Unsqueeze", [mask, graph.constant("last", np.array([2], dtype=np.int64))], "mask_column")
    tokens_axis = graph.constant("tokens_axis", np.array([1], dtype=np.int64))
    masked = graph.add("Mul", [hidden, column], "masked")
    total = graph.add("ReduceSum", [masked, tokens_axis], "total", keepdims=0)
    count = graph.add("ReduceSum", [column, tokens_axis], "count", keepdims=0)
    mean = graph.add("Div", [total, count], "mean")
    graph.add("LpNormalization", [mean], "embedding", axis=1, p=2)
