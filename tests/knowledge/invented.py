"""A tiny knowledge base about harbours and lighthouses, and an embedder that needs no model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from coach.knowledge.passages import DocumentRecord, PassageRecord, Vectors
from coach.types import Passage

WIDTH = 384

SOURCES = """\
- id: harbour-book
  publisher: Harbour Press
  title: The Tidy Harbour
  date: May 2020
  mentioned_as: [harbour book, ingrid]
- id: lantern-notes
  publisher: unnamed publisher
  title: Lantern Notes
  date: undated
  mentioned_as: [lantern notes, keeper]
"""

HARBOUR = """\
---
id: tidy-harbour
title: Keeping a harbour tidy
sources: [harbour-book, lantern-notes]
kind: guidance
reviewed: 2026-01-31
---
## The three ropes every pier needs {#three-ropes}

The harbour book names three ropes that every pier needs.

- **Bow rope**: holds the front of a vessel.
- **Stern rope**: holds the back of a vessel.
- **Spring rope**: stops a vessel from sliding along the pier.

<!--
type: list
asked:
- which ropes does a pier need?
- name the three ropes
- what ropes must I buy for the pier
- how many ropes are there
why: tidy-harbour#why-ropes
next: [quiet-lantern#oil]
-->

## Why ropes matter {#why-ropes}

Ropes matter because a drifting vessel damages its neighbours within one tide.

<!--
type: advice
asked:
- why do ropes matter?
- what happens without ropes
- do I really need ropes
- reason for tying up a vessel
-->

## Who is Ingrid Sund? {#ingrid-sund}

Ingrid Sund is the harbour master who wrote the harbour book after forty years on the coast.

<!--
type: person
asked:
- who is Ingrid Sund?
- who wrote the harbour book
- tell me about the harbour master
- Ingrid
-->
"""

LANTERN = """\
---
id: quiet-lantern
title: Tending a quiet lantern
sources: [lantern-notes]
kind: reference
reviewed: 2026-01-31
---
## How much oil a lantern burns {#oil}

A lantern burns two litres of oil a night, the keeper notes say.

<!--
type: figure
asked:
- how much oil does a lantern burn?
- litres of oil each night
- oil consumption of the lamp
- how many litres
example: tidy-harbour#three-ropes
-->

## What the notes leave out {#left-out}

The lantern notes do not say what oil costs. They do hold how much of it a lantern burns.

<!--
type: gap
asked:
- what does oil cost?
- price of lantern oil
- is oil expensive
- how much money for oil
-->
"""

PLAYBOOK = """\
id: no-boats
objection: "We have no boats."
origin: source
sources: [harbour-book]
said_by: [Mayor]
said_as:
- we have no boats
- there is not one boat in this town
- what would a harbour be for
- nobody sails here
- our mayor says we own no vessel
- boats are not our thing
- who needs a quay without ships
- the council laughed and asked which boats
- come back when we have a fleet
- this town has never sailed
beneath:
- concern: The cost of a quay.
  sign: They ask about stone.
- concern: Fear of visitors.
  sign: They ask who would come.
answer: You agree that there are none today, and ask what would come if there were a quay.
moves:
- do: Agree first.
  say: You are right, there are none today.
- do: Ask.
  say: Who would land here if they could?
- do: Offer a small step.
  say: May we try one buoy for a summer?
evidence:
- passage: tidy-harbour#why-ropes
  use: Speak of the neighbours.
ask: [What did the last visitor say?, What would a quay change?]
pitfalls: [Do not boast., Do not promise a fleet.]
next_step: Moor one borrowed boat for a day.
if_still_no:
  do: Thank them and come back in autumn.
  say: May I ask again in autumn?
example: Suppose the mayor says that there are no boats, and you offer one buoy.
"""

COMPETENCIES = """\
model: Harbour model
source: harbour-book
guidance_note: Invented.
responsibilities:
- id: mooring
  number: 1
  name: Mooring
  article: tidy-harbour
  summary: You tie things up.
  competencies:
  - id: knots
    name: Knots
    passage: tidy-harbour#three-ropes
    behaviours: [Ties a bowline., Checks it twice.]
    manager_level: You tie knots.
    executive_level: You teach knots.
    development: [Tie one a day.]
"""

FACTS = """\
- id: ropes
  about: [[rope]]
  right: ["3"]
  sort: number
  noun: [ropes]
  correction: "It is three, not {said}."
  passage: tidy-harbour#three-ropes
"""

FILES = {
    "sources.yaml": SOURCES,
    "articles/tidy-harbour.md": HARBOUR,
    "articles/quiet-lantern.md": LANTERN,
    "objections/no-boats.yaml": PLAYBOOK,
    "competencies.yaml": COMPETENCIES,
    "facts.yaml": FACTS,
}


def write_knowledge(folder: Path) -> Path:
    """Write the invented knowledge below `folder` and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


class HashEmbedder:
    """Texts that share words lie close to each other; counts what it is asked for, and fails when told to."""

    def __init__(self, name: str = "hash/1") -> None:
        self.name = name
        self.texts: list[str] = []
        self.fails = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.fails:
            raise RuntimeError("the embedder gave up")
        self.texts += texts
        return np.stack([_text_vector(text) for text in texts]) if texts else np.zeros((0, WIDTH), np.float32)


def _text_vector(text: str) -> Vectors:
    total = sum((_word_vector(word) for word in re.findall(r"\w+", text.lower())), _word_vector("") * 0.1)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


@cache
def _word_vector(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=WIDTH).astype(np.float32)


def unit_vectors(count: int, seed: int = 7) -> Vectors:
    """Return random unit vectors."""
    vectors = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def numbered_records(count: int, collection: str = "knowledge", asked: int = 0) -> list[PassageRecord]:
    """Return passages that differ in a number; each with so many ways of asking."""
    return [
        PassageRecord(
            Passage(
                id=f"{collection}-{number}#part",
                article=f"{collection}-{number}",
                title=f"Buoy {number}",
                section="Its place",
                source="Harbour Press",
                text=f"Buoy number{number} floats {number * 7} metres from mark{number * 13}.",
                asked=tuple(f"where is buoy{number} way{way}" for way in range(asked)),
                collection=collection,
            ),
            f"{collection}-{number}.md",
        )
        for number in range(count)
    ]


def document_of(records: Sequence[PassageRecord]) -> list[DocumentRecord]:
    """Return one invented document for a collection of passages."""
    return [DocumentRecord("all.md", "0" * 64, 1, len(records))]
