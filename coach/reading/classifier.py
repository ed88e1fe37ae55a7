"""A small linear reader: sentence embedding and surface features in, a probability for each label out."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.errors import ContentError

Row = NDArray[np.float32]
# Surface features are 0 or 1 while an embedding's parts are near 0.05: this brings them to one scale for training.
SURFACE_SCALE = 0.35


@dataclass(frozen=True, slots=True)
class Reader:
    """Multinomial logistic regression: `weights` is labels x features, `bias` one value a label."""

    labels: tuple[str, ...]
    weights: Row
    bias: Row

    def probabilities(self, embedding: Row, surface: Row) -> dict[str, float]:
        """Return the probability of each label for one text."""
        logits = self.weights @ joined(embedding, surface) + self.bias
        exponents = np.exp(logits - logits.max())
        shares = exponents / exponents.sum()
        return {label: float(share) for label, share in zip(self.labels, shares, strict=True)}


def joined(embedding: Row, surface: Row) -> Row:
    """Return the feature row of a text."""
    return np.concatenate([embedding, surface * SURFACE_SCALE]).astype(np.float32)


def save_readers(readers: Mapping[str, Reader], path: Path) -> None:
    """Write readers as half-precision coefficients in one file."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, reader in readers.items():
        arrays[f"{name}.labels"] = np.array(reader.labels)
        arrays[f"{name}.weights"] = reader.weights.astype(np.float16)
        arrays[f"{name}.bias"] = reader.bias.astype(np.float16)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load_readers(path: Path) -> dict[str, Reader]:
    """Read what `save_readers` wrote.

    Raises:
        ContentError: the file is absent or damaged.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            names = {key.split(".")[0] for key in arrays.files}
            return {
                name: Reader(
                    tuple(str(label) for label in arrays[f"{name}.labels"]),
                    arrays[f"{name}.weights"].astype(np.float32),
                    arrays[f"{name}.bias"].astype(np.float32),
                )
                for name in sorted(names)
            }
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ContentError(f"{path.name} cannot be read: {error}.", "Train the readers again: `make train`.") from None
