"""`coach ask --batch`: JSON Lines in, JSON Lines out, in the same order, one start of the program.

A line is `{"id", "question"}` or `{"id", "turns": [...]}`; a line that cannot be answered gives `{"id", "error"}`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from coach.answer_json import answer_contract
from coach.errors import CoachError
from coach.knowledge.documents.progress import Bar
from coach.types import Exchange

if TYPE_CHECKING:
    from coach.app import Coach

STANDARD = "-"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch: the questions of a conversation (`single` when it was not given as turns), or a fault."""

    id: Any
    questions: tuple[str, ...] = ()
    single: bool = True
    fault: str = ""


def read_batch(source: str, target: str) -> list[Line]:
    """Return the lines of a batch; empty ones are passed over.

    Raises:
        CoachError: the file cannot be read, or the answers would overwrite it or have no folder.
    """
    try:
        data = sys.stdin.buffer.read() if source == STANDARD else Path(source).read_bytes()
        if target != STANDARD and source != STANDARD and Path(target).exists() and Path(source).samefile(target):
            raise CoachError("--batch and --out name the same file.", "Give --out another name.")
    except OSError as error:
        raise CoachError(f"{source} cannot be read: {_reason(error)}.", "Check the path after --batch.") from None
    if target != STANDARD and not Path(target).absolute().parent.is_dir():
        raise CoachError(f"There is no folder for {target}.", "Make the folder first, or mend --out.")
    rows = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [parse_line(row, number) for number, row in enumerate(rows, 1) if row.strip()]


def parse_line(row: bytes, number: int) -> Line:
    """Return one line, with its fault when it is not what a batch holds."""
    try:
        data = json.loads(row)
    except (ValueError, RecursionError) as error:
        return Line(None, fault=f"Line {number} is not JSON ({error}).")
    if not isinstance(data, dict):
        return Line(None, fault=f'Line {number} is not an object such as {{"id": "1", "question": "…"}}.')
    name, question, turns = data.get("id"), data.get("question"), data.get("turns")
    if (question is None) == (turns is None):
        return Line(name, fault=f"Line {number} needs either a question or turns.")
    single = turns is None
    questions = [question] if single else turns
    if not isinstance(questions, list) or not questions or not all(isinstance(text, str) for text in questions):
        wanted = "question must be a text" if single else "turns must be a list of texts"
        return Line(name, fault=f"Line {number}: {wanted}.")
    cleaned = tuple(text.encode("utf-8", "replace").decode("utf-8").strip() for text in questions)
    if not all(cleaned):
        return Line(name, fault=f"Line {number}: the question is empty.")
    return Line(name, cleaned, single)


def write_answers(coach: Coach, lines: Sequence[Line], target: str) -> None:
    """Answer every line and write it as soon as it is there, so that an interruption loses nothing that was done.

    Raises:
        CoachError: the file cannot be written.
    """
    bar = Bar(sys.stderr)
    faults = 0
    try:
        with _opened(target) as stream:
            bar.begin("Answering", len(lines))
            for line in lines:
                data = answered(coach, line)
                faults += "error" in data
                stream.write(json.dumps(data, ensure_ascii=False) + "\n")
                stream.flush()
                bar.advance()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CoachError(f"{target} cannot be written: {_reason(error)}.", "Check the path after --out.") from None
    finally:
        bar.end()
    print(f"{len(lines) - faults} of {len(lines)} lines answered, {faults} with an error.", file=sys.stderr)


def answered(coach: Coach, line: Line) -> dict[str, Any]:
    """Return the line's answer, answers of its turns, or error, in the JSON of the contract."""
    if line.fault:
        return {"id": line.id, "error": line.fault}
    history: list[Exchange] = []
    try:
        for question in line.questions:
            history.append(Exchange(question, coach.ask(question, history)))
    except CoachError as error:
        return {"id": line.id, "error": str(error)}
    except Exception as error:  # one line's failure must not cost the others their answers
        log.exception("line %r of a batch", line.id)
        return {"id": line.id, "error": f"The question could not be answered ({type(error).__name__}); see the log."}
    answers = [answer_contract(exchange.answer) for exchange in history if exchange.answer]
    return {"id": line.id, **answers[0]} if line.single else {"id": line.id, "turns": answers}


@contextlib.contextmanager
def _opened(target: str) -> Iterator[TextIO]:
    if target == STANDARD:
        getattr(sys.stdout, "reconfigure", lambda **_: None)(encoding="utf-8", errors="backslashreplace")
        yield sys.stdout
        return
    # JSON may escape the half of a character, a file cannot hold it: it is written as it was, escaped.
    with open(target, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        yield stream


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
