from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.commands.batch import parse_line, read_batch, write_answers
from coach.errors import CoachError
from tests.cli.fakes import echo_coach

KEYS = ["id", "question", "standalone_question", "status", "answer", "citations", "model", "seconds"]


def run(folder: Path, *rows: str | bytes) -> list[Any]:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_bytes(b"\n".join(row if isinstance(row, bytes) else row.encode() for row in rows))
    write_answers(echo_coach(folder), read_batch(str(source), str(target)), str(target))
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_answers_keep_order_and_id_and_have_the_keys_of_the_contract(tmp_path: Path) -> None:
    rows = run(tmp_path, '{"id": "b", "question": "Second?"}', '{"id": 7, "question": "First?"}', "")
    assert [(row["id"], row["answer"]) for row in rows] == [("b", "1: Second?"), (7, "1: First?")]
    assert list(rows[0]) == KEYS


def test_turns_are_one_conversation_and_lines_are_not(tmp_path: Path) -> None:
    rows = run(tmp_path, '{"id": 1, "turns": ["one", "two"]}', '{"id": 2, "question": "three"}')
    assert [turn["answer"] for turn in rows[0]["turns"]] == ["1: one", "2: two"]
    assert list(rows[0]) == ["id", "turns"]
    assert list(rows[0]["turns"][0]) == KEYS[1:]
    assert rows[1]["answer"] == "1: three"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("nonsense", None),
        ("[1, 2]", None),
        ("\ufeff", None),
        (b"\xff\xfe", None),
        ('{"id": "x"}', "x"),
        ('{"id": "x", "question": "a", "turns": ["b"]}', "x"),
        ('{"id": "x", "question": 5}', "x"),
        ('{"id": "x", "question": "  "}', "x"),
        ('{"id": "x", "turns": []}', "x"),
        ('{"id": "x", "turns": "one"}', "x"),
        ('{"id": "x", "turns": ["one", null]}', "x"),
        ('{"id": "x", "turns": ["one", ""]}', "x"),
        ('{"id": "x", "question": "refuse"}', "x"),
        ('{"id": "x", "question": "break"}', "x"),
        ('{"id": "x", "turns": ["one", "break"]}', "x"),
        ("[" * 100_000, None),
    ],
)
def test_a_bad_line_costs_only_itself(tmp_path: Path, row: str | bytes, name: str | None) -> None:
    before, bad, after = run(tmp_path, '{"id": 1, "question": "a"}', row, '{"id": 3, "question": "c"}')
    assert (before["answer"], after["answer"]) == ("1: a", "1: c")
    assert set(bad) == {"id", "error"} and bad["id"] == name and bad["error"].endswith((".", "log."))


def test_half_a_character_is_answered_and_kept_in_the_id(tmp_path: Path) -> None:
    (row,) = run(tmp_path, '{"id": "\\ud83d", "question": "half \\ud83d"}')
    assert row["id"] == "\ud83d" and row["answer"] == "1: half ?"


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    (row,) = run(tmp_path, b'\xef\xbb\xbf{"id": 1, "question": "a"}\r', b"\r")
    assert row["answer"] == "1: a"


def test_an_empty_batch_gives_an_empty_file(tmp_path: Path) -> None:
    assert run(tmp_path, "") == []


def test_the_answers_must_not_overwrite_the_questions(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "question": "a"}\n')
    with pytest.raises(CoachError, match="same file"):
        read_batch(str(source), str(tmp_path / "." / "in.jsonl"))
    assert source.read_text()


def test_what_cannot_be_read_or_written_is_said_before_anything_is_answered(tmp_path: Path) -> None:
    with pytest.raises(CoachError, match="cannot be read: no such file"):
        read_batch(str(tmp_path / "absent"), "-")
    (tmp_path / "in.jsonl").touch()
    with pytest.raises(CoachError, match="no folder"):
        read_batch(str(tmp_path / "in.jsonl"), str(tmp_path / "absent" / "out.jsonl"))
    with pytest.raises(CoachError, match="cannot be written"):
        write_answers(echo_coach(tmp_path), [], str(tmp_path))


def test_progress_is_shown_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, '{"id": 1, "question": "a"}', "x")
    printed = capsys.readouterr()
    assert printed.out == "" and "Answering" in printed.err and "1 of 2 lines answered, 1 with an error" in printed.err


@given(st.binary())
def test_any_bytes_are_a_line(row: bytes) -> None:
    line = parse_line(row, 1)
    assert bool(line.fault) != bool(line.questions)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_is_a_line(data: object) -> None:
    line = parse_line(json.dumps({"id": data, "question": data, "turns": None}).encode(), 1)
    assert line.id == data
    assert bool(line.fault) != bool(line.questions)
