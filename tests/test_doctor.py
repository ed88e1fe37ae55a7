"""What the doctor says about installations that are whole, missing or damaged."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coach.checks.finding import Finding
from coach.checks.holdings import (
    check_articles,
    check_collection,
    check_database,
    check_embedding_model,
    check_index,
)
from coach.checks.installation import check_disk, check_lock, check_python, installed_packages
from coach.checks.network import check_model, check_port, unreachable
from coach.doctor import examine
from coach.knowledge.index import Manifest, content_digest
from coach.knowledge.passages import DocumentRecord, PassageRecord
from coach.models.weights import MINILM, sha256_of
from coach.records.database import open_database
from coach.settings import Settings
from coach.types import Passage

ROOT = Path(__file__).resolve().parents[1]
LOCK = """
[[package]]
name = "executive-coach"
version = "0.1.0"
dependencies = [{ name = "alpha" }, { name = "beta", marker = "sys_platform == 'win32'" }]

[[package]]
name = "alpha"
version = "1.0"

[[package]]
name = "beta"
version = "2.0"
"""
PASSAGES = [PassageRecord(Passage("a#b", "a", "A", "B", "A magazine", "Words."), "articles/a.md")]


# Python, packages, disk


def test_python() -> None:
    assert check_python((3, 13, 1)).status == "OK"
    assert check_python((3, 10, 9)) == Finding("Python", "FAIL", "This is Python 3.10.9.", "Use Python 3.11 or newer.")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "uv.lock").write_text(LOCK)
    return tmp_path


@pytest.mark.parametrize(
    ("installed", "status", "words"),
    [
        ({"alpha": "1.0", "executive-coach": "0.2"}, "OK", "2 installed packages"),
        ({"alpha": "1.0", "gamma": "9"}, "OK", "1 installed packages"),
        ({"alpha": "1.1"}, "WARN", "alpha 1.1 (locked: 1.0)"),
        ({"alpha": "1.0", "beta": "3"}, "WARN", "beta 3 (locked: 2.0)"),
        ({"beta": "2.0"}, "FAIL", "Not installed: alpha."),
    ],
)
def test_packages_are_compared_with_the_lock(
    checkout: Path, installed: dict[str, str], status: str, words: str
) -> None:
    finding = check_lock(checkout, installed)
    assert finding.status == status and words in finding.found
    assert bool(finding.remedy) == (status != "OK")


def test_a_checkout_needs_its_lock_and_a_wheel_does_not(checkout: Path, tmp_path: Path) -> None:
    for content in (None, "not [toml", "package = 5"):
        (checkout / "uv.lock").unlink(missing_ok=True)
        if content:
            (checkout / "uv.lock").write_text(content)
        assert check_lock(checkout, {}).status == "FAIL"
    assert check_lock(tmp_path / "site-packages", {}).status == "OK"


def test_the_packages_of_this_environment_are_the_locked_ones() -> None:
    assert check_lock(ROOT, installed_packages()).status == "OK"


def test_disk_space_is_looked_up_where_the_folder_will_be(tmp_path: Path) -> None:
    assert "GB free" in check_disk(tmp_path / "not" / "yet").found
    (tmp_path / "file").touch()
    assert check_disk(tmp_path / "file" / "data").status == "FAIL"


# Model, database, index, articles, collections


def test_a_missing_and_a_damaged_embedding_model(tmp_path: Path, installed_models: Path) -> None:
    assert "is not installed" in check_embedding_model(MINILM, tmp_path).found
    shutil.copytree(installed_models / MINILM.name, tmp_path / MINILM.name)
    assert check_embedding_model(MINILM, tmp_path).status == "OK"
    with (tmp_path / MINILM.name / "model.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    finding = check_embedding_model(MINILM, tmp_path)
    assert (finding.status, finding.remedy) == ("FAIL", "Run `coach models install`.")


def test_a_sound_and_a_damaged_database(tmp_path: Path) -> None:
    file = tmp_path / "coach.sqlite3"
    database = open_database(f"sqlite:///{file}")
    assert check_database(database).status == "OK"
    database.close()
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(8192)
        stream.write(b"\xff" * (size - 8192))
    assert check_database(database).status == "FAIL"


def manifest(content: str, embedder: str = "mini") -> Manifest:
    return Manifest("build", time.time() - 3 * 86_400, embedder, "1", 1, 1, content)


def test_the_index_is_compared_with_the_store_and_the_embedder(tmp_path: Path) -> None:
    def look(found: Manifest | None, embedder: str | None = "mini") -> Finding:
        return check_index(tmp_path, found, embedder, PASSAGES, time.time())

    current = manifest(content_digest(PASSAGES))
    assert "There is no index" in look(None).found
    assert "another embedding model" in look(current, "other").found
    assert "older than the stored passages" in look(manifest("other")).found
    assert look(current).status == "WARN"
    (tmp_path / "build" / "chroma").mkdir(parents=True)
    (tmp_path / "build" / "keywords").mkdir()
    (tmp_path / "build" / "chroma" / "chroma.sqlite3").touch()
    assert look(current) == Finding("Index", "OK", "1 passages, built 3 days ago")
    assert look(current, None).status == "OK"
    (tmp_path / "build" / "owner.lock").write_text("4711")
    assert "last opened by process 4711" in look(current).found


def test_articles_are_compared_by_their_hash(tmp_path: Path) -> None:
    assert check_articles(tmp_path, []).status == "FAIL"
    (tmp_path / "articles").mkdir()
    (tmp_path / "objections").mkdir()
    article, playbook = tmp_path / "articles" / "a.md", tmp_path / "objections" / "b.yaml"
    article.write_text("one")
    playbook.write_text("two")
    stored = [
        DocumentRecord("articles/a.md", sha256_of(article), 3, 1),
        DocumentRecord("objections/b.yaml", sha256_of(playbook), 3, 1),
    ]
    assert check_articles(tmp_path, stored).status == "OK"
    article.write_text("two")
    playbook.rename(tmp_path / "objections" / "c.yaml")
    finding = check_articles(tmp_path, stored)
    assert finding.status == "WARN"
    for words in ("1 changed (articles/a.md)", "1 new (objections/c.yaml)", "1 gone (objections/b.yaml)"):
        assert words in finding.found


def test_a_collection_whose_documents_moved_is_mentioned(tmp_path: Path) -> None:
    document = tmp_path / "handbook.md"
    document.write_text("words")
    records = [DocumentRecord(str(document), "-", 5, 2)]
    assert check_collection("hr", records) == Finding("Collection hr", "OK", "1 documents, 2 passages")
    document.unlink()
    assert check_collection("hr", records).status == "WARN"


# Language model and port


class Handler(http.server.BaseHTTPRequestHandler):
    replies: dict[str, tuple[int, str]] = {}  # noqa: RUF012 - each server has a class of its own

    def do_GET(self) -> None:
        status, body = self.replies.get(self.path, (404, "nothing"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web(replies: dict[str, tuple[int, str]]) -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), type("Replies", (Handler,), {"replies": replies}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def model(**values: object) -> Settings:
    return Settings(**{"model": "openai:some-model", **values})  # type: ignore[arg-type]


def test_the_built_in_coach_needs_no_server() -> None:
    assert check_model(model(model="builtin")).status == "OK"


def test_a_model_server_that_answers_is_reachable_even_when_it_refuses() -> None:
    for status in (200, 401, 404):
        with web({"/v1/models": (status, "{}")}) as port:
            assert check_model(model(model_base_url=f"http://127.0.0.1:{port}/v1/")).status == "OK"


def test_a_model_server_that_fails_or_is_absent() -> None:
    with web({"/v1/models": (503, "")}) as port:
        assert "failed (503)" in check_model(model(model_base_url=f"http://127.0.0.1:{port}/v1")).found
    finding = check_model(model(model_base_url=f"http://127.0.0.1:{closed_port()}/v1"))
    assert finding.status == "FAIL" and "connection refused" in finding.found and "COACH_MODEL" in finding.remedy


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "cannot be reached" in unreachable(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", 0.2)


def test_a_model_that_cannot_be_set_up() -> None:
    missing = check_model(model())
    assert missing.status == "FAIL" and "OPENAI_API_KEY" in missing.remedy
    assert check_model(model(model="nonsense")).status == "FAIL"
    assert "COACH_OUTBOUND=off" in check_model(model(outbound="off")).found


def test_the_key_is_never_shown() -> None:
    finding = check_model(model(model_api_key="sk-secret", model_base_url=f"http://127.0.0.1:{closed_port()}/v1"))
    assert "sk-secret" not in str(finding)


def test_a_free_port_one_of_ours_and_one_of_somebody_else() -> None:
    assert check_port("127.0.0.1", closed_port()).status == "OK"
    with web({"/health": (200, json.dumps({"status": "ok", "model": "builtin"}))}) as port:
        assert "is serving" in check_port("127.0.0.1", port).found
    for health in ((200, "hello"), (200, "[]"), (404, "")):
        with web({"/health": health}) as port:
            finding = check_port("127.0.0.1", port)
            assert finding.status == "FAIL" and f"--port {port + 1}" in finding.remedy


def test_an_address_of_another_machine() -> None:
    assert check_port("192.0.2.1", closed_port()).status == "FAIL"


# As a whole


def test_an_empty_machine_gets_a_finding_for_everything(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", model="builtin", port=closed_port())
    findings = {finding.name: finding.status for finding in examine(settings)}
    assert findings == {
        "Python": "OK",
        "Locked packages": "OK",
        "Disk": "OK",
        "Embedding model": "FAIL",
        "Database": "WARN",
        "Index": "FAIL",
        "Language model": "OK",
        "Port": "OK",
    }
    assert not settings.data.exists()


def test_a_database_that_cannot_be_opened_does_not_end_the_examination(tmp_path: Path) -> None:
    (tmp_path / "coach.sqlite3").write_text("not a database" * 1000)
    settings = Settings(data=tmp_path, model="builtin", port=closed_port())
    findings = {finding.name: finding for finding in examine(settings)}
    assert findings["Database"].status == "FAIL" and findings["Database"].remedy
    assert findings["Port"].status == "OK"
