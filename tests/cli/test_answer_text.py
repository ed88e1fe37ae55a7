from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coach.commands.answer_text import answer_text
from coach.types import Citation
from tests.cli.fakes import answer

TEXT = """Name the **extra work** they carry. [1]

1. **First**: show where the same training is built twice, in two groups, by two teams, at twice the cost. [1]
- a *short* point

> “I want to take work off your desk.”
"""
SOURCE = Citation(1, "a", "An article", "“No.”", "A magazine", "the **same** training\n- is built twice", "a#b", True)


def test_an_answer_is_wrapped_text_with_numbered_sources_and_quotes() -> None:
    assert answer_text(answer("?", TEXT, SOURCE), 60) == (
        "Name the extra work they carry. [1]\n"
        "\n"
        "  1. First: show where the same training is built twice, in\n"
        "     two groups, by two teams, at twice the cost. [1]\n"
        "  - a short point\n"
        "\n"
        "    “I want to take work off your desk.”\n"
        "\n"
        "Sources\n"
        "  [1] An article. “No.”. A magazine\n"
        "      “the same training - is built twice”"
    )


def test_a_quote_that_was_not_found_is_called_so() -> None:
    unverified = Citation(2, "a", "An article", "", "A magazine", "words", "a#b", False)
    assert "Not verified" in answer_text(answer("?", "Text [2]", unverified))


def test_a_notice_stands_below() -> None:
    assert answer_text(answer("?", "Text", notice="The model failed.")).endswith("\n\nNote: The model failed.")


def test_multiplication_and_marks_inside_words_stay() -> None:
    assert answer_text(answer("?", "2 * 3 * 4 and a_name_here")) == "2 * 3 * 4 and a_name_here"


@given(st.text(), st.integers(1, 300))
def test_no_text_breaks_it_or_steers_the_terminal(text: str, columns: int) -> None:
    shown = answer_text(answer("?", text), columns)
    assert not any(ord(character) < 32 and character != "\n" for character in shown)
    assert "\x1b" not in shown and "\x9b" not in shown
