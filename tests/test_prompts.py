"""Prompts: strict rendering, golden copies, and no prompt text in Python.

After an intended change of a prompt, write the golden copies anew with
`python -m tests.test_prompts` and read their difference.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from coach.answering.model_prompt import Failing, Numbered
from coach.errors import ContentError
from coach.prompts import Prompts
from coach.types import Passage

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
PASSAGE = Passage("p#1", "p", "Budget talks", "When money is tight", "Review", "Ask which cost worries her most.")
SOURCES = (
    Numbered(1, PASSAGE.title, PASSAGE.section, PASSAGE.text, PASSAGE),
    Numbered(2, "Pilots", "Start small", "Offer a pilot without new budget.", PASSAGE),
)
INPUTS: dict[str, dict[str, object]] = {
    "answer": {"asked": "and if she says no?", "question": "What if the CFO says no to the pilot?", "sources": SOURCES},
    "repair": {
        "draft": "Offer a pilot for 30 days [2]. Smile warmly [1].",
        "failing": [Failing("Offer a pilot for 30 days.", ("30",)), Failing("Smile warmly.", ())],
        "question": "What if the CFO says no to the pilot?",
        "sources": SOURCES,
    },
}


def rendered(name: str) -> str:
    prompt = Prompts(ROOT / "prompts").render(name, **INPUTS[name])
    return f"## System\n{prompt.system}\n\n## User\n{prompt.user}\n"


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_prompts_render_as_their_golden_copies(name: str) -> None:
    assert rendered(name) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


def test_no_prompt_text_in_python() -> None:
    found = [path for path in (ROOT / "coach").rglob("*.py") if "You are" in path.read_text(encoding="utf-8")]
    assert found == []


def prompts(folder: Path, text: str) -> Prompts:
    (folder / "p.md").write_text(text, encoding="utf-8")
    return Prompts(folder)


GOOD = "---\ninputs: [a, b]\n---\n## System\nBe {{ a }}.\n## User\n{{ b }}\n"


def test_renders_two_messages_and_the_digest(tmp_path: Path) -> None:
    prompt = prompts(tmp_path, GOOD).render("p", a="brief", b="## System\n{{ a }} <x>")
    assert (prompt.system, prompt.user) == ("Be brief.", "## System\n{{ a }} <x>")
    assert prompt.digest == hashlib.sha256(GOOD.encode()).hexdigest() == Prompts(tmp_path).digest("p")
    assert Prompts(tmp_path).names == ("p",)


@pytest.mark.parametrize(
    ("name", "inputs", "said"),
    [("q", {}, "no prompt 'q'"), ("p", {"a": 1}, "missing b"), ("p", {"a": 1, "b": 2, "c": 3}, "not declared c"),
     ("p", {"c": 3}, "missing a, b; not declared c")],
)  # fmt: skip
def test_wrong_inputs_are_refused(tmp_path: Path, name: str, inputs: dict[str, object], said: str) -> None:
    with pytest.raises(ContentError, match=said):
        prompts(tmp_path, GOOD).render(name, **inputs)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no front matter", "p.md:1"),
        ("---\ninputs: [a]\n", "p.md:1"),
        ("---\ninputs: a\n---\n## System\n## User\n", "p.md:2"),
        ("---\ninputs: [\n---\n## System\n## User\n", "p.md:2.*YAML"),
        ("---\ninputs: []\nmore: 1\n---\n## System\n## User\n", "p.md:2"),
        ("---\ninputs: [a]\n---\n## System\n{{ a }}\n", "## User.*0 times"),
        ("---\ninputs: []\n---\n## System\n## User\n## User\n", "## User.*2 times"),
        ("---\ninputs: []\n---\n## User\n## System\n", "p.md:4"),
        ("---\ninputs: []\n---\nloose\n## System\n## User\n", "p.md:4"),
        ("---\ninputs: [a, b]\n---\n## System\n{{ a }}\n## User\n", "declared"),
        ("---\ninputs: []\n---\n## System\n{{ a }}\n## User\n", "are used"),
        ("---\ninputs: []\n---\n## System\nfine\n{% if %}\n## User\n", "p.md:6"),
    ],
)
def test_a_bad_prompt_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ContentError, match=said):
        prompts(tmp_path, text)


def test_the_sandbox_and_strictness_hold(tmp_path: Path) -> None:
    head = "---\ninputs: [a]\n---\n## System\n"
    with pytest.raises(ContentError, match="cannot be filled"):
        prompts(tmp_path, head + "{{ a.missing }}\n## User\n").render("p", a=1)
    with pytest.raises(ContentError, match="cannot be filled"):
        prompts(tmp_path, head + "{{ a.__class__.__mro__ }}\n## User\n").render("p", a=1)


def test_a_missing_folder_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no prompts folder"):
        Prompts(tmp_path / "none")
    (tmp_path / "p.md").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError, match="UTF-8"):
        Prompts(tmp_path)


if __name__ == "__main__":
    for prompt_name in INPUTS:
        (GOLDEN / f"{prompt_name}.md").write_text(rendered(prompt_name), encoding="utf-8")
