"""The wheel: it carries knowledge, prompts and evals, and works in a folder that is not the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

import coach

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with what is installed: nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, as an installer lays it out."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def coach_in(installed: Path, elsewhere: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "COACH_DATA": str(elsewhere / "data")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "coach", *arguments],
        cwd=elsewhere, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_the_content_and_nothing_of_the_checkout(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("knowledge", "prompts", "evals"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files and [path for path in files if f"coach/_content/{path.as_posix()}" not in names] == []
    for path in (ROOT / "coach").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests", "var", "docs")) or "__pycache__" in name]


def test_its_metadata_name_the_command_and_the_licence(wheel: Path, installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    distribution = PathDistribution(info)
    assert [(point.name, point.value) for point in distribution.entry_points] == [("coach", "coach.cli:main")]
    assert distribution.metadata["License-Expression"] == "Apache-2.0"
    assert (info / "licenses" / "LICENSE").read_text().strip().startswith("Apache License")


def test_the_version_is_written_once_in_effect() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == coach.__version__


def test_it_works_from_another_folder(installed: Path, tmp_path: Path) -> None:
    assert "serve" in coach_in(installed, tmp_path, "--help")
    assert str(installed / "coach" / "_content" / "knowledge") in coach_in(installed, tmp_path, "knowledge", "check")
