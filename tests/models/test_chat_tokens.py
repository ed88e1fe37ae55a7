"""Token counts: offline, never failing, and cutting to a limit."""

from __future__ import annotations

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from coach.models import tokens


@pytest.fixture
def without_encoding(monkeypatch: pytest.MonkeyPatch) -> object:
    def fail(name: str) -> tiktoken.Encoding:
        raise ValueError(f"unknown {name}")

    monkeypatch.setattr(tiktoken, "get_encoding", fail)
    tokens._encoding.cache_clear()
    yield
    tokens._encoding.cache_clear()


def test_counts_with_the_bundled_encoding() -> None:
    assert tokens.count("") == 0
    assert tokens.count("Ask first, then listen.") == 6
    assert tokens.count("<|endoftext|>") > 1
    assert tokens.count("a" * 100_000) < 100_000


def test_estimates_when_the_encoding_is_missing(without_encoding: object) -> None:
    assert tokens.count("Ask first, then listen.") == 8
    assert tokens.cut("Ask first, then listen.", 3) == "Ask"


@given(st.text(max_size=200), st.integers(0, 60))
def test_a_cut_is_a_beginning_that_fits(text: str, limit: int) -> None:
    kept = tokens.cut(text, limit)
    assert text.startswith(kept) and tokens.count(kept) <= limit


def test_a_cut_ends_with_a_whole_word() -> None:
    assert tokens.cut("Ask first, then listen carefully.", 4) == "Ask first, then"
    assert tokens.cut("short", 10) == "short"
