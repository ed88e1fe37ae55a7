"""`coach index`: the shipped knowledge, an organisation's own documents, the index."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from coach.commands.starting import say, start
from coach.errors import CoachError
from coach.knowledge.documents.intake import DEFAULT_COLLECTION, IntakeReport
from coach.knowledge.documents.progress import Bar


def run(arguments: argparse.Namespace) -> int:
    """Bring the index up to date; files that are left out are named and do not make the command fail."""
    if arguments.name is not None and not arguments.paths:
        raise CoachError("--name needs the documents of the collection.", "Write coach index PATH --name NAME.")
    if arguments.forget is not None and arguments.paths:
        raise CoachError("--forget removes a collection and takes no documents in.", "Run the two one after the other.")
    settings = start()
    from coach.bootstrap import Indexing

    indexing = Indexing(settings, say)
    if arguments.forget is not None:
        print(f"Removed the collection {arguments.forget}: {_count(indexing.forget(arguments.forget), 'document')}.")
    if arguments.paths:
        name = DEFAULT_COLLECTION if arguments.name is None else arguments.name
        print("\n".join(report_lines(indexing.take_in(arguments.paths, name, Bar(sys.stderr)))))
    manifest = indexing.refresh(arguments.rebuild)
    built = datetime.fromtimestamp(manifest.created).strftime("%Y-%m-%d %H:%M")
    print(f"The index is up to date: {_count(manifest.passages, 'passage')}, built {built}.")
    return 0


def report_lines(report: IntakeReport) -> list[str]:
    """Return what an intake did, in lines to print: the counts, then every file left out with the reason."""
    counts = f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.removed} removed"
    kept = f", {report.kept} from other places kept" if report.kept else ""
    lines = [f"Collection {report.collection}: {counts}{kept}; {_count(report.passages, 'passage')}."]
    if report.skipped:
        lines.append(f"Left out ({len(report.skipped)}):")
        lines.extend(f"  {skipped.path}: {skipped.problem} {skipped.remedy}".rstrip() for skipped in report.skipped)
    lines.extend(f"Note: {note}" for note in report.notes)
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
