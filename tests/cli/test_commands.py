"""The commands on a real index with the real embedding model."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.cli import main
from coach.knowledge.index import lock_holder

Capture = pytest.CaptureFixture[str]
QUESTION = "What are the seven responsibilities?"
SERVER = """
import sys
from coach.settings import load_settings, quiet_third_parties
quiet_third_parties()
from coach.bootstrap import build_coach
coach = build_coach(load_settings())
for question in sys.stdin:
    print(coach.ask(question.strip()).text.replace("\\n", " "), flush=True)
"""


def output(capsys: Capture, *arguments: str) -> str:
    capsys.readouterr()
    assert main(arguments) == 0
    return capsys.readouterr().out


@pytest.fixture
def server(at_home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the index, as the web server does; it answers a question a line."""
    assert main(["index", "--rebuild"]) == 0  # this process may hold the build that was there
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def asked(server: subprocess.Popen[str], question: str) -> str:
    assert server.stdin and server.stdout
    server.stdin.write(question + "\n")
    server.stdin.flush()
    return server.stdout.readline()


def until_owner(home: Path, pid: int) -> None:
    """Wait until a process owns the index: it opens it behind its first answer."""
    index = home / "index"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if lock_holder(index / (index / "current").read_text().strip()) == pid:
            return
        time.sleep(0.1)
    pytest.fail("the server did not open the index")


def test_a_question_gets_a_readable_answer_with_sources(at_home: Path, capsys: Capture) -> None:
    shown = output(capsys, "ask", "What", "are", "the", "seven", "responsibilities?")
    assert "1. Strategic Alignment" in shown and "\nSources\n  [1] " in shown and "**" not in shown


def test_a_question_as_json_has_the_keys_of_the_contract(at_home: Path, capsys: Capture) -> None:
    answer = json.loads(output(capsys, "ask", QUESTION, "--json"))
    assert list(answer) == [
        "question", "standalone_question", "status", "answer", "citations", "model", "seconds",
    ]  # fmt: skip
    assert answer["status"] == "answered" and answer["model"] == "builtin"
    assert set(answer["citations"][0]) == {
        "n", "article", "title", "section", "source", "quote", "passage_id", "verified",
    }  # fmt: skip


def test_a_batch_through_standard_input_and_output(
    at_home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": 1, "question": QUESTION}, {"id": 2, "turns": [QUESTION, "and the second one?"]}]
    piped = io.TextIOWrapper(io.BytesIO("\n".join(map(json.dumps, rows)).encode()))
    monkeypatch.setattr("sys.stdin", piped)
    first, second = map(json.loads, output(capsys, "ask", "--batch", "-", "--out", "-").splitlines())
    assert first["id"] == 1 and "executive influence" in second["turns"][1]["answer"].lower()


def test_a_question_can_be_piped(at_home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{QUESTION}\n".encode())))
    assert "Strategic Alignment" in output(capsys, "ask")


def test_without_a_question_there_is_nothing_to_answer(
    at_home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b" \n")))
    assert main(["ask"]) == 2
    assert "The question is empty." in capsys.readouterr().err


def test_a_conversation_on_the_terminal_remembers(
    at_home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(f"{QUESTION}\n\nand the second one?\nquit\nnever read\n"))
    shown = output(capsys, "ask")
    assert "1. Strategic Alignment" in shown and shown.lower().count("executive influence") > 1


def test_the_terminal_answers_the_same_while_a_server_holds_the_index(
    at_home: Path, capsys: Capture, server: subprocess.Popen[str]
) -> None:
    served = asked(server, QUESTION)
    until_owner(at_home, server.pid)
    answer = json.loads(output(capsys, "ask", QUESTION, "--json"))
    assert answer["answer"].replace("\n", " ") == served.rstrip("\n")
    assert f"last opened by process {server.pid}" in output(capsys, "doctor")


def test_documents_are_taken_in_beside_a_server_which_then_finds_them(
    at_home: Path, capsys: Capture, server: subprocess.Popen[str]
) -> None:
    folder = Path("handbook")
    folder.mkdir()
    (folder / "academy.md").write_text("# Academy\n\nThe Zebra Academy trains forklift drivers in Ulm every March.\n")
    (folder / "empty.pdf").touch()
    question = "Where does the Zebra Academy train forklift drivers?"
    assert "Ulm" not in asked(server, question)

    shown = output(capsys, "index", str(folder), "--name", "academy")
    assert "Collection academy: 1 added" in shown and "empty.pdf" in shown
    assert "Ulm" in asked(server, question)
    assert "Ulm" in output(capsys, "ask", question)
    assert "1 unchanged" in output(capsys, "index", str(folder), "--name", "academy")
    assert "Collection academy: 1 documents" in output(capsys, "doctor")

    assert "Removed the collection academy: 1 document." in output(capsys, "index", "--forget", "academy")
    assert "Ulm" not in asked(server, question)
    assert main(["index", "--forget", "academy"]) == 2


def test_an_index_is_rebuilt_on_request(at_home: Path, capsys: Capture) -> None:
    before = (at_home / "index" / "current").read_text()
    assert "is up to date" in output(capsys, "index")
    assert (at_home / "index" / "current").read_text() == before
    output(capsys, "index", "--rebuild")
    assert (at_home / "index" / "current").read_text() != before


def test_a_path_that_does_not_exist_changes_nothing(at_home: Path, capsys: Capture) -> None:
    assert main(["index", "absent"]) == 2
    assert "absent" in capsys.readouterr().err


def test_models_are_listed_and_verified(at_home: Path, capsys: Capture) -> None:
    assert "installed (SHA-256" in output(capsys, "models", "list")
    assert "is what it should be" in output(capsys, "models", "verify")
    assert "is installed in" in output(capsys, "models", "install")


def test_doctor_as_json(at_home: Path, capsys: Capture) -> None:
    report = json.loads(output(capsys, "doctor", "--json"))
    assert report["status"] in ("OK", "WARN")
    assert {"Python", "Index", "Database", "Port"} <= {check["name"] for check in report["checks"]}


def test_doctor_fails_where_nothing_is_installed(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COACH_DATA", str(tmp_path / "new"))
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "FAIL  Embedding model" in shown and "Run `coach models install`." in shown
    assert not os.path.exists(tmp_path / "new")
