"""The edge: what a person reads when something is wrong, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from coach.cli import main

Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, *arguments: str) -> str:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("coach: ") and printed.err.count("\n") == 1 and "Traceback" not in printed.err
    return printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "See `coach --help`"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["ask", "--frobnicate"], "Unrecognized arguments: --frobnicate"),
        (["models"], "See `coach models --help`"),
        (["models", "verify", "--model", "gpt-9"], "There is no model gpt-9. The models are: all-MiniLM-L6-v2."),
        (["models", "verify"], "Run `coach models install`."),
        (["ask", "Why?"], "Run `coach models install`."),
        (["ask", "Why?", "--batch", "in"], "do not go together"),
        (["ask", "Why?", "--out", "out"], "--out belongs to --batch"),
        (["ask", "--batch", "absent.jsonl"], "absent.jsonl cannot be read: no such file or directory"),
        (["serve", "--port", "http"], "The setting port cannot be used"),
        (["serve", "--port", "0"], "The setting port cannot be used"),
        (["index", "--name", "x"], "Write coach index PATH --name NAME."),
        (["index", "here", "--forget", "x"], "one after the other"),
    ],
)
def test_a_mistake_gives_one_sentence(arguments: list[str], words: str, capsys: Capture) -> None:
    assert words in refused(capsys, *arguments)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COACH_OUTBOUND", "maybe")
    assert "COACH_OUTBOUND" in refused(capsys, "models", "list")


def test_outbound_off_refuses_to_fetch(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COACH_OUTBOUND", "off")
    assert "may not be fetched" in refused(capsys, "models", "install")


def test_a_fault_of_ours_is_a_sentence_and_a_traceback_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv("COACH_DATA", str(folder))
    monkeypatch.setattr("coach.commands.models.KNOWN", None)
    sentence = refused(capsys, "models", "list")
    assert "should not have (AttributeError)" in sentence and str(folder / "coach.log") in sentence
    log = folder / "coach.log"
    assert "Traceback" in log.read_text() and log.stat().st_mode & 0o077 == 0


def test_an_unwritable_log_does_not_hide_the_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    (tmp_path / "data").touch()
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("coach.commands.models.KNOWN", None)
    assert "Its message was" in refused(capsys, "models", "list")


def test_an_interruption_is_not_an_error_message(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coach.commands.models.start", interrupted)
    assert main(["models", "list"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_leaves_is_no_error() -> None:
    command = [sys.executable, "-c", "import sys; from coach.cli import main; sys.exit(main(['knowledge', 'schema']))"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_help_and_version_need_nothing_heavy(capsys: Capture) -> None:
    code = (
        "import sys; from coach.cli import main; assert main(['--help']) == 0; "
        "sys.exit(' '.join({'pydantic', 'numpy', 'gradio', 'sqlalchemy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and "doctor" in done.stdout
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("coach 0.")
