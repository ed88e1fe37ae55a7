"""The web application around the pages: who gets in, what is closed, what every response says."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from coach.app import Coach
from coach.errors import CoachError
from coach.pages.protection import dress
from coach.pages.visitors import COOKIE, new_visitor, visitor_in
from coach.server import build_app, serve
from coach.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose data are in this test's own folder."""
    return Settings(data=tmp_path, model="builtin")


@pytest.fixture
def client(coach: Coach, settings: Settings) -> TestClient:
    """A browser without scripts, on that application."""
    return TestClient(build_app(coach, settings))


def test_the_first_page_sets_an_unguessable_cookie_that_scripts_cannot_read(
    client: TestClient,
) -> None:
    made = client.get("/").headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax", made)
    assert "set-cookie" not in client.get("/").headers
    assert "set-cookie" not in client.get("/health").headers


def test_a_visitor_is_never_taken_from_the_address(client: TestClient) -> None:
    mine = new_visitor()
    assert mine not in client.get(f"/?{COOKIE}={mine}").headers["set-cookie"]


@pytest.mark.parametrize("cookies", [{}, {COOKIE: ""}, {COOKIE: "anna"}, {COOKIE: "x" * 44}])
def test_cookies_that_are_not_ours_are_nobody(cookies: dict[str, str]) -> None:
    with pytest.raises(CoachError):
        visitor_in(cookies)


def test_the_policy_names_no_other_host_and_only_nonced_scripts_run(
    client: TestClient,
) -> None:
    response = client.get("/")
    policy = response.headers["content-security-policy"]
    assert "http" not in policy and "default-src 'self'" in policy and "*" not in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    nonce = re.search(r"'nonce-([^']+)'", scripts)
    assert nonce and re.findall(r"<script(?! nonce)", response.text) == []
    assert nonce.group(1) != re.findall(r"nonce-([^']+)'", client.get("/").headers["content-security-policy"])[0]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_page_carries_no_foreign_address_in_its_head(client: TestClient) -> None:
    page = client.get("/").text
    head = page.split("<script", 1)[0]
    assert "huggingface" not in head and "githubusercontent" not in head and "gradio.app" not in head


def test_health_says_which_coach_answers(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "model": "builtin"}


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/info", "/gradio_api/file=/etc/passwd", "/gradio_api/call/asked", "/docs",
     "/openapi.json", "/gradio_api/run/asked", "/monitoring", "/gradio_api/proxy=http://x", "/gradio_api/openapi.json"],
)  # fmt: skip
def test_what_the_page_does_not_need_is_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_body_that_no_question_needs_is_refused(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", content=b"x" * 1_100_000).status_code == 413


def test_an_export_is_for_its_visitor_only(client: TestClient, coach: Coach) -> None:
    mine, other = new_visitor(), new_visitor()
    conversation = coach.conversations.start(mine, "My talk")
    list(coach.converse(mine, conversation, "How do I handle it?"))
    client.cookies.set(COOKIE, mine)
    found = client.get(f"/export/{conversation}")
    assert found.status_code == 200 and found.text.startswith("# My talk")
    assert found.headers["content-disposition"] == 'attachment; filename="my-talk.md"'
    client.cookies.clear()
    client.cookies.set(COOKIE, other)
    assert client.get(f"/export/{conversation}").status_code == 404
    client.cookies.clear()
    assert client.get(f"/export/{conversation}").status_code == 404


def test_only_the_pages_own_files_are_served(client: TestClient) -> None:
    assert client.get("/page/theme.css").headers["content-type"].startswith("text/css")
    assert client.get("/page/theme.py").status_code == 404
    assert client.get("/page/..%2ftheme.py").status_code == 404


def test_a_busy_port_is_an_error_with_a_remedy(coach: Coach, settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = settings.model_copy(update={"port": taken.getsockname()[1]})
        with pytest.raises(CoachError, match="--port"):
            serve(coach, busy)


def test_dressing_puts_the_nonce_on_every_script() -> None:
    page = dress(
        "<html><head><meta property='x'></head><body><script>1</script></body></html>",
        "n",
    )
    assert page.count("<script") == page.count('<script nonce="n"') == 2
