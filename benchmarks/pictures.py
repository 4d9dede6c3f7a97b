"""Make the pictures of the README and the guides from the demo: `python benchmarks/pictures.py [FOLDER]`.

Runs `dipwatch demo` into FOLDER (default: a temporary one), takes its last update alert and `dipwatch history`,
as they stand on a terminal of 100 columns, and writes each as an SVG into docs/images.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 100
_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""Rich names fonts of a server: a picture must not fetch anything."""
_UPDATE = re.compile(r"^UPDATE · .*?^ref \w+$", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Run the demo and write the pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="dipwatch-pictures-"))
    printed = _dipwatch("demo", "--keep", str(folder))
    config = ("--config", str(folder / "dipwatch.toml"))
    alerts = _UPDATE.findall(printed)
    _draw("alert", "an alert", alerts[-1])
    _draw("history", "dipwatch history", _dipwatch(*config, "history"))


def _dipwatch(*arguments: str) -> str:
    environment = os.environ | {"COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "DIPWATCH_PAGER": "off"}
    command = [sys.executable, "-m", "dipwatch", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def _draw(name: str, title: str, screen: str) -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(screen.strip("\n")), soft_wrap=True)
        picture = console.export_svg(title=title, code_format=_FONTS.sub("", CONSOLE_SVG_FORMAT), unique_id=name)
    (IMAGES / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
