"""Language models through the real LangChain and OpenAI SDKs, over a transport that plays the server."""

from __future__ import annotations

import logging
import random
import socket
import threading
from collections.abc import Iterator

import httpx2
import pytest

from coach.errors import ModelError, SettingsError
from coach.models.chat import LangChainChat, Thoughts
from tests.models.model_server import KEY, Body, Reply, Server, after, event, events, raises, says, status, stream

LOCAL = "http://127.0.0.1:9/v1"


def chat(server: Server, timeout: float = 20.0, base_url: str = LOCAL) -> LangChainChat:
    return LangChainChat(
        "openai:m", base_url=base_url, api_key=KEY, timeout=timeout, http_client=server.client, jitter=random.Random(1)
    )


def reply(model: LangChainChat, max_tokens: int = 100) -> str:
    return "".join(model.stream("Be brief.", "Why?", max_tokens=max_tokens))


def failure(*script: Reply, timeout: float = 20.0) -> ModelError:
    with pytest.raises(ModelError) as caught:
        reply(chat(Server(*script), timeout))
    return caught.value


def test_streams_pieces_and_sends_both_messages_and_the_limit() -> None:
    server = Server(says("Ask first. Then listen."))
    pieces = list(chat(server).stream("Be brief.", "Why?", max_tokens=55))
    assert "".join(pieces) == "Ask first. Then listen." and len(pieces) > 2
    assert [message["role"] for message in server.requests[0]["messages"]] == ["system", "user"]
    assert server.requests[0]["max_tokens"] == 55 and server.requests[0]["stream"] is True


def test_openai_itself_gets_the_limit_under_its_newer_name() -> None:
    server = Server(says("Yes."))
    reply(chat(server, base_url="https://api.openai.com/v1"))
    assert server.requests[0]["max_completion_tokens"] == 100 and "max_tokens" not in server.requests[0]


def test_an_address_of_your_own_never_gets_the_providers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server = Server(says("Yes."))
    reply(LangChainChat("openai:m", base_url=LOCAL, http_client=server.client))
    assert KEY not in str(server.headers)


def test_reasoning_chunks_are_not_part_of_the_reply() -> None:
    thinking = [event({"role": "assistant", "content": "", "reasoning_content": "hm"}), event({"content": None})]
    assert reply(chat(Server(stream([*thinking, *events("Yes.")])))) == "Yes."
    assert reply(chat(Server(says("<think>He asks why.\n</think>\n\nYes. <b")))) == "Yes. <b"


@pytest.mark.parametrize("size", [1, 3, 50])
def test_thoughts_are_taken_out_wherever_the_pieces_are_cut(size: int) -> None:
    for text, expected in (("<think>a</think>b<think>", "b<think>"), ("<th> b", "<th> b"), ("a <think>", "a <think>")):
        thoughts = Thoughts()
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert "".join(thoughts.without(piece) for piece in pieces) == expected


def test_a_reply_that_reached_its_limit_is_whole() -> None:
    assert reply(chat(Server(stream(events("Ask fir", finish="length"))))) == "Ask fir"


@pytest.mark.parametrize("headers", [{}, {"retry-after": "0"}, {"retry-after-ms": "5"}, {"retry-after": "soon"}])
def test_too_many_requests_are_tried_again(headers: dict[str, str]) -> None:
    server = Server(status(429, headers), raises(httpx2.ConnectError("refused")), says("Yes."))
    assert reply(chat(server)) == "Yes."
    assert len(server.requests) == 3


def test_gives_up_when_asked_to_wait_long_or_when_time_or_quota_is_short() -> None:
    assert failure(status(429, {"retry-after": "60"})).kind == "rate_limited"
    assert failure(status(429, {"retry-after": "4"}), timeout=3).kind == "rate_limited"
    quota = {"error": {"message": "pay", "type": "insufficient_quota", "code": "insufficient_quota"}}
    assert failure(status(429, body=quota)).kind == "rate_limited"
    assert failure(*[status(429, {"retry-after": "0"})] * 3).kind == "rate_limited"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(400, "refused"), (401, "refused"), (403, "refused"), (404, "refused"), (422, "refused"), (408, "timeout"),
     (500, "unavailable"), (502, "unavailable"), (503, "unavailable"), (529, "unavailable"), (302, "unavailable")],
)  # fmt: skip
def test_error_statuses_are_not_tried_again(code: int, kind: str) -> None:
    assert failure(status(code)).kind == kind


def test_faults_on_the_way() -> None:
    assert failure(*[raises(httpx2.ConnectError("refused"))] * 3).kind == "unavailable"
    assert failure(*[raises(httpx2.RemoteProtocolError("gone"))] * 3).kind == "unavailable"
    assert failure(raises(httpx2.ReadTimeout("slow"))).kind == "timeout"
    assert failure(after(events("Ask", finish=None), httpx2.ReadError("gone"))).kind == "cut"
    assert failure(after(events("Ask", finish=None), httpx2.ReadTimeout("slow"))).kind == "timeout"


