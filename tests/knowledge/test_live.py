"""A running server follows the index: new builds are taken up, broken ones are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coach.errors import ContentError, IndexUnavailable
from coach.knowledge.content import read_knowledge
from coach.knowledge.index import build_index, open_index
from coach.knowledge.live import Live
from coach.knowledge.search import Library
from coach.records.passages import SqlPassageStore
from tests.knowledge.invented import HashEmbedder, document_of


class Followed:
    """The invented knowledge as a server sees it, and its staff at work."""

    def __init__(self, home: Path, folder: Path, store: SqlPassageStore) -> None:
        self.home, self.folder, self.store, self.embedder = home, folder, store, HashEmbedder()
        self.made = 0
        self.live = Live(home, self.make)

    def make(self) -> Library:
        self.made += 1
        read_knowledge(self.folder)
        return Library(open_index(self.home, self.store, self.embedder), self.embedder)

    def edit(self, old: str, new: str) -> None:
        path = self.folder / "articles" / "quiet-lantern.md"
        path.write_text(path.read_text().replace(old, new))

    def index(self) -> None:
        records = list(read_knowledge(self.folder).records())
        self.store.replace_collection("knowledge", records, document_of(records))
        build_index(self.home, self.store, self.embedder)

    def oil(self) -> str:
        passage = self.live().passage("quiet-lantern#oil")
        assert passage is not None
        return passage.text


@pytest.fixture
def followed(home: Path, knowledge_folder: Path, store: SqlPassageStore) -> Followed:
    return Followed(home, knowledge_folder, store)


def test_without_an_index_it_says_so_until_there_is_one(followed: Followed) -> None:
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match="no index yet"):
            followed.live()
    followed.index()
    assert "two litres" in followed.oil()


def test_asking_again_costs_nothing_and_a_new_build_is_opened_once(followed: Followed) -> None:
    followed.index()
    assert followed.live() is followed.live()
    assert followed.made == 1
    followed.edit("two litres", "three litres")
    followed.index()
    assert "three litres" in followed.oil()
    assert followed.live() is followed.live()
    assert followed.made == 2


def test_knowledge_that_broke_leaves_the_former_view(followed: Followed, caplog: pytest.LogCaptureFixture) -> None:
    followed.index()
    former = followed.live()
    followed.index()
    followed.edit("{#oil}", "")
    assert followed.live() is former
    assert "the heading has no id" in caplog.text
    assert followed.live() is former and followed.made == 2
    followed.edit("## How much oil a lantern burns ", "## How much oil a lantern burns {#oil}")
    followed.edit("two litres", "four litres")
    followed.index()
    assert "four litres" in followed.oil()


def test_stored_passages_that_run_ahead_of_the_index_do_no_harm(followed: Followed) -> None:
    followed.index()
    former = followed.live()
    followed.edit("two litres", "five litres")
    records = list(read_knowledge(followed.folder).records())
    followed.store.replace_collection("knowledge", records, document_of(records))
    assert followed.live() is former
    assert former.search(["how much oil does a lantern burn?"])[0].passage.id == "quiet-lantern#oil"


def test_an_index_that_vanished_leaves_the_view_in_use(followed: Followed) -> None:
    followed.index()
    former = followed.live()
    shutil.rmtree(followed.home)
    assert followed.live() is former


def test_knowledge_that_is_broken_at_the_start_is_an_error(followed: Followed) -> None:
    followed.index()
    followed.edit("{#oil}", "")
    with pytest.raises(ContentError):
        followed.live()
