"""The page's few icons as inline SVG, so that no icon font or image is fetched."""

from __future__ import annotations

from typing import Final

_PATHS: Final = {
    "shelf": "M4 5h16M4 12h16M4 19h10",
    "close": "M6 6l12 12M18 6L6 18",
    "copy": "M9 9h10v10H9zM5 15V5h10",
    "retry": "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
    "edit": "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
    "up": "M7 11v9H4v-9zM7 11l4-7c1.6 0 2.4 1.2 2 2.8L12.500 10H18c1.400 0 2.300 1.200 2 2.500l-1.300 5.700c-.3 1.100-1.100 1.800-2.200 1.800H7",
    "down": "M7 13V4H4v9zM7 13l4 7c1.6 0 2.4-1.2 2-2.8L12.500 14H18c1.400 0 2.300-1.200 2-2.500l-1.300-5.700C18.400 4.700 17.600 4 16.500 4H7",
    "more": "M5 12h.01M12 12h.01M19 12h.01",
    "export": "M12 4v11M7.500 10.500 12 15l4.500-4.500M5 20h14",
    "theme": "M12 3.500a8.500 8.500 0 1 0 0 17zM12 3.500a8.500 8.500 0 0 1 0 17",
    "check": "M5 12.500l4.500 4.500L19 7.500",
    "alert": "M12 8v5M12 16.500h.01M12 3.500l9 16H3z",
}


def icon(name: str) -> str:
    """Return an icon that takes the colour of its text and is hidden from screen readers."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" '
        'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f'<path d="{_PATHS[name]}"/></svg>'
    )
