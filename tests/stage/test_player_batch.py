"""The hooks of the batch page, on real presets and on broken ones: sections 10.7 and 13."""

import base64
import io

import pytest
import pytest_asyncio
from gate.tested_packs import BLANK, BROKEN, MOVING, STILL, TRAP, TRAPPING
from PIL import Image

from aivj.stage.server import StageServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

AUDIT = {"width": 64, "height": 36, "warmupFrames": 2, "sampleFrames": 6, "timeoutMs": 30_000}
FRAMES = {"width": 64, "height": 36, "warmupFrames": 3, "captureEvery": 4, "timeoutMs": 30_000}
PROBE = "(request) => window.__nw_probePresetQuality(request)"
DUMP = "(request) => window.__nw_dumpPresetFrames(request)"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def batch_page(chromium, stage_converter, corpus):
    """The batch page beside the corpus, and what it reported."""
    async with StageServer(
        packs_root=corpus.parent,
        convert=lambda data: stage_converter.convert(data).model_dump_json().encode(),
    ) as server:
        page = await chromium.new_page()
        progress = []

        def note(told):
            progress.append(told)

        await page.expose_function("__nw_reportProgress", note)
        await page.add_init_script(TRAP)
        await page.goto(f"{server.origin}/preset-probe.html")
        yield page, progress
        await page.close()


async def test_a_preset_that_moves_passes(batch_page):
    page, progress = batch_page
    progress.clear()
    quality = await page.evaluate(PROBE, {**AUDIT, "presetData": MOVING.decode(), "url": "m.milk"})
    assert quality["ok"] is True
    assert quality["reasons"] == []
    assert quality["renderOk"] is True
    assert quality["aborted"] is False
    assert "errorText" not in quality
    assert 0.1 < quality["avgLuma"] < 0.9
    assert quality["avgFrameDelta"] > 0.002
    assert 0 < quality["avgRenderMs"] <= quality["p95RenderMs"]
    assert [each["stage"] for each in progress] == ["load", "warmup", "measure", "done"]
    assert {each["url"] for each in progress} == {"m.milk"}


@pytest.mark.parametrize(
    ("preset", "reasons"),
    [
        (BLANK, ["too-dark", "low-motion"]),
        (STILL, ["low-motion"]),
        (BROKEN, ["render-failed"]),
        (TRAPPING, ["wasm-abort"]),
    ],
)
async def test_what_is_wrong_is_named(batch_page, preset, reasons):
    page, _ = batch_page
    quality = await page.evaluate(PROBE, {**AUDIT, "presetData": preset.decode()})
    assert quality["ok"] is False
    assert quality["reasons"] == reasons
    drawn = preset in {BLANK, STILL}
    assert quality["renderOk"] is drawn
    assert quality["aborted"] is (preset is TRAPPING)
    assert bool(quality.get("errorText")) is not drawn
    assert (quality["avgLuma"] is None) is not drawn


async def test_time_that_is_over_and_presets_that_are_not_there(batch_page):
    page, _ = batch_page
    late = await page.evaluate(PROBE, {**AUDIT, "presetData": MOVING.decode(), "timeoutMs": -1})
    assert late["reasons"] == ["probe-timeout"]
    missing = await page.evaluate(PROBE, {**AUDIT, "url": "/presets/none.milk"})
    assert missing["reasons"] == ["probe-error"]
    assert "404" in missing["errorText"]
    none = await page.evaluate(PROBE, AUDIT)
    assert none["reasons"] == ["probe-error"]


async def test_a_preset_of_the_server_is_drawn_the_same_each_time(batch_page, corpus):
    page, _ = batch_page
    path = next(iter(sorted(corpus.glob("presets_stock/*.milk"))))
    url = f"/presets/presets_stock/{path.name}"
    asked = [await page.evaluate(PROBE, {**AUDIT, "url": url}) for _ in range(2)]
    figures = [(each["renderOk"], each["avgLuma"], each["avgFrameDelta"]) for each in asked]
    assert figures[0] == figures[1]
    assert figures[0][0] is True
    text = path.read_bytes().decode("latin-1")
    by_text = await page.evaluate(PROBE, {**AUDIT, "presetData": text})
    assert by_text["avgLuma"] == figures[0][1]


