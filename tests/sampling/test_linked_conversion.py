"""Shaders are linked in a real browser before a run, once for each renderer."""

import json

import psutil
import pytest

from aivj.errors import WorkerLostError
from aivj.sampling import linked_conversion
from aivj.sampling.linked_conversion import LinkedConverter
from aivj.stage.converted_preset import ConvertedPreset

SOUND = "shader_body {\nret = texture(sampler_main, uv).xyz;\n}"
BROKEN = "vec3 tint = nobody;\nshader_body {\nret = tint;\n}"


def converted(data: bytes) -> ConvertedPreset:
    """Answers with the shaders that the preset's bytes are."""
    report = {"state": "ok"}
    return ConvertedPreset.model_validate(
        {
            "converter": "fake",
            "butterchurn": json.loads(data),
            "shaders": {"warp": report, "comp": report},
            "userTextures": [],
            "guessedTexsizes": [],
            "degraded": False,
            "degradedReasons": [],
        }
    )


def preset(warp: str = SOUND, comp: str = SOUND) -> bytes:
    return json.dumps({"warp": warp, "comp": comp, "version": 2}).encode()


@pytest.fixture(scope="module")
def linker(software_renderer, tmp_path_factory):
    with LinkedConverter(converted, software_renderer, tmp_path_factory.mktemp("links")) as linker:
        yield linker


def test_a_shader_that_does_not_link_is_known_with_the_compiler_s_line(linker):
    broken = linker.convert(preset(comp=BROKEN))
    assert broken.shaders.warp.state == "ok"
    assert broken.shaders.comp.state == "failed"
    assert broken.shaders.comp.stage == "link"
    message = broken.shaders.comp.message or ""
    assert "'nobody' : undeclared identifier in: vec3 tint = nobody;" in message
    assert broken.butterchurn == {"warp": SOUND, "comp": "", "version": 2}
    assert broken.degraded
    assert broken.degraded_reasons == [f"comp shader: link: {message}"]


def test_shaders_that_link_are_left_alone(linker):
    sound = linker.convert(preset())
    assert sound == converted(preset())
    assert linker.convert(preset(warp="", comp="")) == converted(preset(warp="", comp=""))
    assert linker.convert(preset(warp=BROKEN)).shaders.warp.stage == "link"


def test_a_verdict_is_remembered_for_its_renderer(software_renderer, tmp_path):
    with LinkedConverter(converted, software_renderer, tmp_path) as linker:
        asked = linker.convert(preset(warp=BROKEN))
    before = psutil.Process().children(recursive=True)
    with LinkedConverter(converted, software_renderer, tmp_path) as linker:
        assert linker.convert(preset(warp=BROKEN)) == asked
    assert psutil.Process().children(recursive=True) == before


def test_a_preset_that_loses_the_browser_is_left_to_who_draws_it(
    software_renderer, tmp_path, monkeypatch
):
    def lose(*_: object) -> None:
        raise WorkerLostError.because("hung-page", "nothing in time")

    with LinkedConverter(converted, software_renderer, tmp_path) as linker:
        with monkeypatch.context() as patch:
            patch.setattr(linked_conversion._LinkPage, "errors", lose)
            assert linker.convert(preset(comp=BROKEN)) == converted(preset(comp=BROKEN))
        # Nothing of that was remembered.
        assert linker.convert(preset(comp=BROKEN)).shaders.comp.stage == "link"
