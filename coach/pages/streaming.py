"""Carries an answer from the thread that writes it to the page: in even steps, and stoppable at any moment."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Generic, TypeVar

_log = logging.getLogger(__name__)
Event = TypeVar("Event")

STEP = 0.05  # seconds of words shown together: smooth to read, and few enough messages for eight readers at once
WAIT_AT_STOP = 0.2  # seconds a stopped answer gets to be stored by the thread that writes it


class StopSwitches:
    """Lets a Stop button reach the answers that are being written in a conversation; holds nothing afterwards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._switches: dict[tuple[str, str], set[threading.Event]] = {}

    @contextmanager
    def listed(self, visitor: str, conversation: str, switch: threading.Event) -> Iterator[None]:
        """Keep a switch reachable for the length of a block."""
        key = (visitor, conversation)
        with self._lock:
            self._switches.setdefault(key, set()).add(switch)
        try:
            yield
        finally:
            with self._lock:
                self._switches[key].discard(switch)
                if not self._switches[key]:
                    del self._switches[key]

    def stop(self, visitor: str, conversation: str) -> int:
        """Stop what is being written for this visitor in this conversation; return how many answers that were."""
        with self._lock:
            switches = list(self._switches.get((visitor, conversation), ()))
        for switch in switches:
            switch.set()
        return len(switches)


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class _End:
    pass


class PacedStream(Generic[Event]):
    """Runs a generator in its own thread and hands out what it yields in batches.

    Setting `switch` ends the batches at once, whatever the generator waits for; it is closed once it yields again.
    A failure of the generator is raised after the batches that came before it.
    """

    def __init__(
        self,
        events: Generator[Event, None, None],
        switch: threading.Event,
        step: float = STEP,
    ) -> None:
        self._events = events
        self._switch = switch
        self._step = step
        self._arrived: SimpleQueue[Event | _Failure | _End] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="answer", daemon=True)

    def batches(self) -> Iterator[list[Event]]:
        """Yield the first event alone, then what arrived since the last batch; leaving early stops the generator."""
        self._thread.start()
        batch, failure, ended = self._sorted([self._arrived.get()])
        try:
            while True:
                if batch and not self._switch.is_set():
                    yield batch
                if failure:
                    raise failure
                if ended or self._switch.is_set():
                    return
                batch, failure, ended = self._sorted(self._arrivals())
        finally:
            self._switch.set()

    def wait(self, seconds: float = WAIT_AT_STOP) -> None:
        """Give a stopped generator time to put its affairs in order."""
        self._thread.join(seconds)

    def _arrivals(self) -> list[Event | _Failure | _End]:
        """Return what arrives within one step; the end of the stream cuts the step short."""
        arrived: list[Event | _Failure | _End] = []
        until = monotonic() + self._step
        while (left := until - monotonic()) > 0 and not (arrived and isinstance(arrived[-1], _End)):
            try:
                arrived.append(self._arrived.get(timeout=left))
            except Empty:
                break
        return arrived

    @staticmethod
    def _sorted(
        arrived: list[Event | _Failure | _End],
    ) -> tuple[list[Event], BaseException | None, bool]:
        batch = [item for item in arrived if not isinstance(item, _Failure | _End)]
        failures = [item.error for item in arrived if isinstance(item, _Failure)]
        return (
            batch,
            failures[0] if failures else None,
            any(isinstance(item, _End) for item in arrived),
        )

    def _work(self) -> None:
        try:
            for event in self._events:
                self._arrived.put(event)
                if self._switch.is_set():
                    break
        except Exception as error:  # noqa: BLE001 (raised again in the reader's thread)
            self._arrived.put(_Failure(error))
        finally:
            self._close()
            self._arrived.put(_End())

    def _close(self) -> None:
        try:
            self._events.close()
        except Exception:  # noqa: BLE001 (nobody is left to be told)
            _log.exception("an answer that was stopped could not be stored")
