"""`coach ask`: one question, a conversation line by line, or a file of questions."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from coach.answer_json import answer_contract
from coach.commands.answer_text import answer_text
from coach.commands.batch import read_batch, write_answers
from coach.commands.starting import say, start
from coach.errors import CoachError
from coach.types import Answer, Exchange

if TYPE_CHECKING:
    from coach.app import Coach

LEAVE = frozenset({"exit", "quit", "bye", ":q"})


def run(arguments: argparse.Namespace) -> int:
    """Answer on standard output, or into the file of a batch."""
    question = clean(" ".join(arguments.question))
    _check(arguments)
    talks = not arguments.question and not arguments.batch and sys.stdin.isatty()
    if not arguments.batch and not talks:
        question = question or clean(_piped(arguments))
        if not question:
            raise CoachError("The question is empty.", 'Write it after the command: coach ask "QUESTION".')
    lines = read_batch(arguments.batch, arguments.out or "-") if arguments.batch else []
    settings = start(model=arguments.model)
    from coach.bootstrap import build_coach

    coach = build_coach(settings, say, recover=False)
    if arguments.batch:
        write_answers(coach, lines, arguments.out or "-")
    elif talks:
        _converse(coach, arguments.json)
    else:
        _show(coach.ask(question), arguments.json)
    return 0


def clean(text: str) -> str:
    """Return text without the halves of characters that a terminal or a file may have cut."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _check(arguments: argparse.Namespace) -> None:
    if arguments.batch and arguments.question:
        raise CoachError("A question and --batch do not go together.", "Leave one of them out.")
    if arguments.out and not arguments.batch:
        raise CoachError("--out belongs to --batch.", "Write coach ask --batch IN --out OUT.")


def _piped(arguments: argparse.Namespace) -> str:
    return "" if arguments.question else sys.stdin.buffer.read().decode("utf-8", "replace")


def _converse(coach: Coach, as_json: bool) -> None:
    with contextlib.suppress(ImportError):
        # Gives `input` editing keys and the questions of this conversation on the arrow keys.
        import readline  # noqa: F401
    print("Ask your question. Ctrl+D or `quit` ends the conversation.")
    history: list[Exchange] = []
    while True:
        try:
            question = clean(input("\n> "))
        except EOFError:
            print()
            return
        if question.lower() in LEAVE:
            return
        if not question:
            continue
        try:
            answer = coach.ask(question, history)
        except CoachError as error:
            say(f"coach: {error}")
            continue
        history.append(Exchange(question, answer))
        print()
        _show(answer, as_json)


def _show(answer: Answer, as_json: bool) -> None:
    if as_json:
        print(as_line(answer_contract(answer), indent=2))
    else:
        print(answer_text(answer, shutil.get_terminal_size().columns))


def as_line(data: dict[str, Any], indent: int | None = None) -> str:
    """Return JSON that every stream can carry: as people read it where that is possible, escaped elsewhere."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return json.dumps(data, ensure_ascii=encoding != "utf8", indent=indent)
