"""How far an audit or a repair is: one line, whatever is being done."""

import contextlib
from collections.abc import Callable, Iterator

from aivj.cli.console import bar


@contextlib.contextmanager
def stages(first: str) -> Iterator[Callable[[str, int, int], None]]:
    """Shows a line of progress for the block.

    Yields:
        What is told what is being done, and how many of how many are done.
    """
    with bar(first) as progress:

        def tell(what: str, num_done: int, num_all: int) -> None:
            if progress.label != what:
                progress.begin(what)
            progress.update(num_done, num_all)

        yield tell