async def test_pictures_and_figures_of_a_preset(batch_page):
    page, progress = batch_page
    progress.clear()
    reply = await page.evaluate(DUMP, {**FRAMES, "presetData": MOVING.decode(), "outSize": 32})
    assert reply["ok"] is True
    assert reply["reasons"] == []
    assert reply["errorText"] is None
    assert len(reply["frames"]) == 3
    pictures = []
    for frame in reply["frames"]:
        assert frame["mime"] == "image/webp"
        pictures.append(Image.open(io.BytesIO(base64.b64decode(frame["b64"]))).convert("RGB"))
    assert {picture.size for picture in pictures} == {(32, 32)}
    assert len({picture.tobytes() for picture in pictures}) == 3
    metrics = reply["metrics"]
    seen = sum(sum(picture.resize((1, 1)).getpixel((0, 0))) for picture in pictures) / (9 * 255)
    assert abs(metrics["avgLuma"] - seen) < 0.15
    assert metrics["motion"] > 0.01
    assert set(metrics["bandResponse"]) == {"low", "mid", "high"}
    assert metrics["bandClass"] in {"flat", "low", "mid", "high", "balanced"}
    assert [each["stage"] for each in progress] == ["load", "warmup", "capture", "done"]


async def test_pictures_that_are_refused_are_there_and_broken_presets_have_none(batch_page):
    page, _ = batch_page
    dark = {**FRAMES, "presetData": BLANK.decode(), "lumaMin": 0.01, "motionMin": 0.005}
    refused = await page.evaluate(DUMP, {**dark, "format": "png"})
    assert refused["ok"] is False
    assert refused["reasons"] == ["quality-filter", "luma<0.01", "motion<0.005"]
    assert [frame["mime"] for frame in refused["frames"]] == ["image/png"] * 3
    broken = await page.evaluate(DUMP, {**FRAMES, "presetData": BROKEN.decode()})
    assert broken["reasons"] == ["render-failed"]
    assert broken["frames"] == []
    assert broken["metrics"] is None
    late = await page.evaluate(DUMP, {**dark, "timeoutMs": -1})
    assert late["reasons"] == ["probe-timeout>-1ms"]


TEXTURED = """[preset00]
fWaveAlpha=0
comp_1=`shader_body {
comp_2=`ret = tex2D(sampler_fw_NAME, uv).xyz * (texsize_NAME.x == SIZE);
comp_3=`}
"""
EXTRA_TEXTURES = {
    "cells": 256,
    "lichen": 256,
    "prayerwheel": 128,
    "seaweed": 256,
    "smalltiled_lizard_scales": 256,
}


async def test_images_of_butterchurn_s_presets_are_there_from_the_first_frame(
    batch_page, stage_converter
):
    page, _ = batch_page
    pictures = {}
    for name, size in EXTRA_TEXTURES.items():
        text = TEXTURED.replace("NAME", name).replace("SIZE", str(size))
        assert not stage_converter.convert(text.encode()).degraded
        request = {**FRAMES, "warmupFrames": 1, "captureCount": 1, "presetData": text}
        for again in range(2):
            reply = await page.evaluate(DUMP, {**request, "format": "png"})
            assert reply["metrics"]["avgLuma"] > 0.05, (name, again)
            pictures.setdefault(name, set()).add(reply["frames"][0]["b64"])
    # The same each time, and each another.
    assert all(len(shown) == 1 for shown in pictures.values())
    assert len(set.union(*pictures.values())) == len(EXTRA_TEXTURES)
