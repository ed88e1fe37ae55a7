"""Answers as they are stored: JSON with a version, nothing of the answer lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from typing import Any

from coach.errors import RecordsError
from coach.types import Answer, Citation, Focus, TraceStep

VERSION = 1


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain JSON values with the version of their layout.

    A value in a trace that JSON has no form for is kept as its text, so that no trace can cost an answer.
    """
    return {"version": VERSION, **_plain(answer)}


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    """Return the answer that `answer_to_json` stored; keys that this program does not know are passed over.

    Raises:
        RecordsError: the layout is newer than this program, or something that every answer has is missing.
    """
    try:
        if int(data.get("version", VERSION)) > VERSION:
            raise RecordsError("A stored answer was written by a newer version of the coach.", "Update the coach.")
        known = _known(Answer, data)
        return Answer(
            **known
            | {
                "citations": tuple(Citation(**_known(Citation, item)) for item in data["citations"]),
                "focus": _focus(data.get("focus", {})),
                "suggestions": tuple(data.get("suggestions", ())),
                "trace": tuple(TraceStep(**_known(TraceStep, item)) for item in data.get("trace", ())),
            }
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordsError(
            "A stored answer is damaged.", "Ask the question again, or delete the conversation."
        ) from error


def _focus(data: Mapping[str, Any]) -> Focus:
    lists = {name: tuple(data[name]) for name in ("passages", "items") if name in data}
    return Focus(**_known(Focus, data) | lists)


def _known(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: data[field.name] for field in fields(kind) if field.name in data}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return str(value)
