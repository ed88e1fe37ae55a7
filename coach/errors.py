"""Every error that the coach raises on purpose.

CoachError                 something the person at the keyboard can mend; shown as one sentence, exit code 2
├── ContentError           knowledge, prompts or sets that do not follow their format (file and line)
├── SettingsError          a setting that cannot be used
├── DocumentError          one document that cannot be read (named and skipped)
├── IndexUnavailable       no usable index, or another process owns it
├── WeightsError           model weights absent or not what they claim to be
├── RecordsError           the database cannot be opened or written
├── NotFound               a conversation, exchange or scenario that this visitor does not have
└── ModelError             the language model failed; `kind` says how, never with a key or a prompt in it
"""

from __future__ import annotations

from typing import Literal

ModelFailure = Literal["timeout", "rate_limited", "unavailable", "refused", "cut", "empty", "garbled", "unsupported"]


class CoachError(Exception):
    """An error its reader can mend: one plain sentence, then what to do next."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = problem
        self.remedy = remedy


class ContentError(CoachError):
    """Content that does not follow its format."""


class SettingsError(CoachError):
    """A setting that cannot be used."""


class DocumentError(CoachError):
    """A document that cannot be read."""


class IndexUnavailable(CoachError):
    """The index is missing, damaged, or owned by another process."""


class WeightsError(CoachError):
    """Model weights that are absent or fail verification."""


class RecordsError(CoachError):
    """The database cannot be opened or written."""


class NotFound(CoachError):
    """Something that does not exist, or not for this visitor."""


class ModelError(CoachError):
    """A language model that failed."""

    def __init__(self, kind: ModelFailure, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.kind = kind
