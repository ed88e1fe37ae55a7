"""Eight learners who press Send at the same moment, against a server that was really started."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from benchmarks.isolated import ROOT, tree_mb
from benchmarks.report import Table, Target, percentile

LEARNERS, ROUNDS = 8, 3
_PATIENCE = 60.0
# The class of the element that holds an answer's words; before it there is only the note that the coach is reading.
_WORDS = "text-body"


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """What was measured, as a table, targets and the memory of the server in MB."""

    table: Table
    targets: tuple[Target, ...]
    memory_mb: float | None


def measure_server(environment: Mapping[str, str], questions: Sequence[str]) -> ServerFigures:
    """Start a server on existing data and let the learners ask, three times; no question comes twice."""
    with _served(environment) as (address, starting, process), ThreadPoolExecutor(LEARNERS) as pool:
        learners = list(pool.map(lambda _: Learner(address), range(LEARNERS)))
        waits: list[tuple[float, float]] = []
        for turn in range(ROUNDS):
            together = threading.Barrier(LEARNERS)
            asked = questions[turn * LEARNERS : (turn + 1) * LEARNERS]
            waits += pool.map(Learner.ask, learners, asked, [together] * LEARNERS)
        memory = tree_mb(process.pid)
        for learner in learners:
            learner.close()
    firsts, wholes = [first for first, _ in waits], [whole for _, whole in waits]
    rows = (
        ("serving after the start of `coach serve`", starting, None),
        ("first word, right after the start", percentile(firsts[:LEARNERS], 0.5), max(firsts[:LEARNERS])),
        ("first word, later", percentile(firsts[LEARNERS:], 0.5), max(firsts[LEARNERS:])),
        ("whole answer", percentile(wholes, 0.5), max(wholes)),
    )
    title = f"Server: {LEARNERS} learners at once, {ROUNDS} questions each (seconds)"
    targets = (
        Target(f"first word for {LEARNERS} learners at once, slowest", max(firsts), 1.5, "s"),
        Target("serving on a second start", starting, 6.0, "s"),
    )
    notes = () if memory is None else (f"Memory of the server afterwards: {memory:,.0f} MB.",)
    return ServerFigures(Table(title, ("", "p50", "slowest"), rows, notes), targets, memory)


class Learner:
    """A browser as far as the queue of Gradio needs one: a cookie, a session, a stream of changes to the page."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=_PATIENCE)
        self._client.get("/").raise_for_status()
        config = self._client.get("/config").raise_for_status().json()
        self._event = _event(config)
        self._conversation = ""

    def ask(self, question: str, together: threading.Barrier) -> tuple[float, float]:
        """Ask when all are ready; return the seconds to the first word and to the end of the answer."""
        session = secrets.token_hex(6)
        together.wait(_PATIENCE)
        started = time.perf_counter()
        first: float | None = None
        for message in self._messages(session, question):
            if first is None and _WORDS in message:
                first = time.perf_counter() - started
        if first is None:
            raise RuntimeError(f"no answer came to: {question}")
        return first, time.perf_counter() - started

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _messages(self, session: str, question: str) -> Iterator[str]:
        body = {"data": ["", question, ""], "fn_index": self._event, "session_hash": session}
        self._client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                if message["msg"] in ("process_generating", "process_completed"):
                    yield line
                if message["msg"] in ("process_completed", "close_stream", "unexpected_error"):
                    return


def _event(config: Mapping[str, list[dict[str, object]]]) -> int:
    """Return the number of the event that the question field's Enter starts."""
    fields = [part["id"] for part in config["components"] if _properties(part).get("elem_id") == "question"]
    for dependency in config["dependencies"]:
        if [fields[0], "submit"] in list(map(list, dependency["targets"])):  # type: ignore[call-overload]
            return int(str(dependency["id"]))
    raise RuntimeError("the page has no event for its question field")


def _properties(part: Mapping[str, object]) -> Mapping[str, object]:
    properties = part.get("props")
    return properties if isinstance(properties, dict) else {}


@contextmanager
def _served(environment: Mapping[str, str]) -> Iterator[tuple[str, float, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "coach", "serve", "--host", "127.0.0.1", "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _until_healthy(address, process, started)
        yield address, time.perf_counter() - started, process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_healthy(address: str, process: subprocess.Popen[bytes], started: float) -> None:
    while process.poll() is None and time.perf_counter() - started < _PATIENCE:
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start; see coach.log in its data folder")
