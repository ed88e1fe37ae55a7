"""Follows the index: opens it on first use and again when a new build has been swapped in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from coach.errors import CoachError
from coach.knowledge.index import CURRENT

log = logging.getLogger(__name__)

_View = TypeVar("_View")


class Live(Generic[_View]):
    """Returns what `make` made of the index in use; asking costs one small file read."""

    def __init__(self, folder: Path, make: Callable[[], _View]) -> None:
        self._pointer = folder / CURRENT
        self._make = make
        self._lock = threading.Lock()
        self._build = ""
        self._view: _View | None = None

    def __call__(self) -> _View:
        """Return the view of the current build.

        Raises:
            IndexUnavailable: there is no usable index.
        """
        build = self._current()
        with self._lock:
            if self._view is None:
                self._view, self._build = self._make(), build
            elif build and build != self._build:
                self._build = build
                try:
                    self._view = self._make()
                except CoachError as error:
                    log.error("the new index cannot be used, the former one stays in use: %s", error)
            return self._view

    def _current(self) -> str:
        try:
            return self._pointer.read_text().strip()
        except OSError:
            return ""
