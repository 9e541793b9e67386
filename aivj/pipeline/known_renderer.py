"""The renderer that was proved last, for work that turns out to need no browser.

Which takes may be used depends on what would draw the missing ones. To find that out costs a
browser, which a run whose takes are all there can do without.
"""

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aivj.browser.choice import RendererChoice
from aivj.browser.chromium import find_chromium
from aivj.pipeline.render_options import RenderOptions
from aivj.storage import sha256_hex, write_atomic

_CHOICE = TypeAdapter(RendererChoice)


class KnownRenderer:
    """What a browser of this machine drew with when it was last asked.

    Args:
        home: Folder that everything is kept below.
        options: What is asked for.
    """

    def __init__(self, home: Path, options: RenderOptions) -> None:
        browser = find_chromium()
        seen = browser.stat()
        identity = json.dumps(
            [
                *(options.gpu, options.profile, options.headed, options.maximized),
                *(str(browser), seen.st_size, seen.st_mtime_ns),
            ]
        )
        name = sha256_hex(identity.encode())[:16]
        self._path = home / "cache" / "renderers" / f"{name}.json"

    def find(self) -> RendererChoice | None:
        """Returns the last proof with the same browser and options; None if there is none."""
        try:
            return _CHOICE.validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, choice: RendererChoice) -> None:
        """Remembers a proof.

        Raises:
            StorageError: It cannot be written.
        """
        write_atomic(self._path, json.dumps(asdict(choice)).encode(), fsync=False)
