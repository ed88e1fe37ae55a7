"""What went wrong with a model call, in the coach's own terms: pure functions over whatever an SDK raised.

SDKs are told apart by what their errors carry (a status, the names of their classes), not by importing them: the
openai and anthropic SDKs, httpx and the Ollama client then need one table. No message of theirs is passed on, because
providers repeat keys and prompts in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from coach.errors import ModelError, ModelFailure

_REMEDY: dict[ModelFailure, str] = {
    "timeout": "Raise COACH_MODEL_TIMEOUT or choose a faster model.",
    "rate_limited": "Wait a moment, or check the quota with the provider.",
    "unavailable": "Check that the model server runs and that COACH_MODEL_BASE_URL is right.",
    "refused": "Check the key, the model's name and COACH_MODEL_BASE_URL.",
    "garbled": "Check that COACH_MODEL_BASE_URL points to a chat-completions server (often it ends in /v1).",
    "empty": "Try again, or choose another model.",
    "cut": "Try again; if it stays, look at the model server's log.",
    "unsupported": "Choose another model.",
}
# Raised while a reply is decoded; TypeError and the like come from SDKs that trust the reply's shape.
_DECODING = (UnicodeError, json.JSONDecodeError, TypeError, AttributeError, LookupError)
_TIMEOUT_NAMES = {"APITimeoutError", "TimeoutException", "TimeoutError"}
_CONNECTION_NAMES = {"APIConnectionError", "TransportError", "ConnectionError"}
# 429 also says "pay first"; waiting does not help then.
_OUT_OF_QUOTA = {"insufficient_quota", "billing_hard_limit_reached"}


def model_error(kind: ModelFailure, problem: str) -> ModelError:
    """Return the error of a kind with the remedy that fits it."""
    return ModelError(kind, problem, _REMEDY[kind])


def fault(error: Exception, *, started: bool) -> ModelError:
    """Return the `ModelError` that an SDK's exception stands for.

    Args:
        error: whatever the SDK raised.
        started: whether a part of the reply had arrived.
    """
    names = {cls.__name__ for cls in type(error).__mro__}
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _by_status(status)
    if names & _TIMEOUT_NAMES:
        return model_error("timeout", "The language model did not answer in time.")
    if names & _CONNECTION_NAMES:
        if started:
            return model_error("cut", "The language model's reply broke off.")
        return model_error("unavailable", "The language model cannot be reached.")
    if isinstance(error, _DECODING) or "ValidationError" in names or "DecodingError" in names:
        return model_error("garbled", "The language model's reply cannot be read.")
    if "APIError" in names:
        return model_error("unavailable", "The language model's server reported an error in mid-reply.")
    return model_error("garbled", f"The language model's reply cannot be read ({type(error).__name__}).")


def worth_retrying(error: Exception) -> bool:
    """Return whether the same request may succeed a moment later: too many requests, or no connection."""
    names = {cls.__name__ for cls in type(error).__mro__}
    if getattr(error, "status_code", None) == 429:
        return getattr(error, "code", None) not in _OUT_OF_QUOTA
    return bool(names & _CONNECTION_NAMES) and not names & _TIMEOUT_NAMES and not hasattr(error, "status_code")


def retry_after(error: Exception) -> float | None:
    """Return the seconds that the server asked to wait, or None when it did not say (dates are not read)."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    if not isinstance(headers, Mapping):
        return None
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    return None


def _by_status(status: int) -> ModelError:
    if status == 429:
        return model_error("rate_limited", "The language model has too many requests (429).")
    if status in (408, 504):
        return model_error("timeout", f"The language model did not answer in time ({status}).")
    if 400 <= status < 500:
        return model_error("refused", f"The language model's server refused the request ({status}).")
    return model_error("unavailable", f"The language model's server failed ({status}).")
