"""Where benchmarks print: as wide as the terminal, or wide enough for tables."""

from rich.console import Console

_WIDTH = 120

console = Console()
if not console.is_terminal:
    console = Console(width=_WIDTH)
