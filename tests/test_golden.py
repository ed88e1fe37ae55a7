"""The golden set through the shipped coach: floors for the open half, and what must never happen for the other.

Nothing of a question that is kept aside is ever shown, not even by a failing test: only counts and shares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from coach.answering.bodies import word_count
from coach.types import Answer, Exchange
from tests.answering.real_coach import RealCoach, real_coach

EVALS = Path(__file__).resolve().parents[1] / "evals"
SETS = ("answerable", "unanswerable", "off-topic", "manipulation", "false-premise", "follow-ups")
MEDIAN_WORDS = 150


@dataclass
class Tally:
    """Counts over the turns of one question file; `words` are the lengths of answers to answerable questions."""

    turns: int = 0
    status: int = 0
    facts: int = 0
    forbidden: int = 0
    unverified: int = 0
    words: list[int] = field(default_factory=list)

    def add(self, expected: dict[str, Any], answer: Answer, real: RealCoach) -> None:
        said = answer.text.lower()
        facts = [any(part.lower() in said for part in alternatives) for alternatives in expected.get("facts", [])]
        self.turns += 1
        self.status += answer.status == expected.get("status", "answered")
        self.facts += all(facts)
        self.forbidden += any(part.lower() in said for part in expected.get("forbidden", []))
        self.unverified += any(
            not citation.verified or citation.quote not in real.passage_text(citation.passage_id)
            for citation in answer.citations
        )
        if answer.status == "answered":
            self.words.append(word_count(answer.text))

    def percent(self, what: str) -> float:
        return round(100 * getattr(self, what) / self.turns, 1)


def questions(folder: str, name: str) -> Iterator[dict[str, Any]]:
    for line in (EVALS / folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def tally(folder: str, name: str, real: RealCoach) -> Tally:
    """Ask every question of a file, the turns of a conversation one after the other."""
    counted = Tally()
    for case in questions(folder, name):
        history: list[Exchange] = []
        for turn in case.get("turns", [case]):
            answer = real.ask(turn["question"], history)
            history.append(Exchange(turn["question"], answer))
            counted.add(turn, answer, real)
    return counted


@pytest.fixture(scope="module")
def real(shipped_home: Path, installed_models: Path) -> RealCoach:
    return real_coach(shipped_home, installed_models)


@pytest.fixture(scope="module")
def opened(real: RealCoach) -> dict[str, Tally]:
    return {name: tally("ask", name, real) for name in SETS}


@pytest.fixture(scope="module")
def aside(real: RealCoach) -> dict[str, Tally]:
    return {name: tally("kept-aside", name, real) for name in SETS}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("what", ["status", "facts"])
def test_the_open_half_stays_above_its_floors(opened: dict[str, Tally], name: str, what: str) -> None:
    floors = yaml.safe_load((EVALS / "thresholds.yaml").read_text(encoding="utf-8"))
    assert set(floors) == set(SETS)
    reached, floor = opened[name].percent(what), floors[name][what]
    assert reached >= floor, f"{name}: {what} {reached} % of {opened[name].turns} turns, floor {floor} %"


@pytest.mark.parametrize("half", ["opened", "aside"])
def test_nothing_wrong_is_said_and_every_quote_is_verbatim(half: str, request: pytest.FixtureRequest) -> None:
    tallies: dict[str, Tally] = request.getfixturevalue(half)
    forbidden = {name: counted.forbidden for name, counted in tallies.items() if counted.forbidden}
    unverified = {name: counted.unverified for name, counted in tallies.items() if counted.unverified}
    assert (forbidden, unverified) == ({}, {})


@pytest.mark.parametrize("half", ["opened", "aside"])
def test_answers_are_read_in_half_a_minute(half: str, request: pytest.FixtureRequest) -> None:
    tallies: dict[str, Tally] = request.getfixturevalue(half)
    assert median(tallies["answerable"].words) < MEDIAN_WORDS
