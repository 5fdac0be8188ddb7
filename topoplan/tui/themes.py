"""Themes of our own beside Textual's: one of strong contrast, and one without colours."""

from __future__ import annotations

from textual.theme import Theme

NO_COLOUR = "no-colour"

THEMES = (
    Theme(
        name="high-contrast",
        primary="#FFFF00",
        secondary="#00FFFF",
        accent="#00FFFF",
        warning="#FFFF00",
        error="#FF8080",
        success="#00FF00",
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#202020",
        text_alpha=1.0,
    ),
    Theme(
        name="high-contrast-light",
        primary="#00008B",
        secondary="#00008B",
        accent="#8B0000",
        warning="#8B4500",
        error="#8B0000",
        success="#004D00",
        foreground="#000000",
        background="#FFFFFF",
        surface="#FFFFFF",
        panel="#E6E6E6",
        dark=False,
        text_alpha=1.0,
    ),
    Theme(
        name=NO_COLOUR,
        primary="#FFFFFF",
        secondary="#C0C0C0",
        accent="#FFFFFF",
        warning="#FFFFFF",
        error="#FFFFFF",
        success="#FFFFFF",
        foreground="#E0E0E0",
        background="#000000",
        surface="#101010",
        panel="#282828",
    ),
)

OFFERED = ("textual-dark", "textual-light", *(theme.name for theme in THEMES))
"""The themes that the command palette lists itself; the others are under its entry Theme."""
