"""The packages that a trial installs: this tree's wheel, a later one with a migration more, and what they need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATER = "99.0.0"
_SOURCE = ("src", "config", "migrations", "seeds", "share", "systemd", "pyproject.toml", "README.md", "LICENSE")
_MIGRATION = '''"""What a later version might add.

Revision ID: {following}
"""

import sqlalchemy as sa
from alembic import op

revision = "{following}"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("developments", sa.Column("region", sa.Text()))
'''


def build(tree: Path, into: Path) -> Path:
    """Build a tree's wheel and return it."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(into), str(tree)]
    subprocess.run(command, check=True, capture_output=True)
    return max(into.glob("dipwatch-*.whl"), key=lambda path: path.stat().st_mtime)


def later_tree(folder: Path) -> Path:
    """Copy this tree as a later version would be: a higher number, and one migration more."""
    tree = folder / "later"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for name in _SOURCE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    schema = tree / "src/dipwatch/store/schema/__init__.py"
    head = re.findall(r'^REVISION = "(\d{4})"$', schema.read_text(encoding="utf-8"), re.MULTILINE)[0]
    following = f"{int(head) + 1:04}"
    _replace(schema, f'REVISION = "{head}"', f'REVISION = "{following}"')
    _replace(tree / "src/dipwatch/__init__.py", r'__version__ = "[^"]+"', f'__version__ = "{LATER}"')
    migration = _MIGRATION.format(head=head, following=following)
    (tree / f"migrations/versions/{following}_later.py").write_text(migration, encoding="utf-8")
    return tree


def wheelhouse(wheel: Path, into: Path, python: str = "3.11") -> Path:
    """Download everything that a wheel needs, for the container's Python."""
    only = ["--only-binary=:all:", "--python-version", python]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *only, "--dest", str(into), str(wheel)]
    subprocess.run(command, check=True)
    return into


def _replace(file: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, text, file.read_text(encoding="utf-8"))
    if count != 1:
        raise ValueError(f"{file}: {pattern} stands there {count} times")
    file.write_text(changed, encoding="utf-8")
