"""``python -m dipwatch``: the same as the installed command."""

from dipwatch.cli import main

main()