def error_event() -> bytes:
    return b'data: {"error": {"message": "overloaded", "code": "server_error"}}\n\n'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (events("Ask first.", finish=None), "cut"),
        ([*events("Ask first.", finish=None), b"data: [DONE]\n\n"], "cut"),
        (events(""), "empty"),
        (events(" \n"), "empty"),
        ([b"data: [DONE]\n\n"], "empty"),
        ([b""], "empty"),
        ([b"data: {not json\n\n"], "garbled"),
        ([*events("Ask", finish=None), b'data: "\xff\xfe"\n\n'], "garbled"),
        ([b"data: [1, 2]\n\n"], "garbled"),
        ([b'data: {"choices": [{"index": 0}]}\n\n'], "empty"),
        ([b'data: {"choices": "none"}\n\n'], "garbled"),
        ([error_event()], "unavailable"),
        ([*events("Ask", finish=None), error_event()], "unavailable"),
        ([*events("Ask", finish="content_filter")], "refused"),
        (events("a" * 10_000_000, size=10_000_000), "garbled"),
        ([b"data: "] + [b"x" * 100_000] * 100, "garbled"),
        (events("word " * 500), "garbled"),
    ],
)
def test_bad_streams(body: list[bytes], kind: str) -> None:
    assert failure(stream(body)).kind == kind


def test_a_page_instead_of_a_stream_is_garbled() -> None:
    assert failure(stream([b"<html>Sign in</html>"], "text/html")).kind == "garbled"
    assert failure(stream([b'{"choices": []}'], "application/json")).kind == "garbled"


def test_a_server_that_hangs_is_left_at_the_deadline() -> None:
    wake = threading.Event()

    def hanging() -> Iterator[bytes]:
        yield from events("Ask", finish=None)
        wake.wait(30)

    server = Server(stream(hanging()))
    model = chat(server, timeout=20)
    with pytest.raises(ModelError) as caught:
        list(model.stream("s", "u", max_tokens=50, within=0.2))
    wake.set()
    assert caught.value.kind == "timeout"


def test_a_server_that_drips_is_left_at_the_deadline() -> None:
    stop = threading.Event()

    def dripping() -> Iterator[bytes]:
        while not stop.wait(0.01):
            yield b": still thinking\n\n"

    with pytest.raises(ModelError) as caught:
        list(chat(Server(stream(dripping()))).stream("s", "u", max_tokens=50, within=0.2))
    stop.set()
    assert caught.value.kind == "timeout"


def test_closing_the_iterator_breaks_the_connection_to_a_silent_server() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    disconnected = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        connection.recv(65536)
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
        connection.sendall(head + b"".join(events("Ask first", finish=None)))
        while connection.recv(65536):
            pass
        disconnected.set()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    pieces = LangChainChat("openai:m", base_url=address, outbound=False).stream("s", "u", max_tokens=50)
    assert next(pieces)
    pieces.close()
    assert disconnected.wait(20)
    listener.close()


def test_closing_the_iterator_closes_the_reply() -> None:
    gate = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield from events("Ask first", finish=None)
        gate.wait(20)
        yield event({"content": " more"})

    body = Body(slowly())
    closed = threading.Event()
    body.close = closed.set  # type: ignore[method-assign]
    headers = {"content-type": "text/event-stream"}
    pieces = chat(Server(lambda _: httpx2.Response(200, headers=headers, stream=body))).stream("s", "u", max_tokens=50)
    next(pieces)
    pieces.close()
    gate.set()
    assert closed.wait(20)


@pytest.mark.parametrize("code", [400, 401, 429, 500])
def test_the_key_and_the_texts_are_never_shown(code: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "coach")
    model = chat(Server(*[status(code, {"retry-after": "0"})] * 3))
    with pytest.raises(ModelError) as caught:
        list(model.stream("secret system", "secret question", max_tokens=5))
    shown = "".join([str(caught.value), repr(caught.value), repr(model), str(vars(model)), caplog.text])
    assert KEY not in shown and "secret" not in shown
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    assert caught.value.kind in caplog.text


def test_nothing_leaves_the_machine_when_outbound_is_off() -> None:
    for address in ("https://api.example.com/v1", "http://127.0.0.1.example.com/v1", "http://192.168.1.4/v1", None):
        with pytest.raises(SettingsError, match="this machine"):
            LangChainChat("openai:m", base_url=address, api_key=KEY, outbound=False)
    with pytest.raises(SettingsError, match="cannot be watched"):
        LangChainChat("anthropic:m", base_url=LOCAL, outbound=False)
    for address in (LOCAL, "http://localhost:1/v1", "http://[::1]:1/v1"):
        assert LangChainChat("openai:m", base_url=address, outbound=False).label == "openai:m"


def test_a_redirect_cannot_lead_away() -> None:
    server = Server(lambda _: httpx2.Response(307, headers={"location": "https://evil.example/v1"}))
    client = server.client
    client.follow_redirects = True
    model = LangChainChat("openai:m", base_url=LOCAL, http_client=client, outbound=False)
    with pytest.raises(ModelError) as caught:
        reply(model)
    assert caught.value.kind == "refused" and len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [("anthropic:m", "pip install langchain-anthropic"), ("ollama:m", "pip install langchain-ollama"),
     ("google_genai:m", "pip install langchain-google-genai"), ("bedrock:m", "pip install langchain-aws"),
     ("gpt", "PROVIDER:NAME"), ("nobody:m", "not known"), ("openai:", "PROVIDER:NAME")],
)  # fmt: skip
def test_a_model_that_cannot_be_built_says_what_to_do(name: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        LangChainChat(name, api_key=KEY)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        LangChainChat("openai:m")


@pytest.mark.parametrize("address", ["ftp://x/v1", "localhost:8080", "http://", "http://secret@127.0.0.1/v1"])
def test_an_address_that_cannot_be_used(address: str) -> None:
    with pytest.raises(SettingsError, match="address") as caught:
        LangChainChat("openai:m", base_url=address)
    assert "secret" not in str(caught.value)
