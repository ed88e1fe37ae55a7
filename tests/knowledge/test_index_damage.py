"""Whatever happened to the files of an index, it is rebuilt from the store and finds the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from coach.knowledge.exact import ExactVectors
from coach.knowledge.index import OPENED, build_index, open_index, read_manifest
from coach.records.database import open_database
from coach.records.passages import SqlPassageStore
from tests.conftest import ROOT
from tests.knowledge.invented import HashEmbedder, document_of, numbered_records
from tests.knowledge.open_index import best_five

pytestmark = pytest.mark.slow


def cut(pattern: str) -> Callable[[Path], None]:
    def damage(build: Path) -> None:
        (path,) = build.glob(pattern)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def blank(pattern: str) -> Callable[[Path], None]:
    def damage(build: Path) -> None:
        (path,) = build.glob(pattern)
        path.write_bytes(bytes(path.stat().st_size))

    return damage


def empty(pattern: str) -> Callable[[Path], None]:
    def damage(build: Path) -> None:
        (path,) = build.glob(pattern)
        path.write_bytes(b"")

    return damage


def without(pattern: str) -> Callable[[Path], None]:
    def damage(build: Path) -> None:
        (path,) = build.glob(pattern)
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


DAMAGE: Mapping[str, Callable[[Path], None]] = {
    "database cut": cut("chroma/chroma.sqlite3"),
    "database blank": blank("chroma/chroma.sqlite3"),
    "vectors cut": cut("chroma/*/data_level0.bin"),
    "vectors blank": blank("chroma/*/data_level0.bin"),
    "vectors gone": without("chroma/*/data_level0.bin"),
    "header cut": cut("chroma/*/header.bin"),
    "segment gone": without("chroma/*-*"),
    "folder gone": without("chroma"),
}
# Nothing is wrong with these; the second looks like a process that died while it opened the index.
SOUND: Mapping[str, Callable[[Path], None]] = {"untouched": lambda build: None, "marker gone": without(OPENED)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage")


@pytest.fixture(scope="module")
def store(place: Path) -> SqlPassageStore:
    """So many vectors that Chroma writes a segment: it does so after a thousand."""
    store = SqlPassageStore(open_database(f"sqlite:///{place / 'store.sqlite3'}"))
    records = numbered_records(120, asked=9)
    store.replace_collection("knowledge", records, document_of(records))
    return store


@pytest.fixture(scope="module")
def right(place: Path, store: SqlPassageStore) -> list[list[int]]:
    build_index(place / "index", store, HashEmbedder())
    matrix = open_index(place / "index", store, HashEmbedder()).matrix
    return best_five(ExactVectors(matrix), matrix)


@pytest.fixture(scope="module")
def opened(place: Path, right: list[list[int]]) -> dict[str, dict[str, Any]]:
    """What one process found in all the damaged copies; in a process of its own, because Chroma may crash it."""
    cases = {**DAMAGE, **SOUND}
    for name, damage in cases.items():
        folder = place / name
        shutil.copytree(place / "index", folder)
        manifest = read_manifest(folder)
        assert manifest is not None
        damage(folder / manifest.build)
    command = [sys.executable, "-m", "tests.knowledge.open_index", str(place / "store.sqlite3")]
    done = subprocess.run(
        [*command, *(str(place / name) for name in cases)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"the process ended with {done.returncode} at {list(cases)[len(lines)]}: {done.stderr}"
    return dict(zip(cases, lines, strict=True))


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_index_is_rebuilt_and_finds_the_same(
    opened: dict[str, dict[str, Any]], right: list[list[int]], name: str
) -> None:
    assert opened[name].get("error") is None
    assert (opened[name]["search"], opened[name]["rebuilt"]) == ("ChromaVectors", True)
    agreeing = sum(found == best for found, best in zip(opened[name]["best"], right, strict=True))
    assert agreeing == len(right)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_index_is_used_as_it_is(opened: dict[str, dict[str, Any]], right: list[list[int]], name: str) -> None:
    assert opened[name] == {"search": "ChromaVectors", "best": right, "rebuilt": False}


def test_a_damaged_keyword_index_is_made_anew_in_memory(
    place: Path, store: SqlPassageStore, right: list[list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    expected = open_index(place / "index", store, HashEmbedder()).keywords.search("number17 mark221", 3)
    assert expected and not caplog.text
    for number, damage in enumerate((empty("keywords/vocab*"), empty("keywords/data*"), without("keywords"))):
        folder = place / f"keywords-{number}"
        shutil.copytree(place / "index", folder)
        manifest = read_manifest(folder)
        assert manifest is not None
        damage(folder / manifest.build)
        caplog.clear()
        found = open_index(folder, store, HashEmbedder()).keywords.search("number17 mark221", 3)
        assert found == expected
        assert "keyword index" in caplog.text
