"""`python -m benchmarks [retrieval|answers|intake|all] [--data FOLDER]`: prints tables, keeps them as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks.report import Part, draw, keep, machine
from coach.settings import Settings, load_settings, quiet_third_parties

ROOT = Path(__file__).resolve().parents[1]
PUBLIC_DATA = ROOT.parent / "shared" / "data"
PARTS = ("retrieval", "answers", "intake")


def main() -> int:
    """Run the parts that were asked for; a missed target is printed and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--data", type=Path, default=PUBLIC_DATA, help="folder with the public collections")
    arguments = parser.parse_args()
    quiet_third_parties()
    settings = load_settings({"model": "builtin"})
    measures: dict[str, Callable[[], Part]] = {
        "retrieval": lambda: _retrieval(settings, arguments.data),
        "answers": lambda: _answers(settings),
        "intake": lambda: _intake(settings),
    }
    kept = settings.data / "bench" / "latest.json"
    for name in PARTS if arguments.part == "all" else (arguments.part,):
        about = machine()
        started = perf_counter()
        found = measures[name]()
        part = Part(name, found.tables, found.targets, found.missing, perf_counter() - started, about)
        print(draw(part), end="\n\n", flush=True)
        keep([part], kept)
    print(f"Kept in {kept}")
    return 0


def _retrieval(settings: Settings, data: Path) -> Part:
    # Imported when asked for, here and below: these libraries read the environment, which `main` has quietened.
    from benchmarks.cached_vectors import CachedVectors
    from benchmarks.golden import golden_retrieval
    from benchmarks.public_data import BEIR, CHUNKING
    from benchmarks.retrieval import chunking, judged_collections
    from coach.models.embedding import MiniLM

    embedder = MiniLM(settings.models_path, settings.threads)
    cache = CachedVectors(embedder, settings.data / "bench")
    table, targets = golden_retrieval(settings, embedder)
    tables = [table]
    if (data / CHUNKING).is_dir():
        more, limits = chunking(data, cache, embedder)
        tables += more
        targets += limits
    if any((data / name).is_dir() for name in BEIR):
        tables.append(judged_collections(data, cache, embedder))
    absent = [name for name in (CHUNKING, *BEIR) if not (data / name).is_dir()]
    missing = [f"{name}: there is no folder {data / name}; name another place with --data." for name in absent]
    return Part("retrieval", tuple(tables), tuple(targets), tuple(missing))


def _answers(settings: Settings) -> Part:
    from benchmarks.answers import measure_answers

    tables, targets = measure_answers(settings)
    return Part("answers", tuple(tables), tuple(targets))


def _intake(settings: Settings) -> Part:
    from benchmarks.intake import measure_intake

    table, targets = measure_intake(settings)
    return Part("intake", (table,), tuple(targets))


if __name__ == "__main__":
    sys.exit(main())
