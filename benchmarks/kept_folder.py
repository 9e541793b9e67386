"""Where a benchmark works: a folder that is kept, or one that goes with it."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def kept_folder(keep: Path | None, prefix: str) -> Iterator[Path]:
    """Makes the folder for the block: `keep`, which stays, or a temporary one if that is None."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        yield Path(folder)
