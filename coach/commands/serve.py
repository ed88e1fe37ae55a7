"""`coach serve`: the web page, until it is interrupted."""

from __future__ import annotations

import argparse
import gc

from coach.commands.starting import say, start


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl+C, which is the way to stop and therefore no error."""
    settings = start(host=arguments.host, port=arguments.port, model=arguments.model)
    # Half a million objects are made while Gradio and Chroma are imported, and all of them stay: without the collector
    # looking at them again and again the page is there half a second earlier.
    gc.disable()
    from coach.pages.gradio_start import skip_stub_writing

    skip_stub_writing()
    # These read the environment when they are imported, so they come after `start`.
    from coach.bootstrap import build_coach
    from coach.server import serve

    gc.freeze()
    gc.enable()
    try:
        serve(build_coach(settings, say), settings)
    except KeyboardInterrupt:
        return 0
    return 0
