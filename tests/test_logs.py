"""Every message of the log is explained, and what is explained is said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def said() -> Iterator[str]:
    """Every message that the program's own calls of the log hold."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if _logs(node):
                yield from (each.value for each in node.args if isinstance(each, ast.Constant))  # type: ignore[attr-defined, misc] # (see _logs)


def _logs(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )


def explained() -> set[str]:
    page = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`[^|]+`) \|", page, re.MULTILINE)
    return {message for cell in first_cells for message in re.findall(r"`([^`]+)`", cell)}


def test_every_message_is_explained() -> None:
    assert set(said()) - explained() == set()


def test_nothing_is_explained_that_is_not_said() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert [message for message in sorted(explained()) if f'"{message}"' not in source] == []
