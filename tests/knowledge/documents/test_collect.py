"""Which files the named paths stand for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coach.errors import DocumentError
from coach.knowledge.documents.collect import collect


def labels(*paths: Path) -> list[str]:
    return [file.label for file in collect(paths).files]


def test_folders_are_listed_in_a_stable_order_with_known_kinds_only(files) -> None:
    for name in ("b.txt", "A.PDF", "sub/c.md", "sub/d.exe", ".hidden.txt", ".git/e.txt", "~$b.docx", "old.doc"):
        files.text(name)
    found = collect([files.folder])
    assert [file.label for file in found.files] == ["handbooks/A.PDF", "handbooks/b.txt", "handbooks/sub/c.md"]
    assert found.passed_by == {".doc": 1}
    assert not found.skipped


def test_a_file_named_twice_comes_once(files) -> None:
    path = files.text("a.txt")
    assert labels(path, files.folder, files.folder / "sub" / "..") == ["a.txt"]


def test_a_missing_path_is_an_error_with_a_remedy(files) -> None:
    with pytest.raises(DocumentError, match="does not exist") as caught:
        collect([files.folder / "nowhere"])
    assert caught.value.remedy
    with pytest.raises(DocumentError, match="No file"):
        collect([])


def test_an_unknown_kind_is_named_only_when_given_itself(files) -> None:
    film = files.text("film.mp4")
    assert not collect([files.folder]).skipped
    (skipped,) = collect([film]).skipped
    assert ".mp4" in skipped.problem and skipped.path == str(film)


def test_links_that_leave_the_folder_are_skipped(files, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    inside = files.text("real.txt")
    (files.folder / "file.txt").symlink_to(outside / "secret.txt")
    (files.folder / "folder").symlink_to(outside)
    (files.folder / "loop").symlink_to(files.folder)
    (files.folder / "same.txt").symlink_to(inside)
    (files.folder / "dead.txt").symlink_to(files.folder / "gone.txt")
    found = collect([files.folder])
    assert [file.label for file in found.files] == ["handbooks/real.txt", "handbooks/same.txt"]
    assert sorted(Path(skipped.path).name for skipped in found.skipped) == ["dead.txt", "file.txt", "folder"]


def test_a_link_named_itself_is_followed(files, tmp_path: Path) -> None:
    files.text("real.txt")
    link = tmp_path / "link"
    link.symlink_to(files.folder)
    assert labels(link) == ["link/real.txt"]


def test_names_in_any_script_and_composition(files) -> None:
    files.text("Fu\u0308hrung 领导力.txt")
    assert labels(files.folder) == ["handbooks/F\u00fchrung 领导力.txt"]


def test_names_cannot_break_ids_or_rewrite_a_terminal(files) -> None:
    files.text("C# \x1b[2Jguide\n.txt")
    assert labels(files.folder) == ["handbooks/C- [2Jguide .txt"]
    (files.folder / "bad\x1b[2J.txt").symlink_to("/nowhere")
    (skipped,) = collect([files.folder]).skipped
    assert skipped.sentence.isprintable()


def test_special_files_and_unstorable_names_are_skipped(files) -> None:
    files.text("fine.txt")
    os.mkfifo(files.path("pipe.txt"))
    Path(os.fsdecode(os.fsencode(files.folder) + b"/bad\xff.txt")).write_text("text")
    found = collect([files.folder])
    assert [file.path.name for file in found.files] == ["fine.txt"]
    assert sorted(skipped.problem for skipped in found.skipped) == [
        "The file name is not valid Unicode.",
        "This is not an ordinary file.",
    ]
    for skipped in found.skipped:
        skipped.sentence.encode()
