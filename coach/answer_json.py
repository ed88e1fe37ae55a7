"""An answer in the JSON form that scripts outside the project rely on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coach.types import Answer


def answer_contract(answer: Answer, id: object = None) -> dict[str, Any]:
    """Return the public JSON form of an answer; `id` leads it when it is given.

    Keys: id (optional), question, standalone_question, status, answer, citations, model, seconds.
    """
    named: dict[str, Any] = {} if id is None else {"id": id}
    return named | {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "model": answer.model,
        "seconds": answer.seconds,
    }
