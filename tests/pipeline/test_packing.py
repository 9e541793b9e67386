from pathlib import Path

import pytest

from aivj.errors import MissingDependencyError, RendererRefusedError
from aivj.packs.drawing import Rejection
from aivj.packs.scan import PresetFile
from aivj.pipeline import packing
from aivj.pipeline.packing import Acceptance, link_renderer, reason_in_part
from aivj.stage.converted_preset import (
    ConvertedPreset,
    EquationReport,
    ShaderReport,
    ShaderReports,
)

_FILE = PresetFile("a/b.milk", Path("/nowhere"))
_NONE = ShaderReport(state="none")


def preset(*reasons: str, butterchurn=("x",), warp=_NONE, **changes) -> ConvertedPreset:
    return ConvertedPreset(
        **{
            "converter": "",
            "butterchurn": dict.fromkeys(butterchurn),
            "shaders": ShaderReports(warp=warp, comp=_NONE),
            "user_textures": [],
            "guessed_texsizes": [],
            "degraded": bool(reasons),
            "degraded_reasons": list(reasons),
            **changes,
        }
    )


def failed(stage: str) -> ShaderReport:
    return ShaderReport(state="failed", stage=stage, message="m")


def test_what_converts_in_part_is_kept_and_counted_or_skipped_with_its_reason():
    presets = {
        b"whole": preset(),
        b"part": preset("texture 'x' is missing", user_textures=["x"]),
        b"none": preset("lost", butterchurn=()),
    }
    told = []
    keep = Acceptance(presets.__getitem__, "keep", told.append)
    skip = Acceptance(presets.__getitem__, "skip")

    assert [keep.accept(_FILE, data) for data in presets] == [
        True,
        True,
        Rejection("cannot be converted", "lost"),
    ]
    assert told == [1, 2]
    assert keep.kept_in_part == {"a texture is missing": 1}
    assert keep.examples == {"a texture is missing": "a/b.milk: texture 'x' is missing"}
    assert skip.accept(_FILE, b"whole") is True
    assert skip.accept(_FILE, b"part") == Rejection(
        "a texture is missing", "texture 'x' is missing"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"warp": failed("link")}, "a shader does not link"),
        ({"warp": failed("timeout")}, "a shader takes too long to convert"),
        ({"warp": failed("parse")}, "a shader does not convert"),
        (
            {"equations": [EquationReport(block="b", line=1, column=1, text="", message="m")]},
            "an equation does not compile",
        ),
        ({"guessed_texsizes": ["x"]}, "the size of a texture is a guess"),
        ({}, "not all of it can be drawn"),
    ],
)
def test_reasons_are_the_same_words_for_all(changes, reason):
    assert reason_in_part(preset("r", **changes)) == reason


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RendererRefusedError("a GPU", "llvmpipe", "get one"), "--gpu software links them"),
        (MissingDependencyError("Chromium", "no such file", "install it"), "no such file"),
    ],
)
def test_shaders_that_are_not_linked_are_said(monkeypatch, error, words):
    def refuse(_):
        raise error

    monkeypatch.setattr(packing, "prove_renderer", refuse)
    said = []

    assert link_renderer("auto", "require", said.append) is None
    assert link_renderer("off", "require", said.append) is None
    assert words in said[0]
    assert all(text.startswith("shaders are not linked") for text in said)
    with pytest.raises(type(error)):
        link_renderer("on", "require", said.append)
