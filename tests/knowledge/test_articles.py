"""Staff get file, line and remedy for every fault of an article, and what they wrote otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import ContentError
from coach.knowledge.articles import parsed_yaml, read_article
from tests.knowledge.invented import HARBOUR

NAME = "tidy-harbour.md"


def written(tmp_path: Path, text: str, name: str = NAME) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_an_article_is_read_as_it_was_written(tmp_path: Path) -> None:
    article = read_article(written(tmp_path, HARBOUR))
    ropes, why, _ = article.sections
    assert (article.header.id, article.header.sources) == ("tidy-harbour", ["harbour-book", "lantern-notes"])
    assert [section.id for section in article.sections] == ["three-ropes", "why-ropes", "ingrid-sund"]
    assert ropes.heading == "The three ropes every pier needs"
    assert ropes.body.startswith("The harbour book names") and ropes.body.endswith("along the pier.")
    assert "<!--" not in ropes.body and "asked" not in ropes.body
    assert (ropes.notes.type, ropes.notes.why, ropes.notes.next) == (
        "list",
        "tidy-harbour#why-ropes",
        ["quiet-lantern#oil"],
    )
    assert why.line == line_of(HARBOUR, "{#why-ropes}")


# What is changed, the line that is to be blamed (by its text after the change), and what is said about it.
FAULTS = {
    "no front matter": (("---\nid:", "id:"), "id: tidy", "front matter is missing"),
    "front matter without end": (("2026-01-31\n---\n", "2026-01-31\n"), "---", "front matter does not end"),
    "an unknown key": (("kind: guidance", "kind: guidance\ncolour: blue"), "id: tidy", "colour"),
    "no title": (("title: Keeping a harbour tidy\n", ""), "id: tidy", "title"),
    "a kind that does not exist": (("kind: guidance", "kind: poem"), "id: tidy", "kind"),
    "a date that is none": (("2026-01-31", "soon"), "id: tidy", "reviewed"),
    "no source": (("[harbour-book, lantern-notes]", "[]"), "id: tidy", "sources"),
    "front matter that is no YAML": (("title: Keeping", "title: Keeping: a"), "title:", "mapping values"),
    "another id than the file": (
        ("id: tidy-harbour\n", "id: untidy-harbour\n"),
        "id: untidy",
        "the id is untidy-harbour",
    ),
    "text before the first section": (("---\n## The three", "---\nHello.\n## The three"), "Hello.", "before the first"),
    "a heading without id": ((" {#why-ropes}", ""), "## Why ropes", "the heading has no id"),
    "an id in capitals": (("{#why-ropes}", "{#Why-Ropes}"), "## Why ropes", "the heading has no id"),
    "an id used twice": (("{#ingrid-sund}", "{#three-ropes}"), "## Who is", "used in line 8 too"),
    "an empty section": (
        ("Ropes matter because a drifting vessel damages its neighbours within one tide.\n", ""),
        "## Why ropes",
        "the section is empty",
    ),
    "a deeper heading": (("Ropes matter because", "### Deeper\nRopes matter because"), "### Deeper", "heading inside"),
    "no comment block": (("<!--\ntype: advice\n", ""), "## Why ropes", "one comment block"),
    "text after the block": (
        ("up a vessel\n-->\n", "up a vessel\n-->\nOne more.\n"),
        "One more.",
        "after the comment block",
    ),
    "an unknown type": (("type: advice", "type: rumour"), "type: rumour", "type"),
    "too few ways to ask": (("- what happens without ropes\n- do I really need ropes\n", ""), "type: advice", "asked"),
    "a mistyped key": (("why: tidy-harbour#why-ropes", "wy: tidy-harbour#why-ropes"), "type: list", "wy"),
    "a reference without section": (("why: tidy-harbour#why-ropes", "why: tidy-harbour"), "type: list", "why"),
    "a block that is no YAML": (("- why do ropes matter?", "- why do: ropes: matter?"), "- why do:", "mapping values"),
    "a question that YAML reads as a mapping": (("- why do ropes matter?", "- ropes: why?"), "type: advice", "asked.0"),
}


@pytest.mark.parametrize(("edit", "blamed", "problem"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_file_line_and_remedy(
    tmp_path: Path, edit: tuple[str, str], blamed: str, problem: str
) -> None:
    assert HARBOUR.count(edit[0]) == 1
    text = HARBOUR.replace(*edit)
    with pytest.raises(ContentError) as caught:
        read_article(written(tmp_path, text))
    assert caught.value.problem.startswith(f"{NAME}, line {line_of(text, blamed)}: ")
    assert problem in caught.value.problem
    assert caught.value.remedy


def test_an_article_without_sections(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="has no section"):
        read_article(written(tmp_path, HARBOUR.split("## ")[0]))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"gone\.md cannot be read"):
        read_article(tmp_path / "gone.md")
    path = tmp_path / "latin.md"
    path.write_bytes("Führung".encode("latin-1"))
    with pytest.raises(ContentError, match="UTF-8"):
        read_article(path)


def test_windows_line_ends_and_an_empty_file(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes(HARBOUR.replace("\n", "\r\n").encode())
    assert len(read_article(path).sections) == 3
    with pytest.raises(ContentError, match="line 1"):
        read_article(written(tmp_path, ""))


def test_yaml_makes_plain_data_only(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"x\.yaml, line 6"):
        parsed_yaml("!!python/object/apply:os.getcwd []", tmp_path / "x.yaml", first_line=6)


LINES = st.sampled_from(
    [*HARBOUR.splitlines(), "", "---", "<!--", "-->", "## x", "## x {#x}", "type: [", "- a: b: c", "\t"]
)


@given(st.lists(LINES, max_size=40), st.booleans())
def test_any_text_is_an_article_or_a_content_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], with_header: bool
) -> None:
    head = HARBOUR.splitlines()[:7] if with_header else []
    path = written(tmp_path_factory.getbasetemp(), "\n".join([*head, *lines]))
    try:
        article = read_article(path)
    except ContentError as error:
        assert NAME in error.problem and error.remedy
    else:
        assert all(section.body and len(section.notes.asked) >= 3 for section in article.sections)
