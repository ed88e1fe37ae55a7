"""Lets `python -m coach` do what the command `coach` does."""

from __future__ import annotations

import sys

from coach.cli import main

if __name__ == "__main__":
    sys.exit(main())
