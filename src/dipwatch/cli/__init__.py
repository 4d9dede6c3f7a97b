"""The program: commands, what they print, exit codes. ``main`` is what the installed ``dipwatch`` starts.

Exit codes: 0 fine; 1 something failed and is named, the machine included; 2 wrong usage or configuration; 130 stopped
by Ctrl-C.
"""

from dipwatch.cli.app import main

__all__ = ["main"]
