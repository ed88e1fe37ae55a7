"""The knowledge as a whole: articles, playbooks, competencies and facts, read and checked against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from coach.errors import ContentError
from coach.knowledge.articles import Article, parsed_yaml, read_article, read_text, validated
from coach.knowledge.chunks import split_text
from coach.knowledge.passages import PassageRecord
from coach.knowledge.schemas import CompetencyModel, Fact, Playbook, SectionNotes, Source
from coach.types import Passage

_Model = TypeVar("_Model", bound=BaseModel)
COACHING_SOURCE = "Coaching guidance by the Executive Coach project; it goes beyond the source documents"
PLAYBOOK_ARTICLE = "playbook"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All knowledge by id; `notes` are the section notes by passage id."""

    sources: Mapping[str, Source]
    articles: Mapping[str, Article]
    playbooks: Mapping[str, Playbook]
    competencies: CompetencyModel
    facts: tuple[Fact, ...]
    notes: Mapping[str, SectionNotes]

    def records(self) -> Iterator[PassageRecord]:
        """Yield every passage of articles and playbooks, with the file it comes from."""
        for article in self.articles.values():
            yield from self._article_records(article)
        for playbook in self.playbooks.values():
            yield self._playbook_record(playbook)

    def people(self) -> tuple[str, ...]:
        """Return the names of the people that have a section “Who is …?” of their own."""
        sections = [section for article in self.articles.values() for section in article.sections]
        found = [re.match(r"Who is (.+?)\?", section.heading) for section in sections if section.notes.type == "person"]
        return tuple(match.group(1) for match in found if match)

    def _article_records(self, article: Article) -> Iterator[PassageRecord]:
        for section in article.sections:
            documents = self._documents(article.header.sources, section.body)
            source = "; ".join(self.sources[name].citation for name in documents)
            for number, text in enumerate(split_text(section.body), 1):
                passage = Passage(
                    id=f"{article.header.id}#{section.id}" + (f"~{number}" if number > 1 else ""),
                    article=article.header.id,
                    title=article.header.title,
                    section=section.heading,
                    source=source,
                    text=text,
                    type=section.notes.type,
                    asked=tuple(section.notes.asked) if number == 1 else (),
                    documents=documents,
                )
                yield PassageRecord(passage, f"articles/{article.path.name}")

    def _documents(self, named: list[str], body: str) -> tuple[str, ...]:
        """The documents a section draws on: of an article with several, those that the section itself speaks of."""
        lowered = body.lower()
        spoken = [name for name in named if any(word.lower() in lowered for word in self.sources[name].mentioned_as)]
        return tuple(spoken if len(named) > 1 and spoken else named)

    def _playbook_record(self, playbook: Playbook) -> PassageRecord:
        source = "; ".join(self.sources[name].citation for name in playbook.sources) or COACHING_SOURCE
        if playbook.origin == "source":
            source += "; lines to say are coaching guidance"
        passage = Passage(
            id=f"{PLAYBOOK_ARTICLE}#{playbook.id}",
            article=PLAYBOOK_ARTICLE,
            title="Objection playbooks",
            section=playbook.objection,
            source=source,
            text=playbook_text(playbook),
            type="objection",
            asked=tuple(playbook.said_as),
            documents=tuple(playbook.sources),
        )
        return PassageRecord(passage, f"objections/{playbook.id}.yaml")


def playbook_text(playbook: Playbook) -> str:
    """Return a playbook as the text that is shown and quoted."""
    beneath = "\n".join(f"- {concern.concern} {concern.sign}" for concern in playbook.beneath)
    moves = "\n".join(f"{number}. {move.do} “{move.say}”" for number, move in enumerate(playbook.moves, 1))
    ask = "\n".join(f"- {question}" for question in playbook.ask)
    pitfalls = "\n".join(f"- {pitfall}" for pitfall in playbook.pitfalls)
    return (
        f"{playbook.answer}\n\nWhat may lie beneath:\n{beneath}\n\nMoves:\n{moves}\n\nAsk:\n{ask}\n\n"
        f"Avoid:\n{pitfalls}\n\nNext step: {playbook.next_step}\n\n"
        f"If the answer is still no: {playbook.if_still_no.do} “{playbook.if_still_no.say}”\n\nExample: {playbook.example}"
    )


