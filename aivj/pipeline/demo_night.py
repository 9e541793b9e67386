"""What a demo looks at before its first stage: the presets that it is made of."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aivj.errors import InputError
from aivj.packs.ratings import ratings_differ
from aivj.packs.scan import scan_presets
from aivj.pipeline.night import FEWEST_PRESETS, NightRequest
from aivj.storage import sha256_hex

_IDENTITY_LENGTH = 12


def demo_stamp(request: NightRequest, renderer: str, now: datetime | None) -> str:
    """Returns what a demo is called: after all that decides its pairs, so that it goes on.

    Args:
        request: The demo.
        renderer: What draws, and the browser.
        now: The time, if what was measured before does not count.

    Raises:
        InputError: The folder of presets cannot be read, or has too few for two pairs.
    """
    folder = Path(request.presets or "")
    library = scan_presets(folder)
    if len(library) < FEWEST_PRESETS:
        raise InputError(
            f"at least {FEWEST_PRESETS} different presets in {folder}, for two pairs: scores that "
            "do not differ are never released",
            f"{len(library)}",
            "name a folder with more",
        )
    files = [(file.relative_path, file.path.stat().st_size) for file in library]
    asked = [str(folder.resolve()), request.pairs, request.pairing, request.audio, renderer, files]
    identity = sha256_hex(json.dumps(asked).encode())[:_IDENTITY_LENGTH]
    fresh = "" if now is None else f"-{now:%Y%m%dT%H%M%S}"
    return f"demo-{request.seed or 0}-{identity}{fresh}"


def without_equal_ratings(request: NightRequest, say: Callable[[str], None]) -> NightRequest:
    """Takes weak labels back where the presets' ratings give none, and says so.

    Raises:
        InputError: The folder of presets cannot be read.
    """
    if not request.weak_elite or request.presets is None:
        return request
    if ratings_differ(scan_presets(Path(request.presets)), seed=request.seed or 0):
        return request
    say(
        f"note: Without an elite list, since the ratings of the presets in {request.presets} give "
        "none: the net learns from what is measured."
    )
    return request.model_copy(update={"weak_elite": False})
