"""How every command starts: quiet libraries, settings, a log file in the data folder."""

from __future__ import annotations

import io
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

from coach.settings import Settings, load_settings, quiet_third_parties

LOG = "coach.log"
LOG_BYTES = 2_000_000


class LogFile(logging.FileHandler):
    """A file that appears with its first entry, readable by this account only; the former one is kept as `.1`.

    Where it cannot be written the entry is lost: a full disk must not stop an answer.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self.setLevel(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def _open(self) -> io.TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size > LOG_BYTES:
            os.replace(path, path.with_name(f"{path.name}.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def emit(self, record: logging.LogRecord) -> None:
        """Write one entry."""
        try:
            super().emit(record)
        except OSError:
            self.close()

    def handleError(self, record: logging.LogRecord) -> None:
        """Lose the entry."""


def start(**overrides: object) -> Settings:
    """Return the settings, given values first; warnings and errors of this process go to the log from here on.

    Raises:
        SettingsError: a value that cannot be used.
    """
    quiet_third_parties()
    settings = load_settings(overrides)
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LogFile)]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(LogFile(settings.data / LOG))
    logging.captureWarnings(True)
    return settings


def say(sentence: str, stream: TextIO | None = None) -> None:
    """Tell whoever waits what is going on, on standard error."""
    print(sentence, file=stream or sys.stderr, flush=True)
