"""The wire under a model call: what is left of its time, how much it may receive, where it may go, how it is broken.

Works through the event hooks of an HTTP client, so it holds over a real network and over a test's transport alike.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2

from coach.models.faults import model_error

CONNECT_SECONDS = 5.0
# A reply of 1,000 tokens is about 250 KB on the wire; a server that sends more than this is not answering a question.
MAX_REPLY_BYTES = 4_000_000


class Call:
    """One model call: its deadline, and the sockets to shut when nobody waits for it any more."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._abandoned = threading.Event()
        self._streams: list[Any] = []
        self._lock = threading.Lock()
        self.content_type = ""

    @property
    def left(self) -> float:
        """Seconds until the deadline, never negative."""
        return max(0.0, self._ends - time.monotonic())

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits for the reply any more."""
        return self._abandoned.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than somebody is interested."""
        self._abandoned.wait(min(seconds, self.left))

    def watch(self, stream: Any) -> None:
        """Remember a connection, so that `abandon` can break it."""
        with self._lock:
            self._streams.append(stream)
        if self.abandoned:
            self._shut()

    def abandon(self) -> None:
        """Break the call: a thread that waits for the server wakes up at once."""
        self._abandoned.set()
        self._shut()

    def _shut(self) -> None:
        with self._lock:
            streams, self._streams = self._streams, []
        for stream in streams:
            found = stream.get_extra_info("socket")
            if isinstance(found, socket.socket):
                # Closing would not wake a thread that waits in recv(); shutting down does.
                with contextlib.suppress(OSError):
                    found.shutdown(socket.SHUT_RDWR)


class Wire:
    """An HTTP client whose requests obey the `Call` that is current in their thread."""

    def __init__(self, client: httpx2.Client | None, *, timeout: float, outbound: bool) -> None:
        self._current = threading.local()
        self._outbound = outbound
        self.client = client or httpx2.Client(
            timeout=httpx2.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
            follow_redirects=False,
            # A proxy from the environment would carry a loopback request off this machine.
            trust_env=outbound,
        )
        hooks = self.client.event_hooks
        self.client.event_hooks = {
            "request": [*hooks["request"], self._before],
            "response": [*hooks["response"], self._after],
        }

    @contextlib.contextmanager
    def carrying(self, call: Call) -> Iterator[None]:
        """Make `call` the current one of this thread."""
        self._current.call = call
        try:
            yield
        finally:
            self._current.call = None

    def _before(self, request: httpx2.Request) -> None:
        if not self._outbound and not is_loopback(request.url.host):
            raise model_error("refused", "Nothing may leave this machine (COACH_OUTBOUND=off).")
        call: Call | None = getattr(self._current, "call", None)
        if call is None:
            return
        left = max(call.left, 0.001)
        request.extensions["timeout"] = {
            "connect": min(CONNECT_SECONDS, left),
            "read": left,
            "write": left,
            "pool": left,
        }
        request.extensions["trace"] = lambda name, info: self._traced(call, name, info)

    def _after(self, response: httpx2.Response) -> None:
        call: Call | None = getattr(self._current, "call", None)
        if call is None:
            return
        call.content_type = response.headers.get("content-type", "")
        if "network_stream" in response.extensions:
            call.watch(response.extensions["network_stream"])
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream, call)

    @staticmethod
    def _traced(call: Call, name: str, info: dict[str, Any]) -> None:
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            call.watch(info["return_value"])


class _Bounded(httpx2.SyncByteStream):
    """A reply's bytes, up to a limit and a deadline."""

    def __init__(self, stream: httpx2.SyncByteStream, call: Call) -> None:
        self._stream = stream
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._stream:
            received += len(chunk)
            if received > MAX_REPLY_BYTES:
                raise model_error("garbled", "The language model's reply is far too long.")
            if self._call.abandoned:
                raise model_error("cut", "Nobody waits for this reply any more.")
            if not self._call.left:
                raise model_error("timeout", "The language model did not answer in time.")
            yield chunk

    def close(self) -> None:
        self._stream.close()


def is_loopback(host: str) -> bool:
    """Return whether a host name or address means this machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
