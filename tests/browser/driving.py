"""A coach served in a thread, and a visitor's window on it."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

import uvicorn
from playwright.sync_api import BrowserContext, Page

from coach.app import Coach
from coach.records.conversations import Conversations
from coach.settings import Settings, quiet_third_parties
from tests.pages.fakes import ScriptedAnswerer


@dataclass
class Served:
    """A running coach: its address, its answerer, its records."""

    address: str
    answerer: ScriptedAnswerer
    conversations: Conversations


def serve_in_thread(coach: Coach, settings: Settings) -> tuple[uvicorn.Server, threading.Thread]:
    """Serve on the port of the settings; return once it listens."""
    quiet_third_parties()
    from coach.server import build_app

    config = uvicorn.Config(
        build_app(coach, settings),
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    return server, thread


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Visit:
    """A visitor's window: what the browser requested and complained about is kept."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "console",
            lambda message: message.type == "error" and self.complaints.append(message.text),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def ask(self, question: str) -> None:
        """Type a question, send it with Enter and wait for the end of its answer."""
        before = self.page.get_by_role("button", name="Copy").count()
        self.page.get_by_role("textbox", name="Your question").fill(question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "before => [...document.querySelectorAll('[data-copy]')].length > before",
            arg=before,
        )
