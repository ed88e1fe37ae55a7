"""The parts of the knowledge fit together, or the file that does not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import ContentError
from coach.knowledge.content import COACHING_SOURCE, Knowledge, read_items, read_knowledge, read_playbook
from coach.knowledge.schemas import Fact, Source
from coach.types import Passage


def passages(knowledge: Knowledge) -> dict[str, Passage]:
    return {record.passage.id: record.passage for record in knowledge.records()}


def test_every_section_and_playbook_becomes_a_passage(knowledge: Knowledge) -> None:
    found = passages(knowledge)
    assert list(found) == [
        "quiet-lantern#oil",
        "quiet-lantern#left-out",
        "tidy-harbour#three-ropes",
        "tidy-harbour#why-ropes",
        "tidy-harbour#ingrid-sund",
        "playbook#no-boats",
    ]
    assert [record.document for record in knowledge.records()][-2:] == [
        "articles/tidy-harbour.md",
        "objections/no-boats.yaml",
    ]
    assert all(passage.collection == "knowledge" for passage in found.values())


def test_a_passage_names_the_documents_it_speaks_of(knowledge: Knowledge) -> None:
    found = passages(knowledge)
    assert found["tidy-harbour#three-ropes"].documents == ("harbour-book",)
    assert found["tidy-harbour#three-ropes"].source == "Harbour Press, “The Tidy Harbour”, May 2020"
    assert found["quiet-lantern#oil"].source == "“Lantern Notes”"
    # A section that names neither of its article's documents may rest on both.
    assert found["tidy-harbour#why-ropes"].documents == ("harbour-book", "lantern-notes")


def test_a_playbook_is_found_by_how_it_is_said_and_shows_everything(knowledge: Knowledge) -> None:
    passage = passages(knowledge)["playbook#no-boats"]
    playbook = knowledge.playbooks["no-boats"]
    assert passage.asked == tuple(playbook.said_as) and passage.type == "objection"
    assert passage.source.endswith("lines to say are coaching guidance")
    shown = [playbook.answer, playbook.next_step, playbook.if_still_no.say, playbook.example, *playbook.ask]
    shown += [move.say for move in playbook.moves] + [concern.sign for concern in playbook.beneath]
    assert all(text in passage.text for text in [*shown, *playbook.pitfalls])


def test_coaching_guidance_says_that_it_is(knowledge_folder: Path) -> None:
    path = knowledge_folder / "objections" / "no-boats.yaml"
    text = (
        path.read_text().replace("origin: source", "origin: coaching").replace("sources: [harbour-book]", "sources: []")
    )
    path.write_text(text)
    assert passages(read_knowledge(knowledge_folder))["playbook#no-boats"].source == COACHING_SOURCE


def test_people_with_a_section_of_their_own(knowledge: Knowledge) -> None:
    assert knowledge.people() == ("Ingrid Sund",)


def test_a_long_section_becomes_numbered_passages(knowledge_folder: Path) -> None:
    path = knowledge_folder / "articles" / "quiet-lantern.md"
    long = " ".join(f"On night {number} the keeper trims the wick and writes it down." for number in range(40))
    path.write_text(path.read_text().replace("A lantern burns two litres", f"{long}\n\nA lantern burns two litres"))
    found = passages(read_knowledge(knowledge_folder))
    assert {"quiet-lantern#oil", "quiet-lantern#oil~2", "quiet-lantern#oil~3"} <= set(found)
    assert found["quiet-lantern#oil"].asked and not found["quiet-lantern#oil~2"].asked


FAULTS = {
    "source of an article": (
        "articles/quiet-lantern.md",
        "sources: [lantern-notes]",
        "sources: [gone]",
        "the source gone",
    ),
    "why of a section": ("articles/tidy-harbour.md", "why: tidy-harbour#why-ropes", "why: tidy-harbour#gone", "line 8"),
    "example of a section": (
        "articles/quiet-lantern.md",
        "example: tidy-harbour#three-ropes",
        "example: a#b",
        "line 8",
    ),
    "next of a section": ("articles/tidy-harbour.md", "next: [quiet-lantern#oil]", "next: [a#b]", "no section a#b"),
    "source of a playbook": (
        "objections/no-boats.yaml",
        "sources: [harbour-book]",
        "sources: [gone]",
        "the source gone",
    ),
    "evidence of a playbook": (
        "objections/no-boats.yaml",
        "passage: tidy-harbour#why-ropes",
        "passage: a#b",
        "section a#b",
    ),
    "source of the model": ("competencies.yaml", "source: harbour-book", "source: gone", "the source gone"),
    "article of a responsibility": ("competencies.yaml", "article: tidy-harbour", "article: gone", "no article gone"),
    "passage of a competency": (
        "competencies.yaml",
        "passage: tidy-harbour#three-ropes",
        "passage: a#b",
        "section a#b",
    ),
    "passage of a fact": ("facts.yaml", "passage: tidy-harbour#three-ropes", "passage: a#b", "section a#b"),
    "playbook's id": ("objections/no-boats.yaml", "id: no-boats", "id: some-boats", "the id is some-boats"),
    "source without a name": (
        "objections/no-boats.yaml",
        "sources: [harbour-book]",
        "sources: []",
        "no source is named",
    ),
    "too few ways of saying it": ("objections/no-boats.yaml", "- nobody sails here\n", "", "said_as"),
    "a list that is none": ("facts.yaml", "- id: ropes", "ropes:\n  id: ropes", "a list is expected"),
    "an entry with a mistyped key": ("facts.yaml", "noun: [ropes]", "nouns: [ropes]", "entry 1: nouns"),
    "competencies without behaviours": ("competencies.yaml", "[Ties a bowline., Checks it twice.]", "[]", "behaviours"),
}


@pytest.mark.parametrize(("name", "old", "new", "problem"), FAULTS.values(), ids=FAULTS.keys())
def test_a_part_that_does_not_fit_is_named(knowledge_folder: Path, name: str, old: str, new: str, problem: str) -> None:
    path = knowledge_folder / name
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ContentError) as caught:
        read_knowledge(knowledge_folder)
    assert path.name in caught.value.problem and problem in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["sources.yaml", "competencies.yaml", "facts.yaml"])
def test_a_file_that_is_missing_is_named(knowledge_folder: Path, name: str) -> None:
    (knowledge_folder / name).unlink()
    with pytest.raises(ContentError, match=name):
        read_knowledge(knowledge_folder)


def test_an_id_used_twice_is_refused(knowledge_folder: Path) -> None:
    for name, model in (("sources.yaml", Source), ("facts.yaml", Fact)):
        path = knowledge_folder / name
        path.write_text(path.read_text() * 2)
        with pytest.raises(ContentError, match=rf"{name}: the id [a-z-]+ is used twice"):
            read_items(path, model)


def test_yaml_that_does_not_parse_names_its_line(knowledge_folder: Path) -> None:
    path = knowledge_folder / "objections" / "no-boats.yaml"
    path.write_text(path.read_text().replace("next_step: Moor", "next_step: Moor: now"))
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "next_step" in text)
    with pytest.raises(ContentError, match=rf"no-boats\.yaml, line {line}: "):
        read_playbook(path)


def test_a_folder_without_knowledge(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="COACH_KNOWLEDGE"):
        read_knowledge(tmp_path)
