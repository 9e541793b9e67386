"""Takes the pictures that `docs/monitor.md` shows: of real runs, and of planted faults.

A home is made in a folder of its own, or the one that is named is used: a whole night of few
presets and an audit, unless they are there, then a run that is watched while it goes on. All is
drawn on the CPU. The pictures are WebP.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from PIL import Image
from playwright.async_api import Browser, async_playwright

from aivj.browser.chromium import find_chromium
from aivj.contracts.run_folder import EVAL_NAME
from aivj.monitor.guard import Guard
from aivj.monitor.library_pictures import LibraryPictures
from aivj.monitor.library_routes import LibraryRoutes
from aivj.monitor.library_shelf import LibraryShelf
from aivj.monitor.library_sources import read_library
from aivj.monitor.places import Places
from aivj.monitor.server import MonitorServer
from aivj.monitor.watches import Watches
from aivj.settings import Settings
from benchmarks.planted_runs import write_planted_runs
from benchmarks.screen import console

_LIBRARY = Path("/usr/share/projectM/presets")
_NIGHT, _SHOWN, _AUDITED = "presets_milkdrop", "shown", "presets_mischa_collection"
_RUN = f"/?run=runs/{_SHOWN}"
_NUM_PAIRS = 160
_MAX_BYTES = 120_000
_FREE_BYTES = 1 << 30
_SOME_BYTES = 60_000
_LOAD_MS = 600_000
_SETTLED_MS = 1500


@dataclass(frozen=True)
class Shot:
    """A picture to take.

    Attributes:
        name: Its file's name, without the ending.
        path: Address of the page below its origin.
        is_there: Selector of what is there when it can be taken.
        scheme: `light` or `dark`.
        is_phone: Whether on a phone's screen, 390 by 844.
        height: Pixels of a desk's picture.
        scroll_to: Selector of what stands at its top; None: the page's top.
    """

    name: str
    path: str
    is_there: str
    scheme: str
    is_phone: bool = False
    height: int = 1400
    scroll_to: str | None = None


_GOING_ON = (
    Shot("monitor-running", _RUN, "#wall li:nth-child(24)", "dark"),
    Shot("monitor-running-phone", _RUN, "#wall li:nth-child(24)", "dark", is_phone=True),
)
_ENDED = (
    Shot("monitor-ended", "/", "#wall li:nth-child(24)", "light"),
    Shot("monitor-ended-outcome", "/", "#made li", "light", height=1100, scroll_to="#figures-head"),
    Shot("library", "/library", "#presets li:nth-child(24)", "dark", height=1000),
    Shot("library-phone", "/library", "#presets li:nth-child(4)", "light", is_phone=True),
)
_FAULTS = (
    Shot("monitor-faults", "/?run=runs/stands-still", "#alerts li:nth-child(9)", "dark"),
    Shot("monitor-failed-phone", "/?run=runs/ended-badly", "#alerts li", "light", is_phone=True),
)


def main() -> None:
    """Makes what is to be seen, and takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="Where runs are made. Default: a folder for now.")
    parser.add_argument("--out", type=Path, default=Path("docs"))
    given = parser.parse_args()
    made = tempfile.TemporaryDirectory(prefix="aivj-pictures-")
    with made if given.home is None else nullcontext(given.home) as home:
        asyncio.run(_take_all(Path(home), given.out))


async def _take_all(home: Path, out: Path) -> None:
    _prepare(home)
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=str(find_chromium()), args=["--no-sandbox"]
        )
        stack.push_async_callback(browser.close)
        origin = await stack.enter_async_context(_served(home))
        await _take(browser, origin, _ENDED, out)
        with _sampling(home):
            await _take(browser, origin, _GOING_ON, out)
        with tempfile.TemporaryDirectory(prefix="aivj-planted-") as planted:
            write_planted_runs(Path(planted))
            with patch("shutil.disk_usage", _nearly_full):
                async with _served(Path(planted)) as faulty:
                    await _take(browser, faulty, _FAULTS, out)


