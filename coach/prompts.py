"""Prompts: one Markdown file a model call, with declared inputs and strict rendering.

A file starts with front matter that lists its inputs, then a line `## System`, then a line `## User`:

    ---
    inputs: [question]
    ---
    ## System
    …
    ## User
    {{ question }}
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from coach.errors import ContentError

FENCE = "---"
SYSTEM = "## System"
USER = "## User"


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """The two messages of a model call; `digest` is the SHA-256 of the prompt's file, 64 hex digits."""

    system: str
    user: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Prompt:
    inputs: frozenset[str]
    system: Template
    user: Template
    digest: str


class Prompts:
    """The prompts of one folder, read and checked once."""

    def __init__(self, folder: Path) -> None:
        """Read every `*.md` file of `folder`.

        Raises:
            ContentError: the folder or a prompt cannot be used, with file and line.
        """
        if not folder.is_dir():
            raise ContentError(f"There is no prompts folder at {folder}.", "Restore it from the release.")
        self._environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._prompts = {path.stem: self._read(path) for path in sorted(folder.glob("*.md"))}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the prompts, sorted."""
        return tuple(self._prompts)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a prompt's file.

        Raises:
            ContentError: there is no such prompt.
        """
        return self._find(name).digest

    def render(self, name: str, **inputs: object) -> RenderedPrompt:
        """Fill a prompt with exactly the inputs that it declares.

        Raises:
            ContentError: an unknown prompt, a missing or surplus input, or an input without the field that is used.
        """
        prompt = self._find(name)
        missing, surplus = prompt.inputs - set(inputs), set(inputs) - prompt.inputs
        if missing or surplus:
            parts = [f"{label} {', '.join(sorted(given))}" for label, given in _named(missing, surplus) if given]
            raise ContentError(f"The prompt {name} was given the wrong inputs: {'; '.join(parts)}.")
        try:
            system, user = prompt.system.render(inputs), prompt.user.render(inputs)
        except TemplateError as error:
            raise ContentError(f"The prompt {name} cannot be filled: {error.message}.") from error
        return RenderedPrompt(system.strip(), user.strip(), prompt.digest)

    def _find(self, name: str) -> _Prompt:
        if name not in self._prompts:
            raise ContentError(f"There is no prompt {name!r}.", f"Known: {', '.join(self._prompts) or 'none'}.")
        return self._prompts[name]

    def _read(self, path: Path) -> _Prompt:
        raw = path.read_bytes()
        try:
            lines = raw.decode("utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise ContentError(f"{path}: not UTF-8 text.", "Save the file as UTF-8.") from error
        inputs, start = _front_matter(path, lines)
        system_at, user_at = _heading(path, lines, SYSTEM, start), _heading(path, lines, USER, start)
        if user_at < system_at or "".join(lines[start:system_at]).strip():
            raise ContentError(f"{path}:{start + 1}: expected `{SYSTEM}`, then `{USER}`, with nothing before them.")
        # Cut before rendering, so that no input can forge the border between the two messages.
        system = self._compile(path, lines[system_at + 1 : user_at], system_at + 1)
        user = self._compile(path, lines[user_at + 1 :], user_at + 1)
        used = self._variables(lines[start:])
        if used != inputs:
            raise ContentError(
                f"{path}:2: the inputs {sorted(inputs)} are declared but {sorted(used)} are used.",
                "Make the `inputs` line name exactly what the prompt uses.",
            )
        return _Prompt(frozenset(inputs), system, user, hashlib.sha256(raw).hexdigest())

    def _compile(self, path: Path, lines: list[str], before: int) -> Template:
        try:
            return self._environment.from_string("\n".join(lines))
        except TemplateError as error:
            line = before + getattr(error, "lineno", 1)
            raise ContentError(f"{path}:{line}: {error.message}.", "Mend the template.") from error

    def _variables(self, lines: list[str]) -> set[str]:
        return meta.find_undeclared_variables(self._environment.parse("\n".join(lines)))


def _named(missing: set[str] | frozenset[str], surplus: set[str]) -> tuple[tuple[str, set[str] | frozenset[str]], ...]:
    return ("missing", missing), ("not declared", surplus)


def _front_matter(path: Path, lines: list[str]) -> tuple[set[str], int]:
    """Return the declared inputs and the index of the first line after the front matter."""
    if not lines or lines[0].strip() != FENCE or FENCE not in (line.strip() for line in lines[1:]):
        raise ContentError(f"{path}:1: a prompt starts with front matter between two lines `{FENCE}`.")
    end = next(index for index, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    try:
        fields = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        raise ContentError(f"{path}:2: the front matter is not YAML.", "Write `inputs: [a, b]`.") from error
    if not isinstance(fields, dict) or set(fields) != {"inputs"} or not isinstance(fields["inputs"], list):
        raise ContentError(f"{path}:2: the front matter holds one field, a list.", "Write `inputs: [a, b]`.")
    return {str(name) for name in fields["inputs"]}, end + 1


def _heading(path: Path, lines: list[str], heading: str, start: int) -> int:
    places = [index for index in range(start, len(lines)) if lines[index].strip() == heading]
    if len(places) != 1:
        raise ContentError(f"{path}: expected the line `{heading}` once, found it {len(places)} times.")
    return places[0]
