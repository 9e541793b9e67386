"""Does a converted shader compute what its HLSL says? Drawn in Chromium, by a bare Butterchurn.

Nothing of the stage takes part, so that a fault there cannot hide one of the converter.
"""

from pathlib import Path

import pytest
import pytest_asyncio
from stage.shader_meanings import SHADERS

HERE = Path(__file__).parent
BUTTERCHURN = HERE.parent.parent / "node_modules/butterchurn/dist/butterchurn.js"
ORIGIN = "https://shaders.invalid"
HTML = '<!doctype html><canvas></canvas><script type="module" src="/shader_page.js"></script>'
TOLERANCE = 0.006  # One and a half steps of an 8-bit channel.


async def serve(route):
    path = {"/shader_page.js": HERE / "shader_page.js", "/butterchurn.js": BUTTERCHURN}.get(
        route.request.url.removeprefix(ORIGIN)
    )
    if path is None:
        await route.fulfill(body=HTML, content_type="text/html")
    else:
        await route.fulfill(body=path.read_bytes(), content_type="text/javascript")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def draw(chromium):
    """Draws shaders in Butterchurn's form; see `shader_page.js`."""
    page = await chromium.new_page()
    await page.route(f"{ORIGIN}/**", serve)
    await page.goto(ORIGIN)
    await page.wait_for_function("!!window.drawShaders", timeout=30_000)
    yield lambda shaders: page.evaluate("shaders => drawShaders(shaders)", shaders)
    await page.close()


def preset(code: str) -> bytes:
    lines = [f"comp_{number}=`{line}" for number, line in enumerate(code.split("\n"), 1)]
    return "\n".join(["[preset00]", *lines, ""]).encode()


@pytest.mark.asyncio(loop_scope="session")
async def test_every_shader_gives_the_colour_that_hlsl_gives(draw, stage_converter):
    presets = [stage_converter.convert(preset(code)) for code, _ in SHADERS]
    found = await draw([preset.butterchurn["comp"] for preset in presets])
    wrong = [
        f"{code}: expected {expected}, found {converted.shaders.comp.message or colour}"
        for (code, expected), converted, colour in zip(SHADERS, presets, found, strict=True)
        if converted.shaders.comp.state != "ok" or colour != pytest.approx(expected, abs=TOLERANCE)
    ]
    assert wrong == []
