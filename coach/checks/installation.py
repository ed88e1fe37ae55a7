"""Checks of the machine and the program: Python, locked packages, disk space."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coach.checks.finding import Finding

OLDEST_PYTHON = (3, 11)
PROJECT = "executive-coach"
LITTLE_DISK, NO_DISK = 1_000_000_000, 200_000_000
SHOWN = 3


def check_python(version: tuple[int, int, int]) -> Finding:
    """Check the version of the Python that runs this."""
    shown = ".".join(str(part) for part in version)
    if version[:2] < OLDEST_PYTHON:
        return Finding("Python", "FAIL", f"This is Python {shown}.", "Use Python 3.11 or newer.")
    return Finding("Python", "OK", f"Python {shown}")


def check_lock(root: Path, installed: Mapping[str, str]) -> Finding:
    """Compare the installed packages (version by name) with `uv.lock` when `root` is a checkout."""
    name = "Locked packages"
    if not (root / "pyproject.toml").is_file():
        return Finding(name, "OK", "Installed as a package; the installer chose the versions.")
    try:
        locked = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))["package"]
        versions: dict[str, set[str]] = {}
        for package in locked:
            versions.setdefault(package["name"], set()).add(package["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return Finding(name, "FAIL", "uv.lock is missing or cannot be read.", "Restore it, or run `make lock`.")
    missing = [name for name in _required(locked) if name not in installed]
    other = [
        f"{name} {version} (locked: {', '.join(sorted(versions[name]))})"
        for name, version in sorted(installed.items())
        if name in versions and name != PROJECT and version not in versions[name]
    ]
    if missing:
        return Finding(name, "FAIL", f"Not installed: {_some(missing)}.", "Run `make setup`.")
    if other:
        return Finding(name, "WARN", f"Other versions than locked: {_some(other)}.", "Run `make setup`.")
    held = sum(name in installed for name in versions)
    return Finding(name, "OK", f"{held} installed packages are at their locked versions.")


def installed_packages() -> dict[str, str]:
    """Return the version of every installed package by its normalized name."""
    return dict(_installed())


def check_disk(folder: Path) -> Finding:
    """Check the free space where the coach keeps its data."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return Finding("Disk", "FAIL", f"{folder} cannot be written.", "Set COACH_DATA to a folder of this account.")
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:,.1f} GB free for {folder}"
    if free < NO_DISK:
        return Finding("Disk", "FAIL", found, "Free some space, or set COACH_DATA to another folder.")
    if free < LITTLE_DISK:
        return Finding("Disk", "WARN", found, "Free some space before you index more documents.")
    return Finding("Disk", "OK", found)


def _required(locked: list[dict[str, Any]]) -> list[str]:
    """Return what the project itself needs on every platform."""
    project: dict[str, Any] = next((package for package in locked if package["name"] == PROJECT), {})
    return sorted({need["name"] for need in project.get("dependencies", []) if "marker" not in need})


def _installed() -> Iterator[tuple[str, str]]:
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            yield re.sub(r"[-_.]+", "-", name).lower(), distribution.version


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
