from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from coach.cli import main
from coach.commands.knowledge import schemas
from coach.settings import content_root

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped knowledge that the test may spoil."""
    folder = tmp_path / "knowledge"
    shutil.copytree(content_root() / "knowledge", folder)
    monkeypatch.setenv("COACH_KNOWLEDGE", str(folder))
    return folder


def test_sound_knowledge_is_called_so(copy: Path, capsys: Capture) -> None:
    assert main(["knowledge", "check"]) == 0
    assert "is sound: " in capsys.readouterr().out


def test_every_faulty_file_is_named(copy: Path, capsys: Capture) -> None:
    (copy / "articles" / "extra.md").write_text("no front matter")
    (copy / "articles" / "binary.md").write_bytes(b"\xff\xfe\x00")
    (copy / "objections" / "no-time.yaml").write_text("id: [")
    (copy / "sources.yaml").write_text("id: not a list")
    (copy / "phrases.yaml").unlink()
    assert main(["knowledge", "check"]) == 2
    said = capsys.readouterr().err
    for name in ("extra.md, line 1", "binary.md", "no-time.yaml, line", "sources.yaml, line 1", "phrases.yaml"):
        assert name in said
    assert "has 5 faults" in said


def test_a_broken_reference_is_found_when_every_file_is_sound(copy: Path, capsys: Capture) -> None:
    facts = copy / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    passage = next(line for line in text.splitlines() if "passage:" in line)
    facts.write_text(text.replace(passage, "  passage: no-article#no-section", 1), encoding="utf-8")
    assert main(["knowledge", "check"]) == 2
    assert "there is no section no-article#no-section" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COACH_KNOWLEDGE", str(tmp_path / "absent"))
    assert main(["knowledge", "check"]) == 2
    assert "COACH_KNOWLEDGE" in capsys.readouterr().err


def test_the_committed_schemas_are_current() -> None:
    folder = Path(__file__).resolve().parents[2] / "docs" / "schemas"
    committed = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    assert committed == schemas(), "run `coach knowledge schema --out docs/schemas`"


def test_schemas_are_written_where_they_are_wanted(tmp_path: Path, capsys: Capture) -> None:
    assert main(["knowledge", "schema", "--out", str(tmp_path / "schemas")]) == 0
    assert {path.stem for path in (tmp_path / "schemas").iterdir()} == set(schemas())
    capsys.readouterr()
    assert main(["knowledge", "schema"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(schemas())
    (tmp_path / "file").touch()
    assert main(["knowledge", "schema", "--out", str(tmp_path / "file")]) == 2
