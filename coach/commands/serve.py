"""`coach serve`: the web page, until it is interrupted."""

from __future__ import annotations

import argparse

from coach.commands.starting import say, start


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl+C, which is the way to stop and therefore no error."""
    settings = start(host=arguments.host, port=arguments.port, model=arguments.model)
    # These read the environment when they are imported, so they come after `start`.
    from coach.bootstrap import build_coach
    from coach.server import serve

    try:
        serve(build_coach(settings, say), settings)
    except KeyboardInterrupt:
        return 0
    return 0
