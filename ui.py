"""The web page's entry: settings, then the coach, then the pages, then the server."""

from __future__ import annotations

import sys

from coach.errors import CoachError
from coach.settings import load_settings, quiet_third_parties


def main() -> int:
    """Serve the pages until interrupted; return the exit code."""
    quiet_third_parties()
    # Imported here because these libraries read the environment when they are imported.
    from coach.bootstrap import build_coach
    from coach.server import serve

    try:
        settings = load_settings()
        serve(build_coach(settings), settings)
    except CoachError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
