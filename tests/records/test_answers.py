"""Answers keep everything on their way through JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.answer_json import answer_contract
from coach.errors import RecordsError
from coach.records.answers import answer_from_json, answer_to_json
from coach.types import Answer, Citation, Focus, TraceStep

PLAIN = Answer("q", "sq", "answered", "Text [1].", (Citation(1, "a", "T", "S", "src", "quote", "a#s", True),), "m", 0.5)
# Half surrogate pairs and NUL are drawn too: both reach us from badly decoded documents.
TEXTS = st.text(st.characters(codec=None))
NUMBERS = st.floats(allow_nan=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
CITATIONS = st.builds(Citation, st.integers(), TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.booleans())
ANSWERS = st.builds(
    Answer,
    question=TEXTS,
    standalone_question=TEXTS,
    status=st.sampled_from(["answered", "no_source", "out_of_scope", "declined"]),
    text=TEXTS,
    citations=st.lists(CITATIONS, max_size=3).map(tuple),
    model=TEXTS,
    seconds=NUMBERS,
    focus=st.builds(Focus, TEXTS, LISTS, TEXTS, LISTS, TEXTS),
    suggestions=LISTS,
    notice=TEXTS,
    trace=st.lists(st.builds(TraceStep, TEXTS, st.dictionaries(TEXTS, JSON, max_size=3)), max_size=3).map(tuple),
)


@settings(deadline=None)
@given(ANSWERS)
def test_an_answer_comes_back_as_it_was(answer: Answer) -> None:
    assert answer_from_json(json.loads(json.dumps(answer_to_json(answer)))) == answer


@settings(deadline=None)
@given(ANSWERS, st.dictionaries(TEXTS.map("new {}".format), JSON, max_size=3))
def test_unknown_keys_are_passed_over(answer: Answer, surplus: dict[str, object]) -> None:
    data = answer_to_json(answer)
    data["citations"] = [item | surplus for item in data["citations"]]
    data["focus"] |= surplus
    assert answer_from_json(data | surplus) == answer


def test_keys_that_came_later_have_their_defaults() -> None:
    data = answer_to_json(PLAIN)
    for name in ("focus", "suggestions", "notice", "trace"):
        del data[name]
    assert answer_from_json(data) == PLAIN


def test_a_trace_without_json_form_is_kept_as_text() -> None:
    detail: dict[Any, Any] = {"score": np.float32(0.5), "hits": np.int64(3), "ids": {"a"}, "at": object, 1: (2,)}
    step = TraceStep("search", detail)
    [kept] = answer_from_json(json.loads(json.dumps(answer_to_json(replace(PLAIN, trace=(step,)))))).trace
    assert kept.detail == {"score": 0.5, "hits": 3, "ids": ["a"], "at": "<class 'object'>", "1": [2]}


@pytest.mark.parametrize(
    "damage", [{"version": 99}, {"citations": None}, {"citations": [{}]}, {"version": "x"}, {"focus": 3}]
)
def test_what_cannot_be_read_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(RecordsError):
        answer_from_json(answer_to_json(PLAIN) | damage)
    with pytest.raises(RecordsError):
        answer_from_json({"version": 1})


def test_the_contract_has_exactly_its_keys() -> None:
    expected = ["question", "standalone_question", "status", "answer", "citations", "model", "seconds"]
    assert list(answer_contract(PLAIN)) == expected
    assert list(answer_contract(PLAIN, id="7")) == ["id", *expected]
    assert answer_contract(PLAIN, id=0)["id"] == 0
    assert answer_contract(PLAIN)["citations"] == [
        {
            "n": 1,
            "article": "a",
            "title": "T",
            "section": "S",
            "source": "src",
            "quote": "quote",
            "passage_id": "a#s",
            "verified": True,
        }
    ]