def _prepare(home: Path) -> None:
    """Makes a night, an audit and a pack, unless they are there; the night is the latest run."""
    shutil.rmtree(home / "runs" / _SHOWN, ignore_errors=True)
    if not (home / "artifacts" / "coupled-eval").is_dir():
        presets = ("--presets", str(_LIBRARY / _NIGHT))
        _aivj(home, "night", "--profile", "smoke", "--pack", "night", *presets, "--allow-cpu")
    if not (home / "artifacts" / "presets" / "audit").is_dir():
        _aivj(home, "audit", str(_LIBRARY / _AUDITED))
    if not (home / "public" / "presets" / _SHOWN).is_dir():
        wanted = ("--presets", str(_LIBRARY / _NIGHT), "--pairs", str(_NUM_PAIRS))
        _aivj(home, "pack", "--pack", _SHOWN, *wanted)


def _aivj(home: Path, *arguments: str) -> None:
    console.print(f"aivj {' '.join(arguments)}")
    subprocess.run(_command(home, *arguments), check=True, stdout=subprocess.DEVNULL)


def _command(home: Path, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "aivj.cli", "--home", str(home), *arguments]


@contextmanager
def _sampling(home: Path) -> Iterator[None]:
    """Measures pairs for the block, and stops it after that."""
    with tempfile.TemporaryDirectory(prefix="aivj-takes-") as takes:
        command = _command(
            home, "sample", "--pack", _SHOWN, "--takes", takes, "--gpu", "software",
            "--out-dir", str(home / "runs" / _SHOWN),
        )  # fmt: skip
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=quiet, stderr=quiet) as child:
            try:
                _wait_for(home / "runs" / _SHOWN / EVAL_NAME)
                yield
            finally:
                child.terminate()


def _wait_for(rows: Path) -> None:
    """Waits until a run has some rows."""
    while not rows.is_file() or rows.stat().st_size < _SOME_BYTES:
        time.sleep(1)


@asynccontextmanager
async def _served(home: Path) -> AsyncIterator[str]:
    settings = Settings(home=home)
    shelf = LibraryShelf(lambda: read_library(settings.audit_dir, None, settings.packs_root))
    library = LibraryRoutes(shelf, LibraryPictures(settings.takes_uri))
    async with MonitorServer(Watches(Places(home)), library, Guard(None)) as server:
        yield await server.open("127.0.0.1", 0)


async def _take(browser: Browser, origin: str, shots: Sequence[Shot], out: Path) -> None:
    for shot in shots:
        height, width = (844, 390) if shot.is_phone else (shot.height, 1280)
        page = await browser.new_page(
            color_scheme="light" if shot.scheme == "light" else "dark",
            viewport={"width": width, "height": height},
            device_scale_factor=1.5 if shot.is_phone else 1,
            reduced_motion="reduce",
        )
        await page.goto(f"{origin}{shot.path}")
        await page.wait_for_selector(shot.is_there, state="attached", timeout=_LOAD_MS)
        if shot.scroll_to is not None:
            await page.evaluate(
                "to => scrollTo(0, document.querySelector(to).getBoundingClientRect().top - 70)",
                shot.scroll_to,
            )
        await page.wait_for_timeout(_SETTLED_MS)
        _write(out / f"{shot.name}.webp", await page.screenshot())
        await page.close()


def _write(path: Path, png: bytes) -> None:
    """Writes a picture as WebP, no larger than it may be."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    for quality in (80, 65, 50, 35):
        picture.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= _MAX_BYTES:
            break
    console.print(f"{path}: {picture.width}x{picture.height}, {path.stat().st_size} bytes")


def _nearly_full(_: object) -> SimpleNamespace:
    """Stands for `shutil.disk_usage` of a disk that is nearly full."""
    return SimpleNamespace(total=100 * _FREE_BYTES, free=_FREE_BYTES)


if __name__ == "__main__":
    main()
