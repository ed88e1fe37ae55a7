"""`coach doctor`: what works, what to watch, what is broken, and what to do about it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from coach.checks.finding import Finding
from coach.commands.starting import start

RANKS = ("OK", "WARN", "FAIL")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; exit code 1 when one of them is a FAIL."""
    settings = start()
    from coach.doctor import examine

    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not arguments.json:
            print(finding_text(finding), flush=True)
    worst = max((finding.status for finding in findings), key=RANKS.index)
    if arguments.json:
        print(json.dumps({"status": worst, "checks": [asdict(finding) for finding in findings]}, indent=2))
    return 1 if worst == "FAIL" else 0


def finding_text(finding: Finding) -> str:
    """Return a finding as one line, and its remedy as a second."""
    lines = [f"{finding.status:<5} {finding.name}: {finding.found}"]
    if finding.remedy:
        lines.append(f"      {finding.remedy}")
    return "\n".join(lines)
