"""The coach's own words around its answers, from `knowledge/phrases.yaml`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from coach.knowledge.articles import parsed_yaml, read_text, validated


class SmallTalk(BaseModel):
    """Replies to greetings and the like."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    greeting: str
    thanks: str
    about: str
    bye: str
    other: str


class Phrases(BaseModel):
    """Everything the built-in coach says that is not in an article or a playbook."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say_it: str
    next_step: str
    ask_first: str
    avoid: str
    beneath: str
    source_of_answer: Annotated[str, StringConstraints(pattern=r"\{source\}")]
    nearby: str
    no_source: list[str]
    declined: list[str]
    harm: list[str]
    crisis: str
    out_of_scope: list[str]
    chat: SmallTalk
    starters: list[str]
    after_objection: list[str]
    after_answer: list[str]


def read_phrases(path: Path) -> Phrases:
    """Read the phrases; raises ContentError with the place of a fault."""
    return validated(Phrases, parsed_yaml(read_text(path), path), path.name)


def variant(options: list[str], text: str) -> str:
    """Choose one of several wordings, always the same for the same message."""
    return options[hashlib.sha256(text.encode()).digest()[0] % len(options)]
