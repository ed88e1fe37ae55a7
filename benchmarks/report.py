"""What a benchmark hands back: tables to read, targets to compare with, and one JSON file of everything."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

Cell = str | float | int | None
MISSING = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; `notes` say under which conditions its figures hold."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A measured value and the limit it is compared with: at most `limit`, or at least it when `floor` is set."""

    what: str
    value: float
    limit: float
    unit: str = ""
    floor: bool = False

    @property
    def met(self) -> bool:
        """Whether the value keeps to the limit."""
        return self.value >= self.limit if self.floor else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome of one benchmark."""

    name: str
    tables: tuple[Table, ...] = ()
    targets: tuple[Target, ...] = ()
    missing: tuple[str, ...] = ()
    seconds: float = 0.0
    machine: Mapping[str, object] = field(default_factory=dict)


def machine() -> dict[str, object]:
    """Return what a reader must know to compare: processors, how busy they were, the versions."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "at": time.strftime("%Y-%m-%d %H:%M"),
        "processors": os.cpu_count() or 0,
        "load": round(load, 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def draw(part: Part) -> str:
    """Return a part as plain text."""
    about = ", ".join(f"{name} {value}" for name, value in part.machine.items())
    pieces = [f"== {part.name} ==  ({about}; took {part.seconds:.0f} s)"]
    pieces += [_draw_table(table) for table in part.tables]
    if part.targets:
        rows = [(target.what, _measured(target), _limit(target), _verdict(target)) for target in part.targets]
        pieces.append(_draw_table(Table("Targets", ("what", "measured", "target", ""), tuple(rows))))
    pieces += [f"Not measured: {sentence}" for sentence in part.missing]
    return "\n\n".join(pieces)


def keep(parts: Sequence[Part], path: Path) -> None:
    """Write the parts into `path`, beside those of earlier runs that were not measured this time."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    for part in parts:
        targets = [{**asdict(target), "met": target.met} for target in part.targets]
        known[part.name] = {**asdict(part), "targets": targets}
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    aside.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _draw_table(table: Table) -> str:
    cells = [list(table.columns), *([_cell(cell) for cell in row] for row in table.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(table.columns))]
    lines = [
        "  ".join(text.ljust(width) if not column else text.rjust(width) for column, (text, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in cells)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([table.title, *(line.rstrip() for line in lines), *table.notes])


def _cell(value: Cell) -> str:
    if value is None:
        return MISSING
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else value


def _measured(target: Target) -> str:
    return f"{_cell(float(target.value))} {target.unit}".strip()


def _limit(target: Target) -> str:
    return f"{'>=' if target.floor else '<='} {_cell(float(target.limit))} {target.unit}".strip()


def _verdict(target: Target) -> str:
    return "met" if target.met else "MISSED"
