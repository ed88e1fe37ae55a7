"""Language models by name, through LangChain: the only module that imports LangChain's chat models.

LangChain is imported when a model is built, not when this module is: it takes three seconds.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import queue
import random
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

import httpx2

from coach.errors import ModelError, SettingsError
from coach.models.faults import fault, model_error, retry_after, worth_retrying
from coach.models.wire import Call, Wire, is_loopback

ATTEMPTS = 3
FIRST_PAUSE = 0.4
# A server that asks for a longer pause is asking the learner to wait too long: the built-in coach answers instead.
LONGEST_RETRY_AFTER = 5.0
# Four characters a token, and as much again for models that count otherwise; more means the server ignores the limit.
CHARACTERS_PER_TOKEN = 8
# Packages that are not called `langchain-PROVIDER`.
EXTRAS = {"azure_openai": "langchain-openai", "bedrock": "langchain-aws", "bedrock_converse": "langchain-aws"}
# How providers say that a reply is complete (`status` belongs to OpenAI's responses).
_ENDINGS = ("finish_reason", "stop_reason", "done_reason", "stopReason", "status")
_WITHHELD = {"content_filter", "refusal", "safety", "SAFETY", "failed"}
# Hosts that take only the newer `max_completion_tokens`; all other OpenAI-compatible servers know `max_tokens`.
_NEW_LIMIT_HOSTS = ("openai.com", "azure.com")
# Servers without keys refuse an empty header, and the SDK would send the key of OPENAI_API_KEY to them.
_NO_KEY = "none"
_HOW_TO_NAME = "Write PROVIDER:NAME, such as openai:gpt-5.4-mini, anthropic:NAME or ollama:NAME, or `builtin`."
_THINKING = ("<think>", "</think>")
_log = logging.getLogger(__name__)


class LangChainChat:
    """A chat model; safe to use from several threads."""

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 30.0,
        http_client: httpx2.Client | None = None,
        outbound: bool = True,
        jitter: random.Random | None = None,
    ) -> None:
        """Build the model; nothing is sent.

        Args:
            name: `PROVIDER:MODEL` as `init_chat_model` names them.
            base_url: address of an OpenAI-compatible (or the provider's) server; None for the provider's own.
            api_key: None leaves it to the provider's own variable, or to none for an address of your own.
            timeout: seconds for a whole reply, retries included.
            http_client: used instead of a new one, with `openai` only.
            outbound: False refuses every address that is not on this machine.
            jitter: source of the random part of pauses.

        Raises:
            SettingsError: an unknown provider, a missing package or key, or an address that may not be used.
        """
        provider, _, model = name.partition(":")
        if not provider or not model:
            raise SettingsError(f"The model {name!r} is not known.", _HOW_TO_NAME)
        _check_address(provider, base_url, outbound)
        self._label = name
        self._timeout = timeout
        self._jitter = jitter or random.Random()
        self._wire = Wire(http_client, timeout=timeout, outbound=outbound)
        self._provider = provider
        self._base_url = base_url
        self._model = _build(provider, model, _options(provider, base_url, api_key, timeout, self._wire.client))

    def __repr__(self) -> str:
        return f"LangChainChat({self._label!r})"

    @property
    def label(self) -> str:
        """The model's name as it was given."""
        return self._label

    def stream(self, system: str, user: str, *, max_tokens: int, within: float | None = None) -> Generator[str]:
        """Yield the reply piece by piece; closing the iterator breaks the connection.

        Args:
            system: the instructions.
            user: the request.
            max_tokens: limit of the reply.
            within: seconds for this call when that is less than the model's timeout.

        Raises:
            ModelError: the reply failed or ended early; what was yielded before is not a whole reply.
        """
        call = Call(self._timeout if within is None else min(within, self._timeout))
        events: queue.SimpleQueue[str | ModelError | None] = queue.SimpleQueue()
        # A thread of its own, because no HTTP timeout bounds a whole reply: a slow drip would never end.
        worker = threading.Thread(
            target=self._work, args=(call, events, system, user, max_tokens), name="model-call", daemon=True
        )
        worker.start()
        try:
            while (event := _next(events, call)) is not None:
                if isinstance(event, ModelError):
                    raise event
                yield event
        except ModelError as error:
            _log.warning("model %s: %s: %s", self._label, error.kind, error.problem)
            raise
        finally:
            call.abandon()

    def _work(
        self, call: Call, events: queue.SimpleQueue[str | ModelError | None], system: str, user: str, max_tokens: int
    ) -> None:
        """Put the reply's pieces, then None or the error; runs in its own thread, so nothing may escape."""
        for attempt in range(1, ATTEMPTS + 1):
            started = False
            try:
                with self._wire.carrying(call):
                    for piece in self._attempt(call, system, user, max_tokens):
                        started = True
                        events.put(piece)
                events.put(None)
                return
            except Exception as error:  # noqa: BLE001 - the edge of a thread; SDKs raise anything on a bad reply
                own = _own_error(error)
                pause = self._pause(error, attempt)
                if own or started or pause is None or pause >= call.left or call.abandoned:
                    if not own:
                        _log.info("model %s: %s in attempt %d", self._label, type(error).__name__, attempt)
                    events.put(own or fault(error, started=started))
                    return
                call.pause(pause)

    def _attempt(self, call: Call, system: str, user: str, max_tokens: int) -> Iterator[str]:
        """Yield the visible text of one reply and check that it was a whole one."""
        ended, length, chunks = "", 0, 0
        thoughts = Thoughts()
        with closing(self._chunks(system, user, max_tokens)) as replies:
            for chunk in replies:
                if call.abandoned:
                    return
                chunks += 1
                ended = _ending(chunk.response_metadata) or ended
                text = thoughts.without(str(chunk.text))
                length += len(text)
                if length > max_tokens * CHARACTERS_PER_TOKEN:
                    raise model_error("garbled", "The language model's reply is far longer than it was asked for.")
                if text:
                    yield text
        if not chunks and call.content_type and "event-stream" not in call.content_type:
            raise model_error("garbled", "The language model's reply cannot be read.")
        if ended in _WITHHELD:
            raise model_error("refused", "The language model's provider withheld the reply.")
        if not ended and chunks:
            raise model_error("cut", "The language model's reply broke off.")
        if not length:
            raise model_error("empty", "The language model gave an empty reply.")

    def _chunks(self, system: str, user: str, max_tokens: int) -> Generator[Any]:
        from langsmith import tracing_context

        messages = [("system", system), ("user", user)]
        limit = _limit(self._provider, self._base_url, max_tokens)
        # Tracing, when the environment asks for it, would send every prompt to a third party.
        with tracing_context(enabled=False), closing(self._model.stream(messages, **limit)) as chunks:
            try:
                yield from chunks
            except ValueError as error:
                # LangChain's own word for a stream without a single chunk.
                if "No generation chunks" not in str(error):
                    raise

    def _pause(self, error: Exception, attempt: int) -> float | None:
        """Return the seconds to wait before the next attempt, None for no further attempt."""
        if attempt == ATTEMPTS or not worth_retrying(error):
            return None
        asked = retry_after(error)
        if asked is not None:
            return asked + self._jitter.uniform(0, 0.1) if asked <= LONGEST_RETRY_AFTER else None
        return FIRST_PAUSE * float(2 ** (attempt - 1)) * self._jitter.uniform(0.5, 1.0)


class Thoughts:
    """Takes out what a model thinks aloud between `<think>` and `</think>` at the start of its reply."""

    def __init__(self) -> None:
        self._held: str | None = ""

    def without(self, piece: str) -> str:
        """Return the part of the next piece that is meant for the reader; held back while that is undecided."""
        if self._held is None:
            return piece
        self._held = (self._held + piece).lstrip()
        opening, closing_tag = _THINKING
        if self._held.startswith(opening) and closing_tag in self._held:
            self._held = self._held.split(closing_tag, 1)[1].lstrip()
        if not self._held or self._held.startswith(opening) or opening.startswith(self._held):
            return ""
        start, self._held = self._held, None
        return start


def _next(events: queue.SimpleQueue[str | ModelError | None], call: Call) -> str | ModelError | None:
    try:
        return events.get_nowait()
    except queue.Empty:
        pass
    try:
        return events.get(timeout=call.left)
    except queue.Empty:
        return model_error("timeout", "The language model did not answer in time.")


def _own_error(error: BaseException | None) -> ModelError | None:
    """Return the coach's own error when an SDK wrapped one."""
    while error is not None:
        if isinstance(error, ModelError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _ending(metadata: dict[str, Any]) -> str:
    return next((str(metadata[name]) for name in _ENDINGS if metadata.get(name)), "")


def _check_address(provider: str, base_url: str | None, outbound: bool) -> None:
    if base_url is not None:
        try:
            url = httpx2.URL(base_url)
        except (httpx2.InvalidURL, TypeError):
            url = httpx2.URL("")
        if url.scheme not in ("http", "https") or not url.host:
            raise SettingsError("The model's address cannot be used.", "Write it as http://HOST:PORT/v1.")
        if url.userinfo:
            raise SettingsError("The model's address holds a password.", "Put the key in COACH_MODEL_API_KEY.")
    if outbound:
        return
    if provider != "openai":
        raise SettingsError(
            f"With COACH_OUTBOUND=off, {provider} cannot be used: its requests cannot be watched.",
            "Use openai:NAME with COACH_MODEL_BASE_URL on this machine, or `builtin`.",
        )
    if base_url is None or not is_loopback(httpx2.URL(base_url).host):
        raise SettingsError(
            "With COACH_OUTBOUND=off, a model must run on this machine.",
            "Set COACH_MODEL_BASE_URL to an address such as http://127.0.0.1:8080/v1, or use `builtin`.",
        )


def _limit(provider: str, base_url: str | None, tokens: int) -> dict[str, Any]:
    """Return how a provider is told to stop after so many tokens; nothing where there is no common way."""
    if provider == "ollama":
        return {"options": {"num_predict": tokens}}
    if provider.startswith(("google", "bedrock")):
        return {}
    host = "" if base_url is None else httpx2.URL(base_url).host
    if provider == "openai" and host and not host.endswith(_NEW_LIMIT_HOSTS):
        return {"extra_body": {"max_tokens": tokens}}
    return {"max_tokens": tokens}


def _options(
    provider: str, base_url: str | None, api_key: str | None, timeout: float, client: httpx2.Client
) -> dict[str, Any]:
    address = "azure_endpoint" if provider == "azure_openai" else "base_url"
    options: dict[str, Any] = {} if base_url is None else {address: base_url}
    if provider == "ollama":
        return {**options, "client_kwargs": {"timeout": timeout}}
    if provider == "openai":
        options["http_client"] = client
        if base_url is not None and api_key is None:
            api_key = _NO_KEY
    if api_key is not None:
        options["api_key"] = api_key
    return {**options, "timeout": timeout, "max_retries": 0}


def _build(provider: str, model: str, options: dict[str, Any]) -> Any:
    from langchain.chat_models import init_chat_model

    with contextlib.suppress(ImportError):
        # The openai SDK takes httpx from sys.modules when it is there. While another thread imports it, as Chroma does,
        # it is there half made and the first call fails; here it is waited for.
        importlib.import_module("httpx")
    try:
        return init_chat_model(model, model_provider=provider, **options)
    except ImportError:
        raise SettingsError(
            f"Models of {provider} need a package that is not installed.",
            f"Run `pip install {EXTRAS.get(provider, 'langchain-' + provider.replace('_', '-'))}`.",
        ) from None
    except Exception as error:  # noqa: BLE001 - each provider has its own errors; their messages may repeat a key
        if isinstance(error, ValueError) and "Unsupported provider" in str(error):
            raise SettingsError(f"Models of {provider!r} are not known.", _HOW_TO_NAME) from None
        raise SettingsError(
            f"The model {provider}:{model} cannot be set up ({type(error).__name__}).",
            f"Set {provider.upper()}_API_KEY or COACH_MODEL_API_KEY, and check the model's name.",
        ) from None
