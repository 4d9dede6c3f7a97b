"""Files that others may read at any moment: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dipwatch.errors import MachineError

_READABLE = 0o644


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step, with the rights of the one that it replaces. Raises MachineError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o7777 if path.exists() else _READABLE
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as new:
            try:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).chmod(mode)
                Path(new.name).replace(path)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise MachineError(f"{path} can't be written ({error.strerror or type(error).__name__})") from error
