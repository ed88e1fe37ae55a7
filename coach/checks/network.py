"""Checks of what the coach speaks to: the language model's server, and the port of its own page."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import urllib.error
import urllib.request

from coach.checks.finding import Finding
from coach.errors import SettingsError
from coach.settings import BUILTIN, Settings

PATIENCE = 3.0
# Where providers answer when no address is set; others are not contacted.
ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
    "ollama": "http://127.0.0.1:11434/v1",
}


def check_model(settings: Settings) -> Finding:
    """Set the language model up, which needs its key, and see whether its server answers; nothing is asked of it."""
    name = "Language model"
    if settings.model in (None, BUILTIN):
        return Finding(name, "OK", "None: the built-in coach answers")
    # LangChain takes seconds to import.
    from coach.models.chat import LangChainChat

    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    outbound = settings.outbound == "on"
    try:
        LangChainChat(str(settings.model), base_url=settings.model_base_url, api_key=key, outbound=outbound)
    except SettingsError as error:
        return Finding(name, "FAIL", error.problem, error.remedy)
    address = settings.model_base_url or ADDRESSES.get(str(settings.model).partition(":")[0])
    if address is None:
        return Finding(name, "OK", f"{settings.model} is set up; its server was not contacted")
    failure = unreachable(address)
    if failure:
        remedy = "Check that the server runs and that COACH_MODEL_BASE_URL is right, or set COACH_MODEL=builtin."
        return Finding(name, "FAIL", f"{settings.model} at {address} {failure}.", remedy)
    return Finding(name, "OK", f"{settings.model} at {address} answers")


def unreachable(address: str, patience: float = PATIENCE) -> str:
    """Say why a model's server cannot be used, or return nothing; a refusal (it was sent no key) is an answer."""
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/models", timeout=patience):
            return ""
    except urllib.error.HTTPError as error:
        return f"failed ({error.code})" if error.code >= 500 else ""
    except urllib.error.URLError as error:
        return f"cannot be reached ({_reason(error.reason)})"
    except (OSError, http.client.HTTPException) as error:
        return f"cannot be reached ({_reason(error)})"


def check_port(host: str, port: int) -> Finding:
    """Check that the page's port is free, or already serves the coach."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            found = f"The page cannot listen on {host}, port {port}: {_reason(error)}."
            return Finding("Port", "FAIL", found, "Set COACH_HOST and COACH_PORT to an address of this machine.")
        return _taken(host, port)
    return Finding("Port", "OK", f"{port} on {host} is free")


def _taken(host: str, port: int) -> Finding:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=PATIENCE) as reply:
            health = json.loads(reply.read(10_000))
        served = health.get("status") == "ok" and "model" in health
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        served = False
    if served:
        return Finding("Port", "OK", f"The coach is serving at {address} ({health['model']})")
    remedy = f"Stop that program, or choose another port: coach serve --port {port + 1}."
    return Finding("Port", "FAIL", f"Another program uses port {port} on {host}.", remedy)


def _reason(error: object) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
