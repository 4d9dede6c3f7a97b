"""Where the files lie that dipwatch ships: configuration, seeds, migrations, the systemd unit.

In a wheel they lie in ``dipwatch/_shipped``; in a checkout they are the top-level folders of the repository.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. ``shipped("config", "subjects", "ukraine")``."""
    inside = _PACKAGE / "_shipped"
    root = inside if inside.is_dir() else _PACKAGE.parent.parent
    return root.joinpath(*parts)
