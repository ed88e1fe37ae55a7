"""The web server: the pages mounted behind their protection, the health check, the export."""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import anyio.to_thread
import gradio as gr
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from coach.app import Coach
from coach.errors import CoachError, NotFound
from coach.pages.ask import AskPage
from coach.pages.ask_layout import build_ask
from coach.pages.export import export_markdown, file_name
from coach.pages.protection import Protection
from coach.pages.theme import ASSETS, FOLDER, build_theme
from coach.pages.visitors import visitor_in
from coach.settings import Settings

AT_ONCE = 32  # events of one kind that run at the same time
WAITING = 200  # events that may queue
THREADS = 100  # an answer being written holds one while its words are on their way


def build_app(coach: Coach, settings: Settings) -> FastAPI:
    """Return the whole web application for one coach."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    _add_routes(app, coach)
    blocks = build_ask(AskPage(coach, settings.data), coach.label)
    blocks.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=build_theme(),
        footer_links=[],
        run_history=False,
        favicon_path=str(FOLDER / "icon.svg"),
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size="1kb",
    )
    app.add_middleware(Protection)
    return app


def _add_routes(app: FastAPI, coach: Coach) -> None:
    @app.get("/health")
    def health() -> JSONResponse:
        return JSONResponse(
            {"status": "ok", "model": coach.label},
            headers={"cache-control": "no-store"},
        )

    @app.get("/page/{name}")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404)
        return FileResponse(
            FOLDER / name,
            media_type=ASSETS[name],
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    @app.get("/export/{conversation}")
    def export(conversation: str, request: Request) -> Response:
        try:
            visitor = visitor_in(request.cookies)
            exchanges = coach.conversations.read(visitor, conversation)
        except NotFound as error:
            raise HTTPException(404, str(error)) from None
        summaries = coach.conversations.list(visitor)
        title = next((summary.title for summary in summaries if summary.id == conversation), "")
        return Response(
            export_markdown(title, exchanges, datetime.now().astimezone()),
            media_type="text/markdown; charset=utf-8",
            headers={
                "content-disposition": f'attachment; filename="{file_name(title)}"',
                "cache-control": "no-store",
            },
        )


def serve(coach: Coach, settings: Settings) -> None:
    """Serve the pages until interrupted; prints the address once the server listens.

    Raises:
        CoachError: the port is taken or the address cannot be used.
    """
    listener = _listen(settings.host, settings.port)
    with listener:
        config = uvicorn.Config(
            build_app(coach, settings),
            workers=1,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        _Announcing(config, _address(settings.host, settings.port)).run(sockets=[listener])


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(
                f"Executive Coach is ready: {self._address}  (Ctrl+C stops it)",
                flush=True,
            )


def _listen(host: str, port: int) -> socket.socket:
    listener = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        if listener:
            listener.close()
        remedy = f"Stop the program that uses the port, or choose another: coach serve --port {port + 1}."
        if error.errno != errno.EADDRINUSE:
            remedy = "Choose an address of this machine and a port that this account may use."
        reason = (error.strerror or str(error)).lower()
        raise CoachError(f"The page cannot listen on {host}, port {port}: {reason}.", remedy) from None
    return listener


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
