"""Facts that the pages' TypeScript and Python both state: where they differ, one is wrong."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import aivj.stage
from aivj.audio.clip import SAMPLE_RATE_HZ
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.run_folder import MIN_SOUND_RMS
from aivj.gate.features import judging
from aivj.live.shuffle_order import SHUFFLE_KEY
from aivj.packs.provenance import PROVENANCE_NAME
from aivj.preferences.guard import TOKEN_HEADER
from aivj.stage.thumbnails import LUMA_WEIGHTS
from aivj.takes.cells import CELL_COLUMNS, CELL_ROWS
from aivj.takes.picture import FOREGROUND_OPACITY

WEB = Path(aivj.stage.__file__).parent / "web"


def source(path: str) -> str:
    """A file of the pages' TypeScript."""
    return (WEB / "src" / path).read_text(encoding="utf-8")


def numbers(text: str) -> tuple[float, ...]:
    """The numbers between commas."""
    return tuple(float(number) for number in text.split(","))


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("render/clip.ts", "SAMPLE_RATE_HZ", SAMPLE_RATE_HZ),
        ("render/reduction.ts", "CELLS_X", CELL_COLUMNS),
        ("render/reduction.ts", "CELLS_Y", CELL_ROWS),
        ("render/composite.ts", "FOREGROUND_OPACITY", FOREGROUND_OPACITY),
        ("player/sound/hearing.ts", "MIN_SOUND_RMS", MIN_SOUND_RMS),
        ("player/pack.ts", "MANIFEST_NAME", PAIRS_MANIFEST_NAME),
        ("player/pack.ts", "QUALITY_NAME", PAIRS_QUALITY_NAME),
        ("player/library.ts", "LIBRARY_MANIFEST", LIBRARY_MANIFEST_NAME),
        ("director/style_index.ts", "MANIFEST_NAME", LIBRARY_MANIFEST_NAME),
        ("player/titles.ts", "PROVENANCE_NAME", PROVENANCE_NAME),
        ("player/shuffle.ts", "SHUFFLE_KEY", SHUFFLE_KEY),
        ("prefer/api.ts", "TOKEN_HEADER", TOKEN_HEADER),
    ],
)
def test_a_constant_is_pythons(path: str, name: str, value: object) -> None:
    found = re.search(rf"const {name} = (.+);", source(path))

    assert found is not None, f"{path} has no constant {name}"
    assert ast.literal_eval(found[1]) == value


@pytest.mark.parametrize("path", ["player/layer_sampler.ts", "probe/preset_figures.ts"])
def test_luma_is_weighed_alike(path: str) -> None:
    found = re.search(r"const LUMA = \[(.+)\]", source(path))

    assert found is not None
    assert np.allclose(numbers(found[1]), 255 * LUMA_WEIGHTS)


def test_the_gate_knows_how_the_player_spares_a_machine() -> None:
    rows = re.findall(r"  \w+: caps\(\"(\w+)\", (.+)\)", source("player/load/caps.ts"))
    audio_fps, beat_fps, fg_ms, bg_ms = zip(*(numbers(row) for _, row in rows), strict=True)

    assert tuple(name for name, _ in rows) == judging.CADENCES
    assert audio_fps == judging.AUDIO_FPS[::-1]
    assert beat_fps == judging.BEAT_FPS[::-1]
    assert fg_ms == judging.FEED_FG_MS
    assert bg_ms == judging.FEED_BG_MS


def test_the_gate_knows_how_the_player_follows_the_music() -> None:
    drives = re.findall(r"  (\w+): tuning\((.+)\)", source("player/drive.ts"))

    assert {name: numbers(row) for name, row in drives} == dict(judging.DRIVES)


def test_the_page_allows_the_intervals_that_the_player_takes() -> None:
    page = (WEB / "static" / "index.html").read_text(encoding="utf-8")
    field = re.search(r'id="preset-auto-interval" type="number" min="(\d+)" max="(\d+)"', page)
    bounds = re.search(r"INTERVAL_S = \{ least: (\d+), most: (\d+)", source("player/auto.ts"))

    assert field is not None
    assert bounds is not None
    assert field.groups() == bounds.groups()
