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


def common_cues_file() -> Path:
    """Return the file of the cues that subjects share."""
    return shipped("config", "common", "cues.toml")


def find_seeds(folder: Path, configured: Path | None = None) -> Path | None:
    """Return where the documents of a subject lie: where the configuration says, else in the subject's own folder.

    The subjects that dipwatch ships have theirs beside the configuration; None where a subject has none.
    """
    if configured is not None:
        return configured
    own = folder / "seeds"
    if own.is_dir():
        return own
    return shipped("seeds") if folder.resolve().is_relative_to(shipped("config").resolve()) else None
