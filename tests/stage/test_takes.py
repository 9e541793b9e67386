"""The layers of a drawn pair are the takes of its presets, in a real browser."""

import base64
import contextlib

import numpy as np
import pytest
import pytest_asyncio

from aivj.stage.server import StageServer
from aivj.stage.thumbnails import CELL_TOLERANCE, luma, picture_cells
from aivj.takes.cells import LayerCells, PairCells
from aivj.takes.picture import FOREGROUND_OPACITY

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Among them: rand(), rand_preset and rand_frame, noise, blur, waves and shapes.
PRESETS = {
    "presets_milkdrop_200/Geiss - 3 layers (Minefield Mix).milk": 1,
    "presets_tryptonaut/martin - fresco flash - cainlien.milk": 2**32 - 1,
    "presets_milkdrop_200/Geiss - Virus Broth.milk": 3_000_000_000,
    "presets_milkdrop_200/Rovastar + Loadus + Geiss - Tone-mapped FractalDrop.milk": 0,
}
# A cell is a pixel.
NUM_WARMUP, NUM_MEASURED, NUM_SILENT = 3, 9, 2
SETTINGS = {
    "width": 64,
    "height": 36,
    "meshWidth": 32,
    "meshHeight": 24,
    "warmupFrames": NUM_WARMUP,
    "measureFrames": NUM_MEASURED,
    "silentFrames": NUM_SILENT,
    "silentEvery": 4,
    "framesPerS": 30,
    "clipUrl": "/clips/groove.u8",
}
TAKE = "(request) => window.__aivj_stage.renderTake(request)"
PAIR = "(request) => window.__aivj_stage.renderPair(request)"


@pytest.fixture(scope="module")
def presets(stage_converter, corpus):
    converted = [stage_converter.convert((corpus / path).read_bytes()) for path in PRESETS]
    return [
        (each.butterchurn, seed) for each, seed in zip(converted, PRESETS.values(), strict=True)
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def open_page(chromium, groove_bytes):
    async with StageServer(clips={"groove": groove_bytes}) as server:

        @contextlib.asynccontextmanager
        async def opened():
            page = await chromium.new_page()
            await page.goto(f"{server.origin}/preset-probe.html")
            yield page
            await page.close()

        yield opened


async def take_of(page, preset, seed, **changes):
    request = {"preset": preset, "seed": seed, "pictures": True, **SETTINGS, **changes}
    return await page.evaluate(TAKE, request)


async def pair_of(page, foreground, background):
    request = {**SETTINGS}
    request["foreground"], request["foregroundSeed"] = foreground
    request["background"], request["backgroundSeed"] = background
    reply = await page.evaluate(PAIR, request)
    assert reply["ok"], reply
    data = base64.b64decode(reply["reading"]["cells"])
    return PairCells.from_bytes(data, measure_frames=NUM_MEASURED, silent_frames=NUM_SILENT)


def cells_of(reply):
    assert reply["ok"], reply
    return LayerCells.from_bytes(
        base64.b64decode(reply["reading"]["cells"]),
        measure_frames=NUM_MEASURED,
        silent_frames=NUM_SILENT,
    )


def blended(foreground, background):
    """Screen blending, of bytes."""
    front, back = FOREGROUND_OPACITY * foreground / 255, background / 255
    return 255 * (1 - (1 - front) * (1 - back))


async def test_layers_of_a_pair_are_takes_whatever_was_drawn_before(open_page, presets):
    async with open_page() as page:
        pairs = [(0, 1), (1, 0), (2, 3), (3, 1)]
        drawn = {pair: await pair_of(page, *(presets[index] for index in pair)) for pair in pairs}
    async with open_page() as page:
        takes = [cells_of(await take_of(page, *preset)) for preset in presets[::-1]][::-1]
        again = cells_of(await take_of(page, *presets[0]))

    for (foreground, background), cells in drawn.items():
        for sound in ("music", "silence"):
            pictures = getattr(cells, sound)
            front, back = (getattr(takes[index], sound) for index in (foreground, background))
            assert np.array_equal(pictures.foreground, front)
            assert np.array_equal(pictures.background, back)
            assert np.abs(blended(front, back) - pictures.composite).max() < 1.5
    assert np.array_equal(again.music, takes[0].music)
    # Black pictures would be equal whatever happened, and most of these hear the music.
    assert all(0.02 < luma(take.music).mean() < 0.98 for take in takes)
    assert sum(bool(np.any(take.music[4::4] != take.silence)) for take in takes) >= 2
    assert len({take.music.tobytes() for take in takes}) == len(takes)


async def test_another_seed_is_another_take(open_page, presets):
    preset, seed = presets[0]
    async with open_page() as page:
        ours, theirs = [cells_of(await take_of(page, preset, number)) for number in (seed, 7)]
    assert not np.array_equal(ours.music, theirs.music)


async def test_pictures_are_the_first_the_middle_and_the_last_measured_frame(open_page, presets):
    async with open_page() as page:
        reply = await take_of(page, *presets[1])
        without = await take_of(page, *presets[1], pictures=False)

    music = cells_of(reply).music
    shown = [
        picture_cells(base64.b64decode(picture), *music.shape[1:3])
        for picture in reply["reading"]["pictures"]
    ]
    # The page reads the lowest row first.
    frames = [luma(music[1 + index])[::-1] for index in (0, NUM_MEASURED // 2, NUM_MEASURED - 1)]
    apart = [[np.abs(picture - frame).mean() for frame in frames] for picture in shown]
    assert np.argmin(apart, axis=1).tolist() == [0, 1, 2]
    assert np.diag(apart).max() < CELL_TOLERANCE
    assert without["reading"]["pictures"] == []
    assert without["reading"]["cells"] == reply["reading"]["cells"]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("bad-equation", {"frame_eqs_eel": "wave_r = (1 + ;"}),
        ("shader-link", {"comp": "shader_body { ret = no_such_function(uv); }"}),
    ],
)
async def test_a_broken_preset_is_told_and_harms_no_other(open_page, presets, kind, changes):
    preset, seed = presets[0]
    async with open_page() as page:
        before = await take_of(page, preset, seed)
        broken = await take_of(page, {**preset, **changes}, seed)
        after = await take_of(page, preset, seed)

    assert (broken["ok"], broken["kind"], broken["layer"]) == (False, kind, "preset")
    assert broken["message"]
    assert before["reading"]["cutOff"] is False
    assert before["reading"]["cells"] == after["reading"]["cells"]
