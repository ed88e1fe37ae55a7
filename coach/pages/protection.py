"""What stands between the network and the pages: the visitor's cookie, security headers, closed doors.

The content security policy names no host but this one. Gradio compiles its templates in the browser, hence
'unsafe-eval'; scripts in the page still need this response's nonce, so markup that slipped in could not run.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from typing import Any

from starlette.datastructures import Headers, MutableHeaders

from coach.pages import texts
from coach.pages.theme import asset_address
from coach.pages.visitors import has_visitor, new_visitor, set_cookie_header

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 1_000_000  # bytes; a question is at most some ten thousand
_CLOSED = re.compile(
    r"/(gradio_api/)?(upload|upload_progress|info|file|proxy|stream|openapi|runs|deep_link|mcp|app_id|call|api|vibe.*"
    r"|monitoring|login|logout|token|workflow.*|run|docs|redoc|openapi\.json)([/=].*)?"
)
_STRANGE_META = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*', re.DOTALL)


class Protection:
    """ASGI middleware around the whole application."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; add headers, and the cookie to the page itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if _CLOSED.fullmatch(scope["path"]):
            await _refuse(send, 404, "not found")
        elif _too_long(headers):
            await _refuse(send, 413, "too long")
        elif scope["path"] == "/":
            await self._page(scope, receive, send, headers)
        else:
            await self._app(scope, receive, _with_headers(send, policy("")))

    async def _page(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        nonce = secrets.token_urlsafe(16)
        # The page is changed on its way out, so it must not be compressed before.
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            if message["type"] != "http.response.body":
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            sent = MutableHeaders(raw=list(start["headers"]))
            page = bytes(body)
            if sent.get("content-type", "").startswith("text/html"):
                page = dress(page.decode(), nonce).encode()
            sent["content-length"] = str(len(page))
            _secure(sent, policy(nonce))
            sent["cache-control"] = "no-store"
            if not has_visitor(headers.get("cookie", "")):
                secure = scope.get("scheme") == "https" or headers.get("x-forwarded-proto") == "https"
                sent.append("set-cookie", set_cookie_header(new_visitor(), secure=secure))
            await send({**start, "headers": sent.raw})
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, collect)


def dress(page: str, nonce: str) -> str:
    """Return Gradio's page with our style and script in its head, the nonce on its scripts, and no foreign address."""
    page = _STRANGE_META.sub("", page)
    page = page.replace('<link rel="manifest" href="/manifest.json" />', "")
    page = page.replace("<script", f'<script nonce="{nonce}"')
    head = (
        f"<title>{texts.PAGE_TITLE}</title>"
        f'<meta name="description" content="{escape(texts.DESCRIPTION)}"><meta name="referrer" content="same-origin">'
        f'<link rel="icon" type="image/svg+xml" href="{asset_address("icon.svg")}">'
        f'<link rel="stylesheet" href="{asset_address("theme.css")}">'
        f'<script nonce="{nonce}" src="{asset_address("page.js")}"></script>'
    )
    page = page.replace("</head>", f"{head}</head>", 1)
    return page.replace("<body", f'<body data-loading="{texts.LOADING}"', 1).replace(
        "</body>",
        f'<noscript><p style="padding:24px">{texts.NO_SCRIPT}</p></noscript></body>',
        1,
    )


def policy(nonce: str) -> str:
    """Return the content security policy, with scripts of this response allowed by `nonce`."""
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    )


def _with_headers(send: Send, policy_words: str) -> Send:
    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = MutableHeaders(raw=list(message["headers"]))
            _secure(sent, policy_words)
            message = {**message, "headers": sent.raw}
        await send(message)

    return pass_on


def _secure(headers: MutableHeaders, policy_words: str) -> None:
    headers["content-security-policy"] = policy_words
    headers["x-content-type-options"] = "nosniff"
    headers["x-frame-options"] = "SAMEORIGIN"
    headers["referrer-policy"] = "same-origin"
    headers["permissions-policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers["cross-origin-resource-policy"] = "same-origin"


def _too_long(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdigit() or int(length) > BODY_LIMIT


async def _refuse(send: Send, status: int, words: str) -> None:
    body = words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
