"""The shape of the code, held by tests: layers, sizes, names, what importing does."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COACH = ROOT / "coach"
# Imports go from a later row to an earlier one only, or stay inside their own entry.
LAYERS = (
    ("errors", "types"),
    ("settings", "prompts", "answer_json"),
    ("models", "knowledge", "reading", "records"),
    ("answering", "practice"),
    ("app",),
    ("bootstrap",),
    ("evaluation", "checks"),
    ("doctor",),
    ("pages",),
    ("server",),
    ("commands",),
    ("cli",),
    ("__main__", "ui"),
)
# Neighbours that may see each other, with the reason.
ALLOWED = {
    ("coach.records.passages", "coach.knowledge.passages"): "the store implements the index's protocol",
    ("coach.reading.premises", "coach.knowledge.schemas"): "premises are facts that staff write",
    ("coach.reading.training", "coach.knowledge"): "`main` wires the training",
    ("coach.reading.training", "coach.models"): "`main` wires the training",
}
REFUSED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base", "lib", "core"}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(COACH.rglob("*.py"))
} | {"ui": ROOT / "ui.py"}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def layer(module: str) -> int | None:
    entry = module.split(".")[1] if module.startswith("coach.") else module
    return next((rank for rank, entries in enumerate(LAYERS) if entry in entries), None)


def entry(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


def definitions(tree: ast.AST) -> Iterator[Function | ast.ClassDef]:
    """Yield the public functions, classes and methods of a module, not what stands inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node)


def test_every_module_has_a_layer() -> None:
    assert [name for name in MODULES if name != "coach" and layer(name) is None] == []


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downward(module: str) -> None:
    own = layer(module)
    for target in imports(TREES[module]):
        if not target.startswith("coach.") or entry(target) == entry(module):
            continue
        reason = ALLOWED.get((module, target)) or ALLOWED.get((module, entry(target)))
        other = layer(target)
        assert other is not None, f"{module} imports {target}, which has no layer"
        assert reason or (own is not None and other < own), f"{module} may not import {target}"


def test_only_existing_exceptions_are_listed() -> None:
    used = {
        (module, name) for module in MODULES for target in imports(TREES[module]) for name in (target, entry(target))
    }
    assert [pair for pair in ALLOWED if pair not in used] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_fits_in_a_head(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) < LONGEST_MODULE
    for node in ast.walk(TREES[module]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length < LONGEST_FUNCTION, f"{module}.{node.name} has {length} lines"


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_says_what_it_is(module: str) -> None:
    tree = TREES[module]
    assert ast.get_docstring(tree), f"{module} has no docstring"
    silent = [node.name for node in definitions(tree) if not ast.get_docstring(node)]
    assert silent == [], f"{module}: no docstring"


def test_names_say_what_a_module_is_for() -> None:
    parts = {part for module in MODULES for part in module.split(".")}
    assert parts & REFUSED_NAMES == set()


@pytest.mark.parametrize("module", [module for module in MODULES if module != "coach.settings"])
def test_only_settings_read_the_environment(module: str) -> None:
    for node in ast.walk(TREES[module]):
        reads = isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getenvb")
        reads |= isinstance(node, ast.ImportFrom) and node.module == "os"
        assert not reads, f"{module} reads the environment in line {getattr(node, 'lineno', 0)}"


def test_no_prompt_is_written_in_python() -> None:
    assert [name for name, path in MODULES.items() if "You are " in path.read_text(encoding="utf-8")] == []


def test_the_map_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = [path.parent.relative_to(ROOT).as_posix() for path in COACH.rglob("__init__.py") if path.parent != COACH]
    packages = [name for name in packages if "migrations" not in name]
    modules = [path.relative_to(ROOT).as_posix() for path in COACH.glob("[!_]*.py")]
    assert [name for name in [*packages, *modules, "ui.py"] if f"`{name}" not in text] == []


IMPORT_EVERYTHING = """
import importlib, os, sys

LIBRARY = os.path.dirname(os.__file__)
NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.sendto"}
OTHERS = {"socket.bind", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "os.fork", "os.exec", "os.system"}

def ours():
    frame = sys._getframe(2)
    while frame:
        path = frame.f_code.co_filename
        if "site-packages" in path:
            return False
        if not path.startswith(("<frozen", LIBRARY)):
            return True
        frame = frame.f_back

def watch(event, arguments):
    if event in NETWORK:
        print(event, *arguments[1:])
    elif event == "open":
        path, mode, flags = arguments
        writes = isinstance(mode, str) and set(mode) & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR)
        if writes and path != os.devnull and ours():
            print(f"opens {path} for writing")
    elif event in OTHERS and ours():
        # Libraries try out what the system can do, such as IPv6; that they leave nothing behind is looked at below.
        print(event, *arguments[:2])

modules = sys.argv[1:]
from coach.settings import quiet_third_parties
quiet_third_parties()
sys.addaudithook(watch)
for module in modules:
    importlib.import_module(module)
"""


def test_importing_does_nothing(tmp_path: Path) -> None:
    names = [name for name in MODULES if name != "coach.__main__"]
    folder = tmp_path / "here"
    folder.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING, *names],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(folder.iterdir()) == []
