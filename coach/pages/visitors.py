"""Who is looking: an unguessable id in a cookie that only the server makes and only the server reads."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from coach.errors import NotFound
from coach.pages import texts

COOKIE = "coach_visitor"
_BYTES = 32
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_YEAR = 365 * 24 * 3600


def new_visitor() -> str:
    """Return a new id of 256 random bits."""
    return secrets.token_urlsafe(_BYTES)


def visitor_in(cookies: Mapping[str, str]) -> str:
    """Return the visitor whose cookies these are.

    Raises:
        NotFound: there is no cookie of ours among them.
    """
    visitor = cookies.get(COOKIE, "")
    if not _SHAPE.fullmatch(visitor):
        raise NotFound(texts.COOKIE_NEEDED, texts.COOKIE_REMEDY)
    return visitor


def has_visitor(cookie_header: str) -> bool:
    """Return whether a request's Cookie header carries an id of ours."""
    try:
        found = SimpleCookie(cookie_header).get(COOKIE)
    except CookieError:
        return False
    return bool(found and _SHAPE.fullmatch(found.value))


def set_cookie_header(visitor: str, *, secure: bool) -> str:
    """Return the Set-Cookie header that keeps a visitor for a year, out of reach of scripts and other sites."""
    return f"{COOKIE}={visitor}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"
