"""Equations as they are drawn: each small preset shows one thing as a grey that can be read."""

import pytest
import pytest_asyncio

from aivj.stage.server import StageServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEAD = "MILKDROP_PRESET_VERSION=201\r\nPSVERSION_COMP=2\r\n[preset00]\r\nfWaveAlpha=0\r\n"
COMP = "comp_1=`shader_body { ret = q1; }\r\n"
REQUEST = {
    "width": 64,
    "height": 36,
    "outSize": 16,
    "warmupFrames": 4,
    "captureCount": 1,
    "timeoutMs": 30_000,
}
DUMP = "(request) => window.__nw_dumpPresetFrames(request)"

UNSEEN = ("a=0", "a2=0", "border_a=0")

GREYS = {
    "remainder of a negative number": (["per_frame_1=q1=0.1*(-8%5);"], 0.3),
    "remainder of no number": (["per_frame_1=q1=0.4;", "per_frame_2=z=5%log(-1);"], 0.4),
    "power in place": (["per_frame_1=q1=0.8;", "per_frame_2=q1^=2;"], 0.64),
    "choice": (["per_frame_1=q1=1<2?0.3:0.7;"], 0.3),
    "place in a buffer": (["per_frame_1=5[2]=0.7;", "per_frame_2=q1=megabuf(7);"], 0.7),
    "random numbers below one": (
        ["per_frame_1=n+=1;s+=above(rand(0.3),0.3);", "per_frame_2=q1=if(s>0,0.6,0.2);"],
        0.6,
    ),
    "buffers of wave and frame": (
        [
            "per_frame_1=megabuf(3)=0.9;q1=0.3+gmegabuf(3);",
            "wavecode_0_enabled=1",
            "wavecode_0_a=0",
            "wave_0_per_point1=gmegabuf(3)=0.1+megabuf(3);",
        ],
        0.4,
    ),
    "own variables of a wave's points": (
        [
            "per_frame_1=q1=gmegabuf(0);",
            "wavecode_2_enabled=1",
            "wavecode_2_a=0",
            "wave_2_per_frame1=mine=0.5;t1=0.3;",
            "wave_2_per_point1=gmegabuf(0)=0.1+mine+t1;",
        ],
        0.4,
    ),
    "twelfth shape, and q50": (
        [
            "per_frame_1=q50=0.3;q1=gmegabuf(1);",
            "shapecode_11_enabled=1",
            *(f"shapecode_11_{value}" for value in UNSEEN),
            "shape_11_per_frame1=gmegabuf(1)=q50+0.3;",
        ],
        0.6,
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def draw(chromium, stage_converter, tmp_path_factory):
    """Draws a preset on the stage's batch page; returns what the page says."""
    async with StageServer(
        packs_root=tmp_path_factory.mktemp("packs"),
        convert=lambda data: stage_converter.convert(data).model_dump_json().encode(),
    ) as server:
        page = await chromium.new_page()
        await page.goto(f"{server.origin}/preset-probe.html")

        async def drawn(text):
            return await page.evaluate(DUMP, {**REQUEST, "presetData": text})

        yield drawn
        await page.close()


@pytest.mark.parametrize("name", GREYS)
async def test_equations_give_the_grey_of_the_language(draw, name):
    lines, grey = GREYS[name]
    reply = await draw(HEAD + COMP + "\r\n".join(lines))
    assert reply["errorText"] is None
    assert abs(reply["metrics"]["avgLuma"] - grey) < 0.005


async def test_a_block_that_does_not_compile_is_left_out_and_the_rest_is_drawn(
    draw, stage_converter
):
    lines = ["per_frame_init_1=q1=0.7;", "per_frame_1=q1=(0.2;", "per_pixel_1=zoom=1.1;"]
    text = HEAD + COMP + "\r\n".join(lines)
    assert abs((await draw(text))["metrics"]["avgLuma"] - 0.7) < 0.005

    preset = stage_converter.convert(text.encode())
    assert preset.degraded
    assert [(each.block, each.line, each.column) for each in preset.equations] == [
        ("per_frame", 1, 9)
    ]
    assert preset.degraded_reasons[0].startswith("per_frame is left out: line 1, column 9")
    assert preset.butterchurn["pixel_eqs_eel"] == "zoom=1.1;"


async def test_a_wave_of_milkdrop_3_is_seen(draw):
    wave = ["wavecode_9_enabled=1", "wavecode_9_bUseDots=1", "wavecode_9_bDrawThick=1"]
    lines = [*wave, "wave_9_per_point1=x=sample;y=0.5;r=1;g=1;b=1;a=1;"]
    seen = (await draw(HEAD + "\r\n".join(lines)))["metrics"]["avgLuma"]
    dark = (await draw(HEAD + "\r\n".join(lines[1:])))["metrics"]["avgLuma"]
    assert dark == 0
    assert seen > 0.01
