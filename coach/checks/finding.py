"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["OK", "WARN", "FAIL"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and what to do about it.

    FAIL: something that was asked for does not work. WARN: it works and deserves a look. OK needs no remedy.
    """

    name: str
    status: Status
    found: str
    remedy: str = ""