def read_knowledge(folder: Path) -> Knowledge:
    """Read and cross-check all knowledge under `folder`.

    Raises:
        ContentError: file, line and remedy of the first fault.
    """
    if not (folder / "articles").is_dir():
        raise ContentError(f"There is no folder {folder / 'articles'}.", "Set COACH_KNOWLEDGE to a knowledge folder.")
    sources = {source.id: source for source in read_items(folder / "sources.yaml", Source)}
    articles = {path.stem: read_article(path) for path in sorted((folder / "articles").glob("*.md"))}
    playbooks = {path.stem: read_playbook(path) for path in sorted((folder / "objections").glob("*.yaml"))}
    path = folder / "competencies.yaml"
    competencies = validated(CompetencyModel, parsed_yaml(read_text(path), path), path.name)
    facts = tuple(read_items(folder / "facts.yaml", Fact))
    notes = {
        f"{article.header.id}#{section.id}": section.notes
        for article in articles.values()
        for section in article.sections
    }
    knowledge = Knowledge(sources, articles, playbooks, competencies, facts, notes)
    _check_references(knowledge)
    return knowledge


def read_items(path: Path, model: type[_Model]) -> list[_Model]:
    """Return the entries of a YAML list, or raise ContentError naming the entry."""
    data = parsed_yaml(read_text(path), path)
    if not isinstance(data, list):
        raise ContentError(f"{path.name}, line 1: a list is expected.", "Begin each entry with “- id: …”.")
    items = [validated(model, item, f"{path.name}, entry {number}") for number, item in enumerate(data, 1)]
    ids = [str(getattr(item, "id", "")) for item in items if "id" in model.model_fields]
    twice = next((name for number, name in enumerate(ids) if name in ids[:number]), None)
    if twice is not None:
        raise ContentError(f"{path.name}: the id {twice} is used twice.", "Give each entry its own id.")
    return items


def read_playbook(path: Path) -> Playbook:
    """Read one playbook, or raise ContentError naming the file."""
    playbook = validated(Playbook, parsed_yaml(read_text(path), path), path.name)
    if playbook.id != path.stem:
        raise ContentError(f"{path.name}: the id is {playbook.id}.", f"It must be the file's name, {path.stem}.")
    if playbook.origin == "source" and not playbook.sources:
        raise ContentError(f"{path.name}: origin is source but no source is named.", "Name it, or write coaching.")
    return playbook


def _check_references(knowledge: Knowledge) -> None:
    for article in knowledge.articles.values():
        unknown = [name for name in article.header.sources if name not in knowledge.sources]
        if unknown:
            raise ContentError(
                f"{article.path.name}: the source {unknown[0]} is not in sources.yaml.", "Add or mend it."
            )
        for section in article.sections:
            for target in (section.notes.why, section.notes.example, *section.notes.next):
                _require(knowledge, target, f"{article.path.name}, line {section.line}")
    for playbook in knowledge.playbooks.values():
        unknown = [name for name in playbook.sources if name not in knowledge.sources]
        if unknown:
            raise ContentError(
                f"{playbook.id}.yaml: the source {unknown[0]} is not in sources.yaml.", "Add or mend it."
            )
        for evidence in playbook.evidence:
            _require(knowledge, evidence.passage, f"{playbook.id}.yaml")
    if knowledge.competencies.source not in knowledge.sources:
        raise ContentError(
            f"competencies.yaml: the source {knowledge.competencies.source} is not in sources.yaml.", "Add or mend it."
        )
    for responsibility in knowledge.competencies.responsibilities:
        if responsibility.article not in knowledge.articles:
            raise ContentError(
                f"competencies.yaml: there is no article {responsibility.article}.", "Mend the reference."
            )
        for competency in responsibility.competencies:
            _require(knowledge, competency.passage, "competencies.yaml")
    for fact in knowledge.facts:
        _require(knowledge, fact.passage, "facts.yaml")


def _require(knowledge: Knowledge, target: str | None, where: str) -> None:
    if target is not None and target not in knowledge.notes:
        raise ContentError(f"{where}: there is no section {target}.", "Mend the reference or write the section.")
