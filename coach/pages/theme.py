"""The look of every page: Gradio's own parts are given the same variables that `theme.css` defines."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import gradio as gr

FOLDER = Path(__file__).resolve().parent
ASSETS = {
    "theme.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def build_theme() -> gr.themes.Base:
    """Return a Gradio theme that takes its colours and fonts from `theme.css`, so that light and dark follow it."""
    colours = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--ink-soft)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--paper-deep)",
        "border_color_primary": "var(--rule)",
        "border_color_accent": "var(--accent)",
        "block_background_fill": "transparent",
        "block_border_color": "transparent",
        "block_label_text_color": "var(--ink-soft)",
        "block_title_text_color": "var(--ink-soft)",
        "input_background_fill": "transparent",
        "input_background_fill_focus": "transparent",
        "input_border_color": "transparent",
        "input_border_color_focus": "transparent",
        "input_placeholder_color": "var(--ink-soft)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent-strong)",
        "button_primary_text_color": "var(--on-accent)",
        "button_secondary_background_fill": "var(--sheet)",
        "button_secondary_text_color": "var(--ink)",
        "link_text_color": "var(--accent)",
    }
    both = {f"{name}_dark": value for name, value in colours.items()}
    theme = gr.themes.Base(
        font=(
            "-apple-system",
            "Segoe UI",
            "Roboto",
            "Liberation Sans",
            "Arial",
            "sans-serif",
        ),
        font_mono=("ui-monospace", "Liberation Mono", "monospace"),
    )
    return theme.set(
        **colours,
        **both,
        block_border_width="0px",
        block_shadow="none",
        layout_gap="0px",
    )


@cache
def asset_address(name: str) -> str:
    """Return the address of one of `ASSETS`, which changes whenever the file does."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"page/{name}?v={digest}"
