"""A chat-completions server for tests: a transport under the real SDK that plays scripted replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import httpx2

KEY = "sk-test-never-shown-7f3a"
Reply = Callable[[httpx2.Request], httpx2.Response]


class Body(httpx2.SyncByteStream):
    """A streamed reply that remembers whether its reader closed it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        self.closed = True


class Server:
    """Plays one scripted reply a request, records the requests, raises when the script runs out."""

    def __init__(self, *script: Reply) -> None:
        self._script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def client(self) -> httpx2.Client:
        """An HTTP client that reaches only this server."""
        return httpx2.Client(transport=httpx2.MockTransport(self._handle))

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(json.loads(request.content))
        self.headers.append(dict(request.headers))
        if not self._script:
            raise AssertionError("the scripted model server got more requests than its script holds")
        return self._script.pop(0)(request)


def event(delta: dict[str, Any] | None, finish: str | None = None) -> bytes:
    """One server-sent event of a chat completion."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def events(text: str, size: int = 7, finish: str | None = "stop") -> list[bytes]:
    """The events of a whole reply, cut into pieces of `size` characters."""
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    body = [event({"role": "assistant", "content": ""}), *(event({"content": piece}) for piece in pieces)]
    return [*body, event({}, finish), b"data: [DONE]\n\n"] if finish else body


def stream(chunks: Iterable[bytes], content_type: str = "text/event-stream") -> Reply:
    """A 200 reply with this body."""
    return lambda _: httpx2.Response(200, headers={"content-type": content_type}, stream=Body(chunks))


def says(text: str) -> Reply:
    """A good reply with this text."""
    return stream(events(text))


def status(code: int, headers: dict[str, str] | None = None, body: Any = None) -> Reply:
    """An error reply that repeats the key, as providers do."""
    shown = body or {"error": {"message": f"Incorrect API key provided: {KEY}.", "type": "server_error", "code": None}}
    return lambda _: httpx2.Response(code, headers=headers, json=shown)


def raises(error: Exception) -> Reply:
    """A request that fails on its way."""

    def reply(request: httpx2.Request) -> httpx2.Response:
        raise error

    return reply


def after(chunks: Sequence[bytes], error: Exception) -> Reply:
    """A reply that fails after some of it has arrived."""

    def body() -> Iterator[bytes]:
        yield from chunks
        raise error

    return stream(body())
