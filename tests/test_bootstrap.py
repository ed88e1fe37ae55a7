"""The wiring: what changed is indexed, what did not is left alone, and two coaches share nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coach.app import Coach
from coach.bootstrap import SHIPPED, Indexing, build_coach, open_records, refresh_index
from coach.errors import ContentError, NotFound, WeightsError
from coach.knowledge.content import read_knowledge
from coach.knowledge.documents.progress import Silent
from coach.knowledge.index import Manifest, read_manifest
from coach.records.passages import SqlPassageStore
from coach.settings import Settings
from tests.conftest import ROOT
from tests.knowledge.invented import HashEmbedder, write_knowledge

OIL = "How much oil does a lantern burn?"


@pytest.fixture
def settings(tmp_path: Path, installed_models: Path) -> Settings:
    """A coach of its own, with the invented knowledge and the trained readers."""
    return made_in(tmp_path / "one", installed_models)


def made_in(folder: Path, models: Path) -> Settings:
    knowledge = write_knowledge(folder / "knowledge")
    shutil.copyfile(ROOT / "knowledge" / "phrases.yaml", knowledge / "phrases.yaml")
    (knowledge / "reading").mkdir()
    for name in ("readers.npz", "everyday.yaml"):
        if (ROOT / "knowledge" / "reading" / name).exists():
            shutil.copyfile(ROOT / "knowledge" / "reading" / name, knowledge / "reading" / name)
    return Settings(model="builtin", data=folder / "data", knowledge=knowledge, models_dir=models)


class Refreshing:
    """Refreshes with a fake embedder, and says what was said."""

    def __init__(self, settings: Settings, embedder: HashEmbedder | None = None) -> None:
        self.settings, self.embedder = settings, embedder or HashEmbedder()
        self.store = SqlPassageStore(open_records(settings))

    def __call__(self, rebuild: bool = False) -> tuple[Manifest, list[str]]:
        said: list[str] = []
        knowledge = read_knowledge(self.settings.knowledge_path)
        manifest = refresh_index(self.settings, knowledge, self.store, self.embedder, said.append, rebuild)
        return manifest, said


@pytest.fixture
def refreshing(tmp_path: Path) -> Refreshing:
    return Refreshing(Settings(data=tmp_path / "data", knowledge=write_knowledge(tmp_path / "knowledge")))


def edit(settings: Settings, old: str, new: str) -> None:
    path = settings.knowledge_path / "articles" / "quiet-lantern.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_the_second_refresh_does_nothing(refreshing: Refreshing) -> None:
    first, said = refreshing()
    assert len(said) == 2 and "6 passages" in said[0]
    embedded = len(refreshing.embedder.texts)
    assert refreshing() == (first, [])
    assert len(refreshing.embedder.texts) == embedded
    assert read_manifest(refreshing.settings.index_path) == first
    again = Refreshing(refreshing.settings)
    assert again() == (first, []) and not again.embedder.texts


def test_a_changed_article_is_picked_up_and_only_it_is_embedded(refreshing: Refreshing) -> None:
    first, _ = refreshing()
    embedded = len(refreshing.embedder.texts)
    edit(refreshing.settings, "two litres", "three litres")
    second, said = refreshing()
    assert said and second.build != first.build
    assert len(refreshing.embedder.texts) == embedded + 1
    assert any("three litres" in record.passage.text for record in refreshing.store.passages(SHIPPED))
    assert refreshing() == (second, [])


def test_documents_of_the_knowledge_are_listed_with_their_hash(refreshing: Refreshing) -> None:
    refreshing()
    documents = {document.path: document for document in refreshing.store.documents(SHIPPED)}
    assert {name: document.passages for name, document in documents.items()} == {
        "articles/quiet-lantern.md": 2,
        "articles/tidy-harbour.md": 3,
        "objections/no-boats.yaml": 1,
    }
    # A change that nobody reads still changes the file, so that its hash can be checked.
    edit(refreshing.settings, "reviewed: 2026-01-31", "reviewed: 2026-02-01")
    refreshing()
    changed = {document.path: document for document in refreshing.store.documents(SHIPPED)}
    assert [name for name in documents if changed[name] != documents[name]] == ["articles/quiet-lantern.md"]


def test_an_article_that_went_is_forgotten(refreshing: Refreshing) -> None:
    refreshing()
    folder = refreshing.settings.knowledge_path
    harbour = (folder / "articles" / "tidy-harbour.md").read_text()
    (folder / "articles" / "quiet-lantern.md").unlink()
    (folder / "articles" / "tidy-harbour.md").write_text(harbour.replace("next: [quiet-lantern#oil]\n", ""))
    manifest, _ = refreshing()
    assert manifest.passages == 4
    assert {record.passage.article for record in refreshing.store.passages()} == {"tidy-harbour", "playbook"}


def test_rebuilding_and_another_model(refreshing: Refreshing) -> None:
    first, _ = refreshing()
    second, said = refreshing(rebuild=True)
    assert second.build != first.build and said == ["Building the index …"]
    other = Refreshing(refreshing.settings, HashEmbedder("hash/2"))
    third, said = other()
    assert third.embedder == "hash/2" and said == ["Building the index …"]


def test_an_index_that_vanished_is_built_again(refreshing: Refreshing) -> None:
    first, _ = refreshing()
    shutil.rmtree(refreshing.settings.index_path)
    embedded = len(refreshing.embedder.texts)
    second, _ = refreshing()
    assert second.content == first.content and len(refreshing.embedder.texts) == embedded


def test_a_coach_is_built_and_answers_from_its_knowledge(settings: Settings) -> None:
    said: list[str] = []
    coach = build_coach(settings, said.append)
    assert len(said) == 2 and coach.label == "builtin"
    answer = coach.ask(OIL)
    assert answer.status == "answered" and "two litres" in answer.text
    assert answer.citations[0].passage_id == "quiet-lantern#oil" and answer.citations[0].verified
    assert coach.passage("quiet-lantern#oil").article == "quiet-lantern"
    with pytest.raises(NotFound):
        coach.passage("quiet-lantern#gone")
    # A second start finds everything in place, and a running coach takes up what staff change.
    said.clear()
    edit(settings, "two litres", "nine litres")
    build_coach(settings, said.append)
    assert said
    assert "nine litres" in coach.ask(OIL).text
    said.clear()
    assert "nine litres" in build_coach(settings, said.append).ask(OIL).text and not said


def conversations(coach: Coach, visitor: str) -> int:
    return len(coach.conversations.list(visitor))


def test_two_coaches_share_nothing(settings: Settings, tmp_path: Path, installed_models: Path) -> None:
    other_settings = made_in(tmp_path / "two", installed_models)
    edit(other_settings, "two litres", "seven litres")
    one, two = build_coach(settings), build_coach(other_settings)
    list(one.converse("visitor", None, OIL))
    assert "two litres" in one.ask(OIL).text and "seven litres" not in one.ask(OIL).text
    assert "seven litres" in two.ask(OIL).text
    assert (conversations(one, "visitor"), conversations(two, "visitor")) == (1, 0)


def test_documents_come_and_go_beside_the_knowledge(settings: Settings, tmp_path: Path) -> None:
    document = tmp_path / "handbook.txt"
    document.write_text("The night watch of pier nine is kept by two apprentices who relieve each other at three.")
    indexing = Indexing(settings)
    assert indexing.take_in([document], "handbook", Silent()).added == 1
    assert indexing.refresh().passages == 7
    coach = build_coach(settings)
    found = coach.ask("Who keeps the night watch of pier nine?")
    assert any("apprentices" in citation.quote for citation in found.citations)
    assert indexing.forget("handbook") == 1
    assert indexing.refresh().passages == 6
    with pytest.raises(NotFound):
        indexing.forget("handbook")
    assert not any("apprentices" in citation.quote for citation in coach.ask("Who keeps the night watch?").citations)


def test_what_stands_in_the_way_is_said(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="coach models install"):
        build_coach(settings.model_copy(update={"models_dir": tmp_path / "none"}))
    edit(settings, "{#oil}", "")
    with pytest.raises(ContentError, match=r"quiet-lantern\.md, line 8"):
        build_coach(settings)
